import AudioCore

/// A word as a truth file has it.
public struct TrueWord: Sendable, Equatable {
    public var text: String
    /// Where it lies; nil where the file does not say.
    public var span: TimeSpan?

    public init(text: String, span: TimeSpan? = nil) {
        self.text = text
        self.span = span
    }
}

/// What one person says in one go.
public struct TruePassage: Sendable, Equatable {
    public var speaker: SpeakerID
    /// Nil where the file does not say when.
    public var span: TimeSpan?
    /// In order; empty where the file says who speaks and not what.
    public var words: [TrueWord]

    public init(speaker: SpeakerID, span: TimeSpan?, words: [TrueWord]) {
        self.speaker = speaker
        self.span = span
        self.words = words
    }

    /// - Parameter text: divided at blanks.
    public init(speaker: SpeakerID, span: TimeSpan?, text: String) {
        self.init(
            speaker: speaker, span: span,
            words: text.split(whereSeparator: \.isWhitespace).map { TrueWord(text: String($0)) })
    }

    public var text: String { words.map(\.text).joined(separator: " ") }
}

/// What is known to be in a recording, as its truth file says.
public struct Truth: Sendable, Equatable {
    /// In the file's order.
    public var passages: [TruePassage]
    /// For tables: "RTTM", "TIMIT words".
    public var form: String

    public init(_ passages: [TruePassage], form: String) {
        self.passages = passages
        self.form = form
    }

    /// Who speaks when, of the passages that have a time.
    public var turns: [SpeakerTurn] {
        passages.compactMap { passage in
            passage.span.map { SpeakerTurn(speaker: passage.speaker, span: $0, confidence: 1) }
        }
    }

    /// The passages in which something is said, in order of time; those without a time stay where they are.
    public var spoken: [TruePassage] {
        let said = passages.filter { !$0.words.isEmpty }
        guard said.allSatisfy({ $0.span != nil }) else { return said }
        return said.enumerated().sorted {
            ($0.element.span?.start ?? 0, $0.offset) < ($1.element.span?.start ?? 0, $1.offset)
        }.map(\.element)
    }
}
