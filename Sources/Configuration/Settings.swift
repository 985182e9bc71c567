import AudioCore
import Files
import Foundation
import Pipeline
import SpeechModels

/// Every choice the program leaves open, with its value.
public struct Settings: Sendable, Equatable {
    /// Where runs are kept; nil: the user's cache.
    public var workFolder: URL?
    /// Where single stages' results are kept; nil: `dev_cache` in the current folder.
    public var cacheFolder: URL?
    public var device = Device.cpu
    /// Threads of the networks; nil: one for each core.
    public var threads: Int?
    /// The most memory the program may take, in megabytes; nil: whatever is free.
    public var mostMemoryMegabytes: Double?
    /// How willingly the program leaves the processor to others, 0...19.
    public var niceness = 0
    /// Write FLAC, whatever the input was.
    public var isExact = false
    public var transcriptFormat: TranscriptFormat?
    /// A transcript's word times are the recognizer's own.
    public var isQuick = false
    /// How far voices made from a recording go from the stock voice to the person, 0...1.
    public var strength = FittedVoice.usualStrength
    /// What is known of the programmes.
    public var knowledge = ProgrammeKnowledge()
    public var stages = StageOptions()
    public var engines = EngineSettings()

    public init() {}

    /// What differs from the defaults, by the options' names, with their values as they are written.
    public var changes: [String: String] {
        let usual = Settings()
        return OptionCatalogue.options.reduce(into: [:]) { changes, option in
            let text = option.text(in: self)
            if text != option.text(in: usual) { changes[option.name] = text }
        }
    }
}

/// Where networks run.
public enum Device: String, Sendable, CaseIterable {
    case cpu, cuda
}

/// Settings that belong to models and not to stages.
public struct EngineSettings: Sendable, Equatable {
    /// How the recognizer's text is searched. The recognizer that judges is never tuned.
    public var whisper = WhisperSettings()
    /// Seconds between the windows in which DNSMOS rates speech.
    public var qualityHopSeconds = 4.0

    public init() {}

    /// How often the recognizer may try again at a higher temperature: 0...5, for 0.2, 0.4, ... 1.
    public var retries: Int {
        get { whisper.temperatures.count - 1 }
        set { whisper.temperatures = (0...newValue).map { Float($0) / 5 } }
    }

    /// What differs from the defaults, by the stage it concerns, for `Engines.settings`.
    public var changes: [StageName: [String: String]] {
        get throws {
            let usual = EngineSettings()
            var changes: [StageName: [String: String]] = [:]
            if whisper != usual.whisper {
                let text = String(decoding: try CanonicalJSON.encode(whisper), as: UTF8.self)
                // The synthesizer hears with Whisper's encoder only, which has no settings.
                changes[.recognizer] = ["whisper": text]
            }
            if qualityHopSeconds != usual.qualityHopSeconds {
                changes[.report] = ["qualityHopSeconds": "\(qualityHopSeconds)"]
            }
            return changes
        }
    }
}
