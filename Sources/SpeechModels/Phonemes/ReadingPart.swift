/// A piece of a reading: what to pronounce, and how.
struct ReadingPart: Hashable, Sendable {
    enum Manner: Hashable, Sendable {
        /// A word of the language.
        case word
        /// Letter by letter, with an ending such as "s".
        case letters(ending: String)
        /// The beginning of a word that was broken off; `of`: the whole word where the speaker took it up again;
        /// `schwa`: with a neutral vowel behind it.
        case fragment(of: String?, schwa: Bool)
    }

    var text: String
    var manner: Manner

    init(_ text: String, _ manner: Manner = .word) {
        self.text = text
        self.manner = manner
    }

    static func words(_ texts: [String]) -> [ReadingPart] { texts.map { ReadingPart($0) } }
    static func letters(_ text: String, ending: String = "") -> ReadingPart {
        ReadingPart(text, .letters(ending: ending))
    }
}

/// What stands around a written word; everything in lower case where not said otherwise.
struct WordSurroundings: Sendable {
    var previous: String
    var next: String
    /// As written.
    var previousWritten: String
    var nextWritten: String
    var isLast: Bool
    /// True where the whole passage is in capitals, which then say nothing.
    var isAllCapitals: Bool
    var accent: EnglishAccent
}

/// Whose English is spoken.
public enum EnglishAccent: String, Sendable, Hashable, Codable {
    case american
    case british
}
