import Foundation

/// Pages are templates that name what goes where: {{title}}.
enum PageTemplate {
    /// A file of the program's own.
    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Puts values where the template names them; what a value holds is not looked at again.
    static func filled(_ template: String, _ slots: [String: String]) -> String {
        var pieces = template.components(separatedBy: "{{")
        var text = pieces.removeFirst()
        for piece in pieces {
            let halves = piece.components(separatedBy: "}}")
            text += (slots[halves[0]] ?? "") + halves.dropFirst().joined(separator: "}}")
        }
        return text
    }
}
