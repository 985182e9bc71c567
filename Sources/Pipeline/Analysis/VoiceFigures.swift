/// What was measured of a voice: in a turn, or in all of a person's turns. A figure that could not be measured is `null`.
public struct VoiceFigures: Codable, Sendable, Equatable {
    public struct Pitch: Codable, Sendable, Equatable {
        /// Hz, of F0 over voiced frames of 10 ms.
        public var medianHertz: Double
        /// 5th and 95th percentile, Hz.
        public var lowHertz: Double
        public var highHertz: Double
        /// From the 5th to the 95th percentile.
        public var rangeSemitones: Double
        /// Standard deviation.
        public var spreadSemitones: Double
    }

    /// Shares are of the mean: 0.01 is 1 %.
    public struct Steadiness: Codable, Sendable, Equatable {
        @OrNull public var jitterLocal: Double?
        @OrNull public var jitterPPQ5: Double?
        @OrNull public var shimmerLocal: Double?
        @OrNull public var shimmerLocalDecibels: Double?
        @OrNull public var shimmerAPQ5: Double?
        /// Mean over voiced frames, dB.
        @OrNull public var harmonicsToNoiseDecibels: Double?
        /// What does not repeat itself between 2 and 5 kHz, dB re the voiced sound.
        @OrNull public var breathNoiseDecibels: Double?
    }

    public struct Rate: Codable, Sendable, Equatable {
        /// What syllables were counted by.
        public enum Count: String, Codable, Sendable {
            /// The vowels of the written words' pronunciations.
            case words
            /// Voiced peaks of loudness: too few by about a sixth (docs/analysis.md).
            case loudness
            /// Some turns by words, others by loudness.
            case both
        }

        public var syllables: Int
        public var countedBy: Count
        /// Syllables a second, pauses counted in.
        public var speaking: Double
        /// Syllables a second, pauses taken out.
        public var articulation: Double
        /// Phonemes of the words; null where syllables were counted by loudness.
        @OrNull public var phonemes: Int?
        /// Phonemes a second, pauses taken out.
        @OrNull public var articulationPhonemes: Double?
    }

    /// Silences of 0.25 s and more between sounds.
    public struct Pauses: Codable, Sendable, Equatable {
        public var count: Int
        /// Of the time from the first sound to the last.
        public var share: Double
        @OrNull public var medianSeconds: Double?
    }

    public struct Level: Codable, Sendable, Equatable {
        /// Mean power of the sounding frames, dB re full scale.
        public var decibels: Double
        /// From the 5th to the 95th percentile of the sounding frames, dB.
        public var rangeDecibels: Double
    }

    public struct Spectrum: Codable, Sendable, Equatable {
        /// Of voiced frames, 250 to 5000 Hz.
        @OrNull public var tiltDecibelsPerOctave: Double?
        /// Level from 1 to 5 kHz less that from 50 Hz to 1 kHz.
        @OrNull public var alphaRatioDecibels: Double?
    }

    /// Medians over the middles of syllables, Hz.
    public struct Formants: Codable, Sendable, Equatable {
        public var first: Double
        public var second: Double
        public var third: Double
        /// Frames they rest on.
        public var frames: Int
        /// Hz: five formants were sought below.
        public var ceiling: Double
    }

    /// From the first sound to the last, pauses counted in.
    public var seconds: Double
    /// Seconds of voiced sound that was measured: this person's alone.
    public var voicedSeconds: Double
    @OrNull public var pitch: Pitch?
    public var steadiness: Steadiness
    @OrNull public var rate: Rate?
    @OrNull public var pauses: Pauses?
    @OrNull public var level: Level?
    public var spectrum: Spectrum
    @OrNull public var formants: Formants?
}
