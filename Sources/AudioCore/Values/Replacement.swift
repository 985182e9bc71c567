/// What is worth telling the user about one replaced (or kept) stretch.
public enum ReplacementFlag: String, Sendable, Codable, Hashable {
    /// The new voice could be aligned, but not with certainty.
    case lockUncertain
    /// The recognizer doubted a word.
    case wordUncertain
    /// Somebody else speaks too: the original samples stayed there.
    case overlapKept
    /// The whole stretch stayed the original.
    case keptOriginal
    /// A person said that the original stays.
    case keptByChoice
    /// A person said that the old voice goes silent.
    case mutedByChoice
    /// The stretch is in a language that no voice speaks: the original samples stayed there.
    case languageUnspoken
    /// The stretch holds no words that can be spoken.
    case nothingToSay
    /// Fillers that the recognizer had dropped were found and spoken.
    case fillersRestored
}

/// How speech was made to follow a recording.
public struct SynthesisMethod: Sendable, Codable, Hashable {
    /// How one property was brought over.
    public enum Way: String, Sendable, Codable, CaseIterable {
        /// The model was told.
        case dictated
        /// The model spoke at its own pace, and its sound was stretched and squeezed along the lock.
        case timeScaled
        /// The periods of the finished sound were set closer or wider.
        case overlapAdd
        /// The finished sound was made louder and softer.
        case gain
        /// It is the model's own.
        case own
    }
    /// The synthesizer's name.
    public var model: String
    public var timing: Way
    public var pitch: Way
    public var energy: Way

    public init(model: String, timing: Way, pitch: Way, energy: Way) {
        self.model = model
        self.timing = timing
        self.pitch = pitch
        self.energy = energy
    }
}

/// A word of the new voice and where it was put.
public struct LockedWord: Sendable, Codable, Hashable {
    public var text: String
    /// Seconds in the programme.
    public var span: TimeSpan
    /// The recognizer's probability, 0...1; 1 for fillers that were found.
    public var confidence: Double
    /// Mean cosine distance between what was expected and what was heard, 0...2; lower is better.
    public var cost: Double
    /// False where the original stays: overlapped or too doubtful.
    public var isReplaced: Bool

    public init(text: String, span: TimeSpan, confidence: Double, cost: Double, isReplaced: Bool) {
        self.text = text
        self.span = span
        self.confidence = confidence
        self.cost = cost
        self.isReplaced = isReplaced
    }
}

/// New speech for a stretch of one person's talk, frame-synchronous with the old.
public struct Replacement: Sendable, Codable, Hashable {
    /// The passage of the transcript it speaks (or a part of it).
    public var passage: Int
    public var speaker: SpeakerID
    public var voice: String
    /// What `speech` covers, in the programme.
    public var span: TimeSpan
    /// What is spoken.
    public var text: String
    /// True where nothing of the original is replaced.
    public var isKept: Bool
    public var flags: [ReplacementFlag]
    public var words: [LockedWord]
    /// Where the new voice takes the old one's place: runs of replaced words, before their edges are moved to quiet points.
    public var spans: [TimeSpan]
    /// Normalised lock score: below the rejection threshold (negative) is a hold; nil where no lock was tried.
    public var lockScore: Double?
    /// WAV file, mono float32 at the synthesizer's rate, relative to the stage's folder; its first sample lies at `span.start`.
    public var speech: String?
    /// How it was made to follow the recording; nil where nothing was spoken.
    public var method: SynthesisMethod?

    public init(
        passage: Int, speaker: SpeakerID, voice: String, span: TimeSpan, text: String, isKept: Bool,
        flags: [ReplacementFlag], words: [LockedWord], spans: [TimeSpan], lockScore: Double?, speech: String?,
        method: SynthesisMethod? = nil
    ) {
        self.passage = passage
        self.speaker = speaker
        self.voice = voice
        self.span = span
        self.text = text
        self.isKept = isKept
        self.flags = flags
        self.words = words
        self.spans = spans
        self.lockScore = lockScore
        self.speech = speech
        self.method = method
    }
}
