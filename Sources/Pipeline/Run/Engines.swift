import AudioCore

/// The engines the stages work with. Each is made when its stage needs it and let go with the stage, so that no two
/// large models are in memory without need.
public struct Engines: Sendable {
    public var media: any MediaAccess
    public var separator: @Sendable () throws -> any SourceSeparator
    public var segmenter: @Sendable () throws -> any SpeechSegmenter
    public var embedder: @Sendable () throws -> any SpeakerEmbedder
    public var transcriber: @Sendable () throws -> any SpeechTranscriber
    /// Languages the transcriber knows, told without loading it; ISO 639-1.
    public var transcribedLanguages: @Sendable () throws -> [String]
    public var phoneticFeatures: @Sendable () throws -> any PhoneticFeatureExtractor
    public var phonemizer: @Sendable () throws -> any Phonemizer
    public var synthesizer: @Sendable () throws -> any SpeechSynthesizer
    /// What speaks voices of other models than the usual synthesizer's, by the model's id.
    public var otherSynthesizers: [String: @Sendable () throws -> SpeakingEngine]
    public var voice: @Sendable (String) throws -> Voice
    /// The voices that are nobody's: those a fitted voice starts from.
    public var stockVoices: @Sendable () throws -> [Voice]
    /// The voice made from a person's recording that has this name; nil: it is a stock voice's.
    public var fittedVoice: @Sendable (String) throws -> FittedVoice?
    /// The judges: none of them took part in making what they judge.
    public var judgingTranscriber: @Sendable () throws -> any SpeechTranscriber
    public var judgingEmbedder: @Sendable () throws -> any SpeakerEmbedder
    public var qualityPredictor: @Sendable () throws -> any QualityPredictor
    /// Digests of the models each stage uses, by id.
    public var models: [StageName: [String: String]]
    /// What else changes numbers: runtime version, device, threads.
    public var runtime: [String: String]
    /// What of the engines' own settings differs from what was measured to be best, a stage: part of its results' keys.
    public var settings: [StageName: [String: String]]
    /// The time inside each network since the process began.
    public var modelTimes: @Sendable () -> [ModelTime]
    /// Ends networks that are running; called when a run is interrupted.
    public var terminate: @Sendable () -> Void

    public init(
        media: any MediaAccess,
        separator: @escaping @Sendable () throws -> any SourceSeparator,
        segmenter: @escaping @Sendable () throws -> any SpeechSegmenter,
        embedder: @escaping @Sendable () throws -> any SpeakerEmbedder,
        transcriber: @escaping @Sendable () throws -> any SpeechTranscriber,
        transcribedLanguages: @escaping @Sendable () throws -> [String],
        phoneticFeatures: @escaping @Sendable () throws -> any PhoneticFeatureExtractor,
        phonemizer: @escaping @Sendable () throws -> any Phonemizer,
        synthesizer: @escaping @Sendable () throws -> any SpeechSynthesizer,
        otherSynthesizers: [String: @Sendable () throws -> SpeakingEngine] = [:],
        voice: @escaping @Sendable (String) throws -> Voice,
        stockVoices: @escaping @Sendable () throws -> [Voice] = { [] },
        fittedVoice: @escaping @Sendable (String) throws -> FittedVoice? = { _ in nil },
        judgingTranscriber: @escaping @Sendable () throws -> any SpeechTranscriber,
        judgingEmbedder: @escaping @Sendable () throws -> any SpeakerEmbedder,
        qualityPredictor: @escaping @Sendable () throws -> any QualityPredictor,
        models: [StageName: [String: String]],
        runtime: [String: String],
        settings: [StageName: [String: String]] = [:],
        modelTimes: @escaping @Sendable () -> [ModelTime] = { [] },
        terminate: @escaping @Sendable () -> Void
    ) {
        self.media = media
        self.separator = separator
        self.segmenter = segmenter
        self.embedder = embedder
        self.transcriber = transcriber
        self.transcribedLanguages = transcribedLanguages
        self.phoneticFeatures = phoneticFeatures
        self.phonemizer = phonemizer
        self.synthesizer = synthesizer
        self.otherSynthesizers = otherSynthesizers
        self.voice = voice
        self.stockVoices = stockVoices
        self.fittedVoice = fittedVoice
        self.judgingTranscriber = judgingTranscriber
        self.judgingEmbedder = judgingEmbedder
        self.qualityPredictor = qualityPredictor
        self.models = models
        self.runtime = runtime
        self.settings = settings
        self.modelTimes = modelTimes
        self.terminate = terminate
    }

    /// What speaks a voice.
    public func speaking(_ voice: Voice) throws -> SpeakingEngine {
        guard let model = voice.model else {
            return SpeakingEngine(synthesizer: try synthesizer(), phonemizer: try phonemizer())
        }
        guard let make = otherSynthesizers[model] else {
            throw AudioError(
                .internal, operation: "speak with", subject: voice.name, cause: "nothing here runs its model \(model)")
        }
        return try make()
    }

    /// What speaks those of the voices that the usual synthesizer does not, by the model's id.
    func others(for voices: some Sequence<Voice>) throws -> [String: SpeakingEngine] {
        try voices.reduce(into: [:]) { others, voice in
            guard let model = voice.model, others[model] == nil else { return }
            others[model] = try speaking(voice)
        }
    }

    /// Digests of all models, by id.
    public var allModels: [String: String] {
        models.values.reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }
    }
}
