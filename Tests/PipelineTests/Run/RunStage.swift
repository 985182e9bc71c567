import AudioCore
import Files
import Foundation
import MediaIO
import Synchronization

@testable import Pipeline

/// A folder with the tone play in it, engines that are doubles, and a record of what they were asked.
final class RunStage: Sendable {
    let home: URL
    let input: URL
    private let synthesizer = ToneSynthesizer()
    private let current = Mutex<StageName?>(nil)
    private let made = Mutex<[StageName: Int]>([:])
    private let task = Mutex<Task<Report, any Error>?>(nil)

    init() throws {
        home = FileManager.default.temporaryDirectory.appendingPathComponent("run \(UUID().uuidString)")
        input = home.appendingPathComponent("Gespräch 1.wav")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        try TonePlay.write(to: input)
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    func file(_ name: String) -> URL { home.appendingPathComponent(name) }

    /// Texts the synthesizer spoke since the last question, once each, less what a measurement let it say.
    func spokenTexts() -> Set<String> {
        synthesizer.spokenParts.withLock { parts in
            defer { parts = [] }
            return Set(parts.map { $0.filter { !"$., ".contains($0) } })
        }
    }

    private var engines: Engines {
        let synthesizer = synthesizer
        return Engines(
            media: FFmpegMedia(), separator: { WholeSeparator() }, segmenter: { HumSegmenter() },
            embedder: { HumEmbedder() }, transcriber: { ToneTranscriber() },
            transcribedLanguages: { ["de", "en"] }, phoneticFeatures: { ToneExtractor() },
            phonemizer: { TonePhonemizer() }, synthesizer: { synthesizer },
            voice: { name in
                guard name.hasPrefix("tone") else {
                    throw AudioError(.usage, operation: "find", subject: "the voice \(name)", cause: "there is none")
                }
                return Voice(
                    name: name, styles: Matrix(rows: 1, columns: 1), digest: name,
                    language: name.hasSuffix("_ja") ? "ja" : nil)
            },
            judgingTranscriber: { ToneTranscriber() }, judgingEmbedder: { HumEmbedder() },
            qualityPredictor: { EvenPredictor() }, models: [.separator: ["whole": "1"]], runtime: ["device": "none"],
            terminate: {})
    }

    func runner(
        work: String = "work", afresh: Bool = false, options: StageOptions = StageOptions(),
        memory: MemoryBudget = MemoryBudget(), events: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) -> PipelineRunner {
        PipelineRunner(
            engines: engines, options: options, workFolder: file(work), startsAfresh: afresh, memory: memory,
            events: events)
    }

    func request(
        _ output: String = "out.wav", voices: [String] = ["tone"], overwrites: Bool = false,
        pitch: PitchTransfer.Register = .own, language: String? = nil
    ) throws -> ReplaceRequest {
        ReplaceRequest(
            input: input, voices: try voices.map(VoiceChoice.init(argument:)), output: file(output), isExact: false,
            overwrites: overwrites, knowledge: ProgrammeKnowledge(language: language), overlap: .keep, pitch: pitch,
            uncertain: .keep)
    }

    func replace(_ request: ReplaceRequest? = nil, work: String = "work") async throws -> Report {
        try await runner(work: work).replace(request ?? self.request())
    }

    /// Runs until `isTime` says so of an event, and is interrupted then.
    /// - Returns: what it threw; nil where it came to its end.
    func interrupted(work: String, when isTime: @escaping @Sendable (RunEvent) -> Bool) async throws -> (any Error)? {
        let request = try request(overwrites: true)
        let gate = AsyncStream<Void>.makeStream()
        let runner = runner(work: work) { event in
            if isTime(event) { self.task.withLock { $0?.cancel() } }
        }
        let task = Task {
            for await _ in gate.stream { break }
            return try await runner.replace(request)
        }
        self.task.withLock { $0 = task }
        gate.continuation.yield()
        gate.continuation.finish()
        defer { self.task.withLock { $0 = nil } }
        do {
            _ = try await task.value
            return nil
        } catch {
            return error
        }
    }

    func samples(_ name: String) throws -> [[Float]] {
        let reader = try WaveReader(file(name))
        return try reader.read(0..<reader.frameCount)
    }

    /// The folder in which the run works.
    func runFolder(work: String = "work") throws -> URL {
        let found = try FileManager.default.contentsOfDirectory(at: file(work), includingPropertiesForKeys: nil)
        guard let folder = found.first else { throw CocoaError(.fileNoSuchFile) }
        return folder
    }
}
