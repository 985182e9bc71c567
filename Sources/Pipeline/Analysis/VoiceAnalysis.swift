import AudioCore
import Foundation

/// How the people of a programme speak, in figures and in words.
public struct VoiceAnalysis: Codable, Sendable {
    public struct Speaker: Codable, Sendable {
        public var id: SpeakerID
        /// What a person called the speaker.
        @OrNull public var name: String?
        public var turns: Int
        /// In plain words.
        public var summary: String
        public var figures: VoiceFigures
    }

    public struct Turn: Codable, Sendable {
        /// As other commands number it.
        public var turn: Int
        public var speaker: SpeakerID
        public var start: Double
        public var end: Double
        public var figures: VoiceFigures
    }

    /// What a figure can be compared with.
    public struct Reference: Codable, Sendable, Equatable {
        public var figure: String
        public var low: Double
        public var high: Double
        public var unit: String
    }

    public var version = 1
    public var input: String
    /// What was listened to: the separated voices, or the recording as it is.
    public var listenedTo: Source
    /// In order of first appearance.
    public var speakers: [Speaker]
    /// In order of start.
    public var turns: [Turn]
    public var references = VoiceReferences.list
    public var referencesComeFrom = VoiceReferences.origin
    public var leftOut = Self.whatIsLeftOut

    public enum Source: String, Codable, Sendable {
        case vocals, recording
    }

    /// The program's own words about what it does not say.
    public static let whatIsLeftOut = """
        Emotion and mood are left out: no model or set of figures is part of this program that was validated for telling \
        them from speech like this, and the figures here do not tell them. Health is left out for the same reason.
        """

    /// What a person does in a moment of the programme, every 10 ms; for who wants to draw it or check it.
    public struct Moment: Sendable {
        public var speaker: SpeakerID
        public var seconds: Double
        /// Hz; nil where unvoiced or not alone.
        public var hertz: Double?
        /// dB re full scale.
        public var decibels: Double
        /// dB.
        public var harmonicsToNoise: Double?
        /// Hz, first to third; empty outside the middles of syllables.
        public var formants: [Double]
    }
}
