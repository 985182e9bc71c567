import AudioCore

/// How the new voice speaks, and where it does not.
public struct VoiceSynthesizerOptions: Codable, Sendable, Equatable {
    /// What happens where somebody else speaks too.
    public enum Overlap: String, Codable, Sendable, CaseIterable {
        /// The original stays.
        case keep
        /// The new voice takes the place of all that was heard.
        case replace
        /// Nothing is spoken there, and the old voice goes.
        case mute
    }

    /// What happens to words the recognizer doubts.
    public enum Uncertain: String, Codable, Sendable, CaseIterable {
        /// The original stays.
        case keep
        case replace
    }

    /// Which sound the lock compares the words with. Silences, pitch and loudness always come from the vocals.
    public enum Features: String, Codable, Sendable, CaseIterable {
        /// The vocals where the rest is loud (music), else the programme, which a separator cannot have harmed.
        case automatic
        /// The programme as it is.
        case raw
        /// The vocals.
        case denoised
    }

    /// How the new speech comes to last as long as the old.
    public enum Timing: String, Codable, Sendable, CaseIterable {
        /// The synthesizer is told how long each sound lasts; where it cannot be told, as `scaled`.
        case dictated
        /// It speaks at its own pace, and its sound is stretched and squeezed along the lock.
        case scaled
    }

    public var pitch: PitchTransfer.Register
    public var timing: Timing
    public var overlap: Overlap
    public var uncertain: Uncertain
    public var features: Features
    /// Phrases whose words' joint confidence (0...1) is less are treated as `uncertain` says. Whole phrases, since a word
    /// of the old voice amid the new one disturbs more than a word misheard. Below 0.3 seven of eight words were wrong in
    /// four programmes of read speech, and 1 % of the time was such speech.
    public var leastConfidence: Double
    /// Overlap of at most this many seconds is spoken over.
    public var shortOverlapSeconds: Double
    /// Less than this of somebody's words beside overlapped ones stays the original too: scraps of a new voice between
    /// two stretches of the old one sound like faults.
    public var shortestFragmentSeconds: Double
    /// Restores fillers that the recognizer dropped.
    public var restoresFillers: Bool
    /// Speech is synthesized in chunks of at most this many seconds, cut in pauses.
    public var longestChunkSeconds: Double

    public init(
        pitch: PitchTransfer.Register = .own, timing: Timing = .dictated, overlap: Overlap = .keep,
        uncertain: Uncertain = .keep,
        features: Features = .automatic, leastConfidence: Double = 0.3, shortOverlapSeconds: Double = 0.5,
        shortestFragmentSeconds: Double = 0.8,
        restoresFillers: Bool = true, longestChunkSeconds: Double = 14
    ) {
        self.pitch = pitch
        self.timing = timing
        self.overlap = overlap
        self.uncertain = uncertain
        self.features = features
        self.leastConfidence = leastConfidence
        self.shortOverlapSeconds = shortOverlapSeconds
        self.shortestFragmentSeconds = shortestFragmentSeconds
        self.restoresFillers = restoresFillers
        self.longestChunkSeconds = longestChunkSeconds
    }
}
