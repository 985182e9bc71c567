import AudioCore
import Foundation

/// What was done to a programme, measured: `report.json`, version 1. A figure that was not measured is nil, never a guess.
public struct Report: Codable, Sendable {
    /// A file, before or after.
    public struct Programme: Codable, Sendable {
        public var path: String
        public var sha256: String
        public var seconds: Double
        public var sampleRate: Int
        public var channels: Int
        @OrNull public var loudnessLUFS: Double?
        @OrNull public var truePeakDBTP: Double?
        /// True where a lossy codec encoded it anew; nil for the input.
        @OrNull public var reencoded: Bool?
        /// Seconds of the input that could not be decoded and are silent instead; nil for the output.
        @OrNull public var repairedSeconds: Double?
    }

    public struct Speaker: Codable, Sendable {
        public var id: SpeakerID
        /// What a person called the speaker; nil: nothing.
        public var name: String?
        public var seconds: Double
        public var turns: Int
        /// The new voice; nil where the speaker keeps his own.
        @OrNull public var voice: String?
        /// Where the new voice was made from a person's recording: whose, and how near it came; nil: it is a stock voice.
        public var fitted: Fitted?
    }

    /// A voice made from a person's recording.
    public struct Fitted: Codable, Sendable, Equatable {
        /// The stock voice it starts from.
        public var base: String
        /// How far it goes to the person, 0...1.
        public var strength: Double
        public var recordings: [FittedVoice.Recording]
        public var consent: Consent
        /// By each judge; the last one took no part in making it.
        public var likeness: [VoiceFitLikeness]

        init(_ voice: FittedVoice, strength: Double) {
            base = voice.base.name
            self.strength = strength
            recordings = voice.recordings
            consent = voice.consent
            likeness = voice.likeness
        }

        /// "made from me.wav, by the consent of ...; it moves ...".
        public var sentence: String {
            let names = recordings.map(\.name).joined(separator: ", ")
            let near = likeness.last.map { " It \($0.sentence)." } ?? ""
            let usual = strength == FittedVoice.usualStrength ? "" : String(format: " at strength %.2f", strength)
            return "made from \(names) on \(base)\(usual). Consent: \(consent.sentence).\(near)"
        }
    }

    /// Where samples may differ from the input.
    public struct Span: Codable, Sendable, Equatable {
        public var start: Double
        public var end: Double
        public var startSample: Int
        /// One past the last sample.
        public var endSample: Int
        /// `ReplacementReport.turn`.
        public var turn: Int
    }

    /// Word onsets of the new voice against the old one's.
    public struct Timing: Codable, Sendable, Equatable {
        public var medianMs: Double
        public var p95Ms: Double
        public var maxMs: Double
        public var words: Int
        /// Who measured it: never the lock itself.
        public var judge: String
    }

    public struct RoundTrip: Codable, Sendable {
        public var recognizer: String
        /// Against the text that was to be spoken, 0...
        public var wordErrorRate: Double
    }

    public struct Similarity: Codable, Sendable {
        public var encoder: String
        /// Cosine to the new voice's own plain speech, or to the person's recording where `toRecording`.
        public var target: Double
        /// True where the voice was made from a recording and is compared with that; nil: with its own plain speech.
        public var toRecording: Bool?
        /// Cosine to the old speaker.
        public var source: Double
        /// What two pieces of the same voice score here; nil where there is too little speech for two.
        @OrNull public var sameVoiceBaseline: Double?
        /// What different voices of this programme score.
        @OrNull public var differentVoiceBaseline: Double?
        /// Seconds of new speech that were compared; below 20 the figures are rough.
        public var seconds: Double
    }

    public struct Quality: Codable, Sendable {
        public var dnsmosOverall: Double
        public var sourceDnsmosOverall: Double
        @OrNull public var plainVoiceDnsmosOverall: Double?
    }

    public struct Turn: Codable, Sendable {
        public var turn: Int
        /// The passage of the transcript.
        public var passage: Int
        public var speaker: SpeakerID
        public var voice: String
        public var start: Double
        public var end: Double
        public var text: String
        /// True where the original stayed.
        public var kept: Bool
        @OrNull public var timing: Timing?
        @OrNull public var f0Correlation: Double?
        @OrNull public var voicingAgreement: Double?
        @OrNull public var energyCorrelation: Double?
        @OrNull public var levelDifferenceDB: Double?
        @OrNull public var placementDifferenceDB: Double?
        @OrNull public var highBandDifferenceDB: Double?
        @OrNull public var roundTripConsistency: RoundTrip?
        @OrNull public var similarity: Similarity?
        @OrNull public var quality: Quality?
        public var flags: [ReplacementFlag]
        /// Which model spoke it, and how timing, pitch and loudness were brought over; nil: nothing was spoken.
        public var synthesis: SynthesisMethod?
        /// What of `edits` concerns the turn, counted from 1; nil: nothing.
        public var changes: [Int]?
    }

    /// The proof that the rest is untouched, counted on the samples handed to the encoder.
    public struct Untouched: Codable, Sendable {
        public var samplesOutside: Int
        public var samplesChanged: Int
    }

    /// Sound of the run that can be listened to or measured further, absolute paths.
    public struct Files: Codable, Sendable {
        /// The new voices alone, as they are in the output: WAV, float32.
        public var newVoices: String
        /// The old voices as the separator found them: WAV, float32.
        public var vocals: String
    }

    public struct Totals: Codable, Sendable {
        public var seconds: Double
        public var realTimeFactor: Double
        /// Of the chosen speakers' speech that nobody overlaps, the share that was replaced, 0...1.
        @OrNull public var replacedShare: Double?
        /// Seconds of spans for a second of replaced speech.
        @OrNull public var spanShare: Double?
        public var keptTurns: Int
        @OrNull public var timing: Timing?
    }

    public var version = 1
    public var program: String
    public var input: Programme
    public var output: Programme
    public var speakers: [Speaker]
    public var spans: [Span]
    public var replacements: [Turn]
    public var untouched: Untouched
    public var files: Files
    public var stages: [StageTiming]
    public var totals: Totals
    /// Where each stage's result lies: the key that names its folder in the run folder. nil in reports of versions that
    /// did not say.
    public var results: [StageName: String]?
    /// What a person changed, in the order in which it was changed; nil: nothing.
    public var edits: [Edit]?
    /// Channels that hear who speaks on another one: whoever is replaced there is replaced here, too; nil: none do.
    public var crosstalk: [AudioReconstruction.Leak]?
}
