import AudioCore

/// What the stages leave open, in one value; the defaults were measured.
///
/// What is known of one programme (`ProgrammeKnowledge`) and asked of one job (`ReplaceRequest`) is put over it.
public struct StageOptions: Sendable, Equatable {
    public var preprocessor = AudioPreprocessorOptions()
    public var separator = VoiceSeparatorOptions()
    /// Its `speakers` come from what is known of the programme.
    public var diarizer = SpeakerDiarizerOptions()
    /// Its `source`, language and prompt come from `recognizerSource` and from what is known of the programme.
    public var recognizer = SpeechRecognizerOptions()
    /// What the recognizer listens to; nil: the vocals where the bed is louder than `loudBedDecibels` allows.
    public var recognizerSource: SpeechRecognizerOptions.Source?
    /// Speech less than this above the bed, dB, is recognized from the vocals: a bed this loud costs more words than the
    /// separator does; under quieter ones, denoising first was measured to hurt.
    public var loudBedDecibels = 10.0
    public var synthesizer = VoiceSynthesizerOptions()
    public var reconstructor = AudioReconstructorOptions()
    public var report = ReportOptions()

    public init() {}
}

/// How closely the judges look.
public struct ReportOptions: Sendable, Equatable {
    /// Networks judge the new speech: words, likeness, naturalness. False: these figures are not measured.
    public var listens = true
    /// Speech of each new voice by itself, the yardstick for likeness and naturalness.
    public var yardstickSeconds = 20.0

    public init() {}

    /// What differs from the defaults, for the checkpoint key.
    var changes: [String] {
        let usual = ReportOptions()
        guard listens else { return ["listens=false"] }
        return yardstickSeconds == usual.yardstickSeconds ? [] : ["yardstickSeconds=\(yardstickSeconds)"]
    }
}
