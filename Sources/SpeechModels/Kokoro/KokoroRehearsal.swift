import AudioCore

/// What Kokoro does with a text by itself.
public struct KokoroRehearsal: Sendable {
    public var tokens: [SpeechToken]
    /// Frames of 1/40 s for each token, [tokens].
    public var frames: [Int]
    /// The text features of each token, [tokens, 512]; they are the same in all its frames.
    public var vectors: Matrix
    public var prosody: Prosody
}
