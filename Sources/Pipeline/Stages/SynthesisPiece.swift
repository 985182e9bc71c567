import AudioCore

/// A stretch of one person's speech that is given a new voice in one go: the unit of checkpoints. Holds everything that
/// determines the result apart from the models, so that its digest can name it.
public struct SynthesisPiece: Codable, Sendable, Equatable {
    public enum Treatment: String, Codable, Sendable {
        /// Spoken by the new voice.
        case speak
        /// Stays the original: somebody else speaks too.
        case keepOverlapped
        /// Stays the original: it is in a language that cannot be spoken.
        case keepUnspoken
        /// Stays the original: a person said so.
        case keepChosen
        /// The old voice goes, no new one comes.
        case mute
        /// The same, because a person said so; over the whole span, whatever is said there.
        case muteChosen
    }

    public var treatment: Treatment
    public var passage: Int
    public var speaker: SpeakerID
    public var voice: String
    /// SHA-256 of the voice's styles.
    public var voiceDigest: String
    public var language: String
    /// What the piece covers, in the programme.
    public var span: TimeSpan
    /// Stretches inside where a person wants no new voice; nil: none.
    public var excluded: [TimeSpan]?
    /// Stretches inside of which a person wants nothing of the old voice to stay; nil: none.
    public var required: [TimeSpan]?
    /// Which rendition a person chose; nil: the first.
    public var take: Int?
    /// The words said in it, times in the programme.
    public var words: [Word]
    /// Somebody else is heard in it too, briefly.
    public var isOverlapped: Bool
    /// Median of ln F0 of the speaker; nil where he is never voiced.
    public var speakerMedianLog: Double?
    /// Deviation of ln F0 of the speaker; nil where the voice's own spread does not follow a person's.
    public var speakerDeviationLog: Double?
    /// The channel that holds the speaker alone; nil: the mean of all.
    public var channel: Int?
    /// SHA-256 of the audio it reads.
    public var audioDigest: String
    public var options: VoiceSynthesizerOptions
}
