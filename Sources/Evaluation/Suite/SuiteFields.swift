import AudioCore
import Yams

/// The fields of one YAML mapping, each read by its name; a field that nobody asked for is an error, so that a slip of
/// the pen does not silently leave something unmeasured.
struct SuiteFields {
    private let mapping: [String: Node]
    private let place: String
    private let file: String

    /// - Parameters:
    ///   - place: what the mapping describes, for errors: "material 3".
    ///   - known: the names that mean something here.
    init(_ node: Node, place: String, file: String, known: Set<String>) throws {
        self.place = place
        self.file = file
        guard let pairs = node.mapping else {
            throw Self.bad(file, "\(place) is no list of `name: value`" + Self.line(node))
        }
        mapping = Dictionary(
            pairs.compactMap { key, value in key.string.map { ($0, value) } }, uniquingKeysWith: { first, _ in first })
        for (key, _) in pairs where key.string.map({ !known.contains($0) }) ?? true {
            throw Self.bad(
                file,
                "\(place) has the unknown field \"\(key.string ?? "?")\"" + Self.line(key)
                    + "; known are \(known.sorted().joined(separator: ", "))")
        }
    }

    func text(_ name: String) throws -> String? {
        guard let node = mapping[name] else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty else { throw wrong(name, "a text") }
        return text
    }

    func needed(_ name: String) throws -> String {
        guard let text = try text(name) else { throw Self.bad(file, "\(place) has no \"\(name)\"") }
        return text
    }

    func number(_ name: String) throws -> Double? {
        guard let text = try text(name) else { return nil }
        guard let number = Double(text), number.isFinite, number >= 0 else {
            throw wrong(name, "a number of 0 or more")
        }
        return number
    }

    func truth(_ name: String) throws -> Bool? {
        guard let node = mapping[name] else { return nil }
        guard let value = node.bool else { throw wrong(name, "true or false") }
        return value
    }

    /// A list, or one thing that stands for a list of one.
    func nodes(_ name: String) -> [Node] {
        guard let node = mapping[name] else { return [] }
        return node.sequence.map { Array($0) } ?? [node]
    }

    func texts(_ name: String) throws -> [String] {
        try nodes(name).map { node in
            guard let text = node.scalar?.string, !text.isEmpty else { throw wrong(name, "a list of texts") }
            return text
        }
    }

    /// A mapping of texts, in the file's order.
    func pairs(_ name: String) throws -> [(String, String)] {
        guard let node = mapping[name] else { return [] }
        guard let pairs = node.mapping else { throw wrong(name, "a list of `name: value`") }
        return try pairs.map { key, value in
            guard let key = key.string, let value = value.scalar?.string else {
                throw wrong(name, "a list of `name: value`")
            }
            return (key, value)
        }
    }

    func wrong(_ name: String, _ wanted: String) -> AudioError {
        Self.bad(file, "\"\(name)\" of \(place) is not \(wanted)" + (mapping[name].map(Self.line) ?? ""))
    }

    static func bad(_ file: String, _ cause: String) -> AudioError {
        AudioError(
            .badData, operation: "read", subject: file, cause: cause, mend: "docs/evaluation.md describes suites")
    }

    private static func line(_ node: Node) -> String { node.mark.map { " (line \($0.line))" } ?? "" }
}
