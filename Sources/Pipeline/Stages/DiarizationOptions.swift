import AudioCore

/// What a user may say about who speaks, and how it is found out.
public struct SpeakerDiarizerOptions: Codable, Sendable, Equatable {
    /// How many people there are; obeyed exactly, or the stage fails and says why. Nil: found out.
    public var speakers: Int?
    /// At least so many people are looked for. Default 1.
    public var minimumSpeakers: Int
    /// How speech is cut for embedding. The default was measured.
    public var stretches: VoiceSegmentation
    /// How voices are found and fused with the segmenter. The default was measured.
    public var attribution: SpeakerAttribution.Options

    public init(
        speakers: Int? = nil, minimumSpeakers: Int = 1, stretches: VoiceSegmentation = VoiceSegmentation(),
        attribution: SpeakerAttribution.Options = SpeakerAttribution.Options()
    ) {
        self.speakers = speakers
        self.minimumSpeakers = minimumSpeakers
        self.stretches = stretches
        self.attribution = attribution
    }
}

/// Who speaks when, and the files that show it.
public struct SpeakerDiarizerProduct: Codable, Sendable, Equatable {
    public var diarization: Diarization
    /// RTTM file with the same turns, relative to the stage's folder.
    public var rttm: String
    /// WAV file with a few seconds of each speaker alone, relative to the stage's folder.
    public var samples: [SpeakerID: String]

    public init(diarization: Diarization, rttm: String, samples: [SpeakerID: String]) {
        self.diarization = diarization
        self.rttm = rttm
        self.samples = samples
    }
}
