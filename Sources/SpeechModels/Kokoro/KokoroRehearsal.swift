import AudioCore

/// What Kokoro does with a text by itself.
public struct KokoroRehearsal: Sendable {
    public var tokens: [SpeechToken]
    /// Frames of 1/40 s for each token, [tokens].
    public var frames: [Int]
    public var prosody: Prosody

    public init(tokens: [SpeechToken], frames: [Int], prosody: Prosody) {
        self.tokens = tokens
        self.frames = frames
        self.prosody = prosody
    }

    /// The text features of each token, [tokens, 512]; they are the same in all its frames.
    public var tokenVectors: Matrix {
        let text = prosody.text
        var result = Matrix(rows: frames.count, columns: text.rows)
        var start = 0
        for (token, count) in frames.enumerated() {
            if count > 0 { for channel in 0..<text.rows { result[token, channel] = text[channel, start] } }
            start += count
        }
        return result
    }
}
