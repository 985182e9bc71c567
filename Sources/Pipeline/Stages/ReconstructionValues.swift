import AudioCore
import Foundation

/// How new speech is put into the programme.
public struct AudioReconstructorOptions: Codable, Sendable, Equatable {
    /// The new voice takes the old one's long-term spectrum. False: only the ends of the spectrum are fitted.
    public var matchesTone: Bool
    /// The new voice follows the old one's loudness within sentences.
    public var followsLevel: Bool
    /// Above 12 kHz the new voice gets a band where the original has one.
    public var extendsHighBand: Bool
    /// What the separator leaves of the old voice is cleaned out of the bed.
    public var cleansBed: Bool
    /// True peak that is always allowed; the input's own where that is higher.
    public var truePeakDBTP: Double
    /// The new voice carries the mark of synthetic speech.
    public var marksSpeech: Bool

    public init(
        matchesTone: Bool = true, followsLevel: Bool = true, extendsHighBand: Bool = true, cleansBed: Bool = true,
        truePeakDBTP: Double = -1, marksSpeech: Bool = true
    ) {
        self.matchesTone = matchesTone
        self.followsLevel = followsLevel
        self.extendsHighBand = extendsHighBand
        self.cleansBed = cleansBed
        self.truePeakDBTP = truePeakDBTP
        self.marksSpeech = marksSpeech
    }
}

/// What the voices are fitted by where a person changed something afterwards: tone, level and bed are measured on it, so
/// that everything that was not changed stays as it was.
public struct ReconstructionBasis: Sendable {
    public var diarization: Diarization
    /// Stretches that stayed as they are.
    public var kept: [TimeSpan]
    public var replacements: [Replacement]
    /// What their `speech` is relative to.
    public var speechFolder: URL

    public init(diarization: Diarization, kept: [TimeSpan], replacements: [Replacement], speechFolder: URL) {
        self.diarization = diarization
        self.kept = kept
        self.replacements = replacements
        self.speechFolder = speechFolder
    }
}

/// What was done with one replacement.
public struct ReconstructedReplacement: Codable, Sendable, Equatable {
    /// Frames of the programme that differ from the input, first and past the last.
    public struct Span: Codable, Sendable, Equatable {
        public var startSample: Int
        public var endSample: Int
        /// Roughest sample at the edges: the output's second difference over the 99th percentile of the input's around
        /// it. Above 1.5 a click may be heard.
        public var roughness: Double
    }

    /// Index in the list of replacements.
    public var replacement: Int
    public var spans: [Span]
    /// K-weighted level of the old and the new voice inside the spans, LUFS without gating.
    public var oldLevelLUFS: Double
    public var newLevelLUFS: Double
    /// New less old voice between 8 and 20 kHz, dB; nil where the original has nothing there.
    public var highBandDifferenceDB: Double?
    /// Level of the voice in each channel re the loudest, dB; as the section's was measured.
    public var channelLevelsDB: [Double]
    /// How much later each channel hears the voice, milliseconds.
    public var channelDelaysMs: [Double]
    /// Used less what a fit to these spans alone finds, between the first two channels, dB; nil for mono.
    public var placementDifferenceDB: Double?
    /// Music was found behind the voice.
    public var isOverMusic: Bool
    /// The limiter's least gain, dB; 0 where it did nothing.
    public var limiterDB: Double
}

/// The finished programme.
public struct AudioReconstruction: Codable, Sendable, Equatable {
    /// WAV, float32, as many frames as the input, relative to the stage's folder.
    public var programme: String
    /// The new voices alone, as they are in it: WAV, float32, as many frames, silent outside the spans.
    public var newVoices: String
    /// In the order of the replacements; kept ones are missing.
    public var replacements: [ReconstructedReplacement]
    /// What inside spans the true peak was held under, dBTP.
    public var ceilingDBTP: Double
    /// Channels in which voices of another channel are heard, and are replaced, too.
    public var crosstalk: [Leak]

    /// What one channel hears of another one's people.
    public struct Leak: Codable, Sendable, Equatable {
        public var from: Int
        public var to: Int
        /// By how much `to` is quieter without it while they speak alone, dB: so much of it is known and replaced.
        public var reductionDB: Double

        /// "channel 2 hears who speaks on channel 1".
        public var sentence: String { "channel \(to + 1) hears who speaks on channel \(from + 1)" }
    }
}
