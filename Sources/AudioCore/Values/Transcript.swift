/// A spoken word as it is written, with where it was heard.
public struct Word: Sendable, Hashable, Codable {
    /// As written, with its punctuation: `"well,"`.
    public var text: String
    public var span: TimeSpan
    /// The recognizer's own probability for the word, 0...1.
    public var confidence: Double

    public init(text: String, span: TimeSpan, confidence: Double) {
        self.text = text
        self.span = span
        self.confidence = confidence
    }
}

/// What one person says in one go: a turn, or several joined over short gaps, or a part of a long one.
public struct Passage: Sendable, Hashable, Codable, Identifiable {
    /// Counts from 0 in order of start; stable for the same diarization.
    public var id: Int
    public var speaker: SpeakerID
    /// Where the audio that was recognized begins and ends.
    public var span: TimeSpan
    /// ISO 639-1: "en".
    public var language: String
    public var words: [Word]

    public init(id: Int, speaker: SpeakerID, span: TimeSpan, language: String, words: [Word]) {
        self.id = id
        self.speaker = speaker
        self.span = span
        self.language = language
        self.words = words
    }

    public var text: String { words.map(\.text).joined(separator: " ") }
}

/// The words of a programme, given to the people who said them.
public struct Transcript: Sendable, Codable, Equatable {
    public var language: String
    /// In order of start.
    public var passages: [Passage]

    public init(language: String, passages: [Passage]) {
        self.language = language
        self.passages = passages
    }
}
