import AudioCore
import Foundation

/// What is to be measured: recordings with truth, and what to do with each. Read from YAML by `SuiteReader`.
public struct Suite: Sendable, Equatable {
    public var name: String
    /// What the suite is for, in a sentence.
    public var about: String
    /// In the file's order; patterns are already expanded.
    public var materials: [Material]

    public init(name: String, about: String = "", materials: [Material]) {
        self.name = name
        self.about = about
        self.materials = materials
    }
}

/// A recording and what is known of it.
public struct Material: Sendable, Equatable {
    /// What can be done with a recording.
    public enum Step: String, Sendable, Codable, CaseIterable {
        /// Find who speaks when; judged by the true turns.
        case diarize
        /// Write down the words; judged by the true words, and their times where the truth has them.
        case transcribe
        /// Find the words in the sound with the lock, text from the program's own recognizer; judged by true word times.
        case align
        /// Take the speech out; judged by the true stems.
        case separate
        /// Give one speaker another voice; judged by the true stems and by listening models.
        case replace
    }

    /// Who gets which voice.
    public struct Casting: Sendable, Equatable {
        /// As the truth names the speaker.
        public var speaker: SpeakerID
        public var voice: String

        public init(speaker: SpeakerID, voice: String) {
            self.speaker = speaker
            self.voice = voice
        }
    }

    /// Everybody's sound by itself.
    public struct Stems: Sendable, Equatable {
        /// One file a speaker, as dry as it went into the mixture, but for gain and place.
        public var speakers: [SpeakerID: URL]
        /// What is neither of them, exactly as it lies in the mixture.
        public var bed: URL?

        public init(speakers: [SpeakerID: URL] = [:], bed: URL? = nil) {
            self.speakers = speakers
            self.bed = bed
        }
    }

    public var name: String
    /// Materials of one set are pooled.
    public var set: String
    public var audio: URL
    public var steps: [Step]
    /// True turns; nil: those of `words`.
    public var turns: URL?
    /// True words.
    public var words: URL?
    /// False where the truth's word times are not worth comparing with: spread evenly, or made by a machine.
    public var hasWordTimes: Bool
    public var stems: Stems
    /// Silences of the stems at least this long are taken out of the true turns; nil: the turns are as the file has
    /// them. Annotators include pauses in turns, diarizers do not.
    public var pausesFromSeconds: Double?
    /// What the program is told beforehand.
    public var language: String?
    public var speakerCount: Int?
    /// For `replace`.
    public var casting: Casting?

    public init(
        name: String, set: String, audio: URL, steps: [Step], turns: URL? = nil, words: URL? = nil,
        hasWordTimes: Bool = true, stems: Stems = Stems(), pausesFromSeconds: Double? = nil, language: String? = nil,
        speakerCount: Int? = nil,
        casting: Casting? = nil
    ) {
        self.name = name
        self.set = set
        self.audio = audio
        self.steps = steps
        self.turns = turns
        self.words = words
        self.hasWordTimes = hasWordTimes
        self.stems = stems
        self.pausesFromSeconds = pausesFromSeconds
        self.language = language
        self.speakerCount = speakerCount
        self.casting = casting
    }
}
