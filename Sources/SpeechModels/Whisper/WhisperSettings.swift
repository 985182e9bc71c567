/// How Whisper's text is searched and when it is distrusted; the defaults are the reference implementation's.
public struct WhisperSettings: Sendable, Codable, Equatable {
    /// Tried in turn until a text passes the checks below; 0 is beam search, others draw lots.
    public var temperatures: [Float] = [0, 0.2, 0.4, 0.6, 0.8, 1]
    /// Texts drawn at a temperature above 0.
    public var draws = 5
    /// Beam search ends when `beams * patience` texts are complete.
    public var patience = 1.0
    /// Mean log-probability of the tokens below which a text is tried again.
    public var leastLogProbability = -1.0
    /// Text that deflates by more than this repeats itself.
    public var greatestCompression = 2.4
    /// Probability of "no speech" above which a text that is improbable, too, is dropped.
    public var greatestNoSpeechProbability = 0.6
    /// False: the text carries no timestamps; a window is then always read to its end.
    public var usesTimestamps = true

    public init() {}
}
