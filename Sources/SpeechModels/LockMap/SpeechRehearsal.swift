import AudioCore

/// What a synthesizer does with a text by itself.
public struct SpeechRehearsal: Sendable {
    public var tokens: [SpeechToken]
    /// Frames of `frameSeconds` for each token, [tokens].
    public var frames: [Int]
    /// What the sound of each token is made of, the same in all its frames, [tokens, channels].
    public var vectors: Matrix
    public var prosody: Prosody
}

/// A synthesizer that a lock map can be trained for.
public protocol RehearsingSynthesizer: SpeechSynthesizer {
    /// What the model would do with the text by itself.
    func rehearse(_ words: [SpokenWord], voice: Voice) throws -> SpeechRehearsal
    /// True for symbols of vowels and consonants.
    func isSound(_ symbol: Character) -> Bool
}
