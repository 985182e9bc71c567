import AudioCore
import Configuration
import Foundation
import Inference
import MediaIO
import ModelLibrary
import Pipeline
import SpeechModels
import Synchronization

/// Wires the parts together: the only place that knows which model plays which role.
struct Assembly {
    let engines: Engines
    let voices: VoiceShelf

    /// What each stage's result depends on.
    private static let usedModels: [StageName: [String]] = [
        .separator: ["deepfilternet3"],
        .diarizer: ["pyannote-segmentation-3.0", "campplus-zh-en"],
        .recognizer: ["whisper-base"],
        .wordTimes: ["kokoro-82m", "whisper-base", "misaki-en"],
        .synthesizer: ["kokoro-82m", "whisper-base", "misaki-en"],
        .report: ["whisper-tiny.en", "resemblyzer", "dnsmos", "kokoro-82m"],
    ]

    /// Files are read by a child where this process is the program, which can be one; elsewhere, as in a test, here.
    static var media: FFmpegMedia {
        guard Program.isRunning else { return FFmpegMedia() }
        return FFmpegMedia(
            decoder: DecoderChild(
                program: URL(fileURLWithPath: "/proc/self/exe"), arguments: [MediaWorkerCommand.name]))
    }

    /// What makes the voice prints of a run: only prints of the same encoder can be compared.
    /// - Parameter models: id to digest, by the stage that uses them.
    static func speakerEncoder(_ models: [StageName: [String: String]]) throws -> String {
        let id = "campplus-zh-en"
        guard let digest = models[.diarizer]?[id] else {
            throw AudioError(
                .badData, operation: "compare", subject: "voices", cause: "the run does not say what described them",
                mend: "run `hyperaudio diarize` on the programme again")
        }
        return "\(id):\(digest.prefix(16))"
    }

    /// - Throws: `AudioError` of kind `.unavailable` where something is not installed.
    init(_ settings: Settings = Settings()) throws {
        let (device, tuning) = (settings.device, settings.engines)
        let threads = settings.threads ?? ProcessInfo.processInfo.activeProcessorCount
        let library = try ModelLibrary(folder: Places.models)
        let runtime = try InferenceRuntime.load(
            library.installed(device == .cuda ? "onnxruntime-gpu" : "onnxruntime")
                .appendingPathComponent("libonnxruntime.so"))
        if device == .cuda { try runtime.use(.cuda) }
        let catalogue = try VoiceCatalogue(modelFolder: library.installed("kokoro-82m"), voicesFolder: Places.voices)
        let whisper = Shared {
            try WhisperModel(folder: library.installed("whisper-base"), runtime: runtime, threads: threads)
        }
        let kokoro = Shared {
            try KokoroSynthesizer(
                modelFolder: library.installed("kokoro-82m"), settings: KokoroSettings(intraOpThreads: threads),
                in: runtime)
        }
        let english = Shared {
            try EnglishPhonemizer(lexiconFolder: library.installed("misaki-en"))
        }
        var pipers: [String: @Sendable () throws -> SpeakingEngine] = [:]
        for (voice, model) in PiperVoices.models {
            let synthesizer = Shared {
                try PiperSynthesizer(
                    library.installed(model).appendingPathComponent("voice.onnx"), name: "Piper (\(voice))",
                    threads: threads, in: runtime)
            }
            pipers[model] = {
                SpeakingEngine(
                    synthesizer: try synthesizer.value, phonemizer: PiperPhonemizer(reader: try english.value))
            }
        }
        let shelf = VoiceShelf(
            stock: catalogue, piper: PiperVoices(library: library), strength: settings.strength)
        voices = shelf
        engines = Engines(
            media: Self.media,
            separator: { try DeepFilterSeparator(library.installed("deepfilternet3")) },
            segmenter: {
                try PyannoteSegmenter(
                    library.installed("pyannote-segmentation-3.0"), runtime: runtime, threads: threads)
            },
            embedder: { try CAMPlusEmbedder(library.installed("campplus-zh-en"), runtime: runtime, threads: threads) },
            transcriber: { WhisperTranscriber(model: try whisper.value, settings: tuning.whisper) },
            transcribedLanguages: { try WhisperModel.languages(in: library.installed("whisper-base")) },
            phoneticFeatures: { WhisperFeatures(model: try whisper.value) },
            phonemizer: {
                PhonemizerByLanguage([
                    try english.value, EspeakPhonemizer(),
                ])
            },
            synthesizer: { try kokoro.value }, otherSynthesizers: pipers,
            voice: { try shelf.voice(named: $0) }, stockVoices: { try shelf.stockVoices() },
            fittedVoice: { try shelf.fittedVoice(named: $0) },
            judgingTranscriber: {
                WhisperTranscriber(
                    model: try WhisperModel(
                        folder: library.installed("whisper-tiny.en"), runtime: runtime, threads: threads))
            },
            judgingEmbedder: {
                try ResemblyzerEmbedder(library.installed("resemblyzer"), runtime: runtime, threads: threads)
            },
            qualityPredictor: {
                try DNSMOSPredictor(
                    library.installed("dnsmos"), runtime: runtime, threads: threads,
                    hopSeconds: tuning.qualityHopSeconds)
            },
            models: try Self.usedModels.mapValues { ids in
                try Dictionary(uniqueKeysWithValues: ids.map { ($0, try library.manifest($0).digest) })
            },
            runtime: [
                "onnxruntime": runtime.version, "device": device.rawValue, "threads": "\(threads)",
                "ffmpeg": FFmpegMedia.version, "espeak-ng": EspeakPronouncer.version ?? "none",
            ],
            settings: try tuning.changes,
            modelTimes: { runtime.clock.readings }, terminate: { runtime.terminateRuns() })
    }
}

/// A model that several roles share while one of them is in use, and that is let go when none is.
private final class Shared<Model: AnyObject & Sendable>: Sendable {
    private struct Weak { weak var model: Model? }
    private let held = Mutex(Weak())
    private let make: @Sendable () throws -> Model

    init(_ make: @escaping @Sendable () throws -> Model) { self.make = make }

    var value: Model {
        get throws {
            try held.withLock { held in
                if let model = held.model { return model }
                let model = try make()
                held.model = model
                return model
            }
        }
    }
}
