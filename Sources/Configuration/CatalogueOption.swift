import AudioCore
import Pipeline

/// One thing a user or a stage's developer may choose.
public struct CatalogueOption: Sendable {
    /// What an option that is not set is called, and what happens then.
    public struct Unset: Sendable, Equatable {
        public var word: String
        public var meaning: String
    }

    /// "synthesizer.least-confidence"
    public let name: String
    public let kind: OptionKind
    /// nil where the option always has a value.
    public let unset: Unset?
    /// One sentence.
    public let summary: String
    /// The flag that sets it by itself; every option can be set by `--set`.
    public let flag: String?
    let read: @Sendable (Settings) -> OptionValue
    let write: @Sendable (inout Settings, OptionValue) -> Void

    /// The stage it belongs to; nil where it concerns the whole program.
    public var stage: StageName? { StageName(rawValue: String(name.prefix { $0 != "." })) }

    /// HYPERAUDIO_SYNTHESIZER_LEAST_CONFIDENCE
    public var variable: String {
        ConfigurationEnvironment.prefix + name.uppercased().map { $0.isLetter ? String($0) : "_" }.joined()
    }

    /// The value of some settings, as it is written.
    public func text(in settings: Settings) -> String {
        let value = read(settings)
        return value == .unset ? unset?.word ?? "" : kind.text(of: value)
    }

    /// What the value is where nobody says anything.
    public var standard: String { text(in: Settings()) }

    /// Commands whose result it can change.
    public var commands: [String] {
        switch stage {
        case .preprocessor: ["replace", "diarize", "transcribe", "separate", "evaluate", "stage"]
        case .separator: ["replace", "transcribe", "separate", "evaluate", "stage"]
        case .diarizer: ["replace", "diarize", "transcribe", "evaluate", "stage"]
        case .recognizer, .wordTimes: ["replace", "diarize", "transcribe", "evaluate", "stage"]
        case .synthesizer, .reconstructor: ["replace", "evaluate", "stage"]
        case .report: ["replace", "evaluate"]
        case .output: ["replace"]
        case nil:
            switch name.prefix(while: { $0 != "." }) {
            case "transcript": ["transcribe"]
            case "stage": ["stage"]
            default: ["all that work on audio"]
            }
        }
    }

    /// For `--help`, which adds the words of a choice by itself: the sentence, what is possible, and the default.
    public var help: String {
        let usual = "default: " + (unset.map { "\($0.word), \($0.meaning)" } ?? standard)
        return switch kind {
        case .truth where unset == nil: summary
        case .truth, .choice, .text, .folder: "\(summary) (\(usual))"
        case .whole, .number, .quantity: "\(summary) (\(kind.range); \(usual))"
        }
    }

    /// "auto, or 1 to 100"
    public var possible: String { unset.map { "\($0.word), or \(kind.range)" } ?? kind.range }

    /// Puts a value into settings.
    /// - Throws: `Refusal` where the text is no value of this option.
    func apply(_ text: String, to settings: inout Settings) throws {
        if let unset, text == unset.word { return write(&settings, .unset) }
        guard let value = kind.value(of: text) else {
            throw Refusal(
                cause: kind.fault(of: text), wish: kind.wish + (unset.map { ", or \($0.word) (\($0.meaning))" } ?? ""))
        }
        write(&settings, value)
    }

    /// Why a text was not taken, and what would be.
    struct Refusal: Error {
        var cause: String
        var wish: String
    }
}
