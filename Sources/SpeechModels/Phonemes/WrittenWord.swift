/// A written word taken apart: what is to be spoken, and the punctuation around it.
struct WrittenWord: Sendable {
    /// A stretch between dashes: "well--you" has two.
    struct Segment: Sendable, Equatable {
        var core: String
        /// One of `, . ; : ? ! — …` or empty.
        var punctuation: String
        /// True for a word that was broken off: "wh-".
        var isCutOff: Bool
    }

    /// Empty for a word that is not spoken.
    var segments: [Segment]
    /// Punctuation of a word that holds nothing else: a lone dash.
    var loneMark: String

    private static let openers = Set("\"'([{<*_~`|«“„¿¡♪♫…—-.,;:?!")
    private static let closers = Set("\"')]}>*_~`|»”♪♫…—.,;:?!")
    private static let elisions: Set<String> = [
        "'em", "'cause", "'til", "'till", "'bout", "'tis", "'twas", "'n'", "'n", "'cept", "'round", "'course", "'kay",
    ]

    init(_ written: String) {
        let text = WrittenWord.plain(written)
        segments = []
        loneMark = ""
        if text.first == "[", text.last == "]" { return }
        var pieces = WrittenWord.pieces(of: text)
        while let first = pieces.first, pieces.count > 1, !WrittenWord.isSpoken(first.text) { pieces.removeFirst() }
        for piece in pieces {
            let segment = WrittenWord.segment(piece.text, dashed: piece.mark == "—")
            guard !segment.core.isEmpty else {
                let mark = segment.punctuation.isEmpty ? piece.mark : segment.punctuation
                if let last = segments.indices.last {
                    if segments[last].punctuation.isEmpty { segments[last].punctuation = mark }
                } else {
                    loneMark = mark
                }
                continue
            }
            var spoken = segment
            if !piece.mark.isEmpty { spoken.punctuation = piece.mark }
            segments.append(spoken)
        }
    }

    /// Apostrophes, dashes and dots in one spelling each.
    static func plain(_ written: String) -> String {
        var text = ""
        for character in written.precomposedStringWithCanonicalMapping {
            switch character {
            case "’", "‘", "ʼ", "`", "´": text.append("'")
            case "“", "”", "„": text.append("\"")
            case "–", "‐", "‑", "−": text.append("-")
            case "―", "⸺": text.append("—")
            case "\u{AD}", "\u{200B}", "\u{FEFF}": break
            default: text.append(character)
            }
        }
        for (many, one) in [("----", "—"), ("---", "—"), ("--", "—"), ("....", "…"), ("...", "…"), ("..", "…")] {
            text = text.replacing(many, with: one)
        }
        return text
    }

    private static func isSpoken(_ text: String) -> Bool { text.contains { $0.isLetter || $0.isNumber } }

    /// Cuts at dashes and ellipses inside the word.
    private static func pieces(of text: String) -> [(text: String, mark: String)] {
        var pieces: [(text: String, mark: String)] = []
        var current = ""
        for character in text {
            if character == "—" || character == "…" {
                pieces.append((current, String(character)))
                current = ""
            } else {
                current.append(character)
            }
        }
        if !current.isEmpty { pieces.append((current, "")) }
        return pieces
    }

    private static func segment(_ text: String, dashed: Bool) -> Segment {
        var core = text[...]
        while let first = core.first, openers.contains(first) {
            let next = core.dropFirst().first
            if "-.'".contains(first), next?.isNumber == true { break }
            let letters = core.lowercased().prefix { $0.isLetter || $0 == "'" }
            if first == "'", elisions.contains(String(letters)) { break }
            core.removeFirst()
        }
        var marks: [Character] = []
        while let last = core.last, closers.contains(last), core.count > 1 || core.first?.isLetter == false {
            if last == "'", core.hasSuffix("in'") || core == "'n'" { break }
            marks.append(last)
            core.removeLast()
        }
        var isCutOff = dashed
        if core.last == "-" {
            while core.last == "-" { core.removeLast() }
            isCutOff = true
        }
        isCutOff = isCutOff && core.allSatisfy { $0.isLetter || $0 == "'" }
        return Segment(
            core: String(core), punctuation: punctuation(marks), isCutOff: isCutOff && !core.isEmpty)
    }

    /// The one mark that tells most about the melody.
    private static func punctuation(_ marks: [Character]) -> String {
        for mark in "?!…—;:.," where marks.contains(mark) { return String(mark) }
        return ""
    }
}
