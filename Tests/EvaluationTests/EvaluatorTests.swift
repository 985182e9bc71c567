import AudioCore
import Foundation
import MediaIO
import Pipeline
import Testing

@testable import Evaluation

/// Suites as they are run, where things go wrong.
@Suite struct EvaluatorTests {
    /// Engines of which none is installed.
    private func runner(_ folder: URL) -> PipelineRunner {
        func missing<Engine>(_ name: String) -> @Sendable () throws -> Engine {
            { throw AudioError(.unavailable, operation: "load", subject: name, cause: "it is not installed") }
        }
        let engines = Engines(
            media: FFmpegMedia(), separator: missing("separator"), segmenter: missing("segmenter"),
            embedder: missing("embedder"), transcriber: missing("transcriber"), transcribedLanguages: { ["en"] },
            phoneticFeatures: missing("features"),
            phonemizer: missing("phonemizer"), synthesizer: missing("synthesizer"),
            voice: { throw AudioError(.unavailable, operation: "find", subject: $0, cause: "it is not installed") },
            judgingTranscriber: missing("judge"), judgingEmbedder: missing("judge"), qualityPredictor: missing("judge"),
            models: [.diarizer: ["a": "1"], .recognizer: ["b": "2"]], runtime: [:], terminate: {})
        return PipelineRunner(engines: engines, workFolder: folder.appendingPathComponent("runs"))
    }

    private func inFolder(_ work: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await work(folder)
    }

    private func write(_ seconds: Double, to file: URL) throws {
        let sink = try FFmpegMedia().create(file, sampleRate: 16000, channelCount: 1)
        let samples = Golden.voice(seconds: seconds, base: 120, swing: 0.2, period: 1, pauses: [], seed: 1)
        try sink.write(Waveform(sampleRate: 16000, mono: samples.map { Float($0) }))
        try sink.finish()
    }

    @Test func eachFailureIsARowOfItsOwn() async throws {
        try await inFolder { folder in
            let audio = folder.appendingPathComponent("talk.wav")
            try write(2, to: audio)
            let truth = folder.appendingPathComponent("talk.rttm")
            try Data("SPEAKER talk 1 0 2 <NA> <NA> anna <NA> <NA>\n".utf8).write(to: truth)
            let suite = Suite(
                name: "s",
                materials: [
                    Material(
                        name: "gone", set: "s", audio: folder.appendingPathComponent("gone.wav"), steps: [.diarize],
                        turns: truth),
                    Material(name: "untold", set: "s", audio: audio, steps: [.diarize, .separate]),
                    Material(name: "talk", set: "s", audio: audio, steps: [.diarize], turns: truth),
                ])
            var told: [String] = []
            let steps = try await Evaluator(runner: runner(folder)).measure(suite) { material, step, done, count in
                told.append("\(done)/\(count) \(step.rawValue) \(material.name)")
            }
            #expect(told == ["0/4 diarize gone", "1/4 diarize untold", "2/4 separate untold", "3/4 diarize talk"])
            #expect(steps.map { $0.failure?.kind } == [.noInput, .badData, .badData, .unavailable])
            #expect(steps[3].failure?.description.contains("segmenter") == true)
            let report = EvaluationReport(suite: suite, program: "x", models: ["a": "1"], steps: steps)
            #expect(report.pools.map(\.failed) == [3, 1] && report.pools.allSatisfy(\.figures.isEmpty))
            let data = try CanonicalJSON.pretty(report)
            #expect(String(decoding: data, as: UTF8.self).contains("it is not installed"))
            #expect(try JSONDecoder().decode(EvaluationReport.self, from: data).results.count == 4)
        }
    }

    @Test func whatFailsBecauseTheWorkWasStoppedIsNoFailure() async throws {
        try await inFolder { folder in
            let audio = folder.appendingPathComponent("talk.wav")
            try write(2, to: audio)
            let suite = Suite(name: "s", materials: [Material(name: "a", set: "s", audio: audio, steps: [.diarize])])
            let evaluator = Evaluator(runner: runner(folder))
            let task = Task {
                try await evaluator.measure(suite) { _, _, _, _ in withUnsafeCurrentTask { $0?.cancel() } }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func setsArePooledByThemselves() throws {
        let kind = FigureKind("rate", "rate", .share)
        func step(_ name: String, _ set: String, _ errors: Double, of words: Double) -> MeasuredStep {
            MeasuredStep(
                material: name, set: set, step: .transcribe, seconds: 1,
                evidence: [
                    Evidence(kind, judge: "x", groupedBy: "turns", groups: [[.init(errors, weight: words)]])
                ])
        }
        let report = EvaluationReport(
            suite: Suite(name: "s", materials: []), program: "x", models: [:],
            steps: [step("a", "one", 1, of: 10), step("b", "one", 5, of: 90), step("c", "two", 1, of: 2)])
        #expect(report.pools.map(\.set) == ["one", "two"])
        #expect(report.pools.map { $0.figures[0].value } == [0.06, 0.5])
        #expect(report.pools[0].figures[0].groupedBy == "files" && report.pools[0].figures[0].low != nil)
        #expect(report.pools[1].figures[0].low == nil)
    }
}
