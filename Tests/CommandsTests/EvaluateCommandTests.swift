import AudioCore
import Evaluation
import Foundation
import Testing

@testable import Commands

/// `hyperaudio evaluate`, as people type it and with everything installed.
@Suite struct EvaluateCommandTests {
    private static let audio = ProcessInfo.processInfo.environment["HYPERAUDIO_EVALUATION_AUDIO"]
    private static let isInstalled = FileManager.default.fileExists(
        atPath: Places.models.appendingPathComponent("pyannote-segmentation-3.0").path)

    private func inFolder(_ work: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await work(folder)
    }

    private func run(_ arguments: String...) async throws {
        let command = try HyperAudio.parseAsRoot(["evaluate"] + arguments)
        let suites = try #require(command as? EvaluateSuiteCommand)
        try await suites.run()
    }

    @Test func aSuiteMustBeThereAndHoldWhatIsAskedOf() async throws {
        try await inFolder { folder in
            let suite = folder.appendingPathComponent("s.yaml")
            try Data("materials: [{audio: a.wav, run: diarize}]".utf8).write(to: suite)
            let path = suite.path
            #expect(await #expect(throws: AudioError.self) { try await run(path + "x") }?.kind == .noInput)
            #expect(await #expect(throws: AudioError.self) { try await run(path, "--only", "b") }?.kind == .usage)
            #expect(
                await #expect(throws: AudioError.self) { try await run(path, "--step", "separate") }?.kind == .usage)
        }
    }

    @Test(.enabled(if: audio != nil && isInstalled, "needs the recordings and the models"))
    func aSuiteIsMeasuredAndWhatFailsIsARow() async throws {
        try await inFolder { folder in
            let suite = folder.appendingPathComponent("calls.yaml")
            try Data(
                """
                audio: $HYPERAUDIO_EVALUATION_AUDIO/pyannote_sample
                materials:
                  - {audio: sample.wav, turns: sample.rttm, run: diarize}
                  - {audio: missing.wav, turns: sample.rttm, run: diarize}
                """.utf8
            ).write(to: suite)
            let output = folder.appendingPathComponent("figures.json")
            let work = folder.appendingPathComponent("runs").path
            let error = await #expect(throws: (any Error).self) {
                try await run(suite.path, "--output", output.path, "--work-dir", work, "--quiet")
            }
            #expect(HyperAudio.exitCode(for: try #require(error)).rawValue == AudioError.Kind.noInput.rawValue)
            let report = try JSONDecoder().decode(EvaluationReport.self, from: Data(contentsOf: output))
            #expect(report.pools.map(\.materials) == [2] && report.pools[0].failed == 1)
            let figures = report.results[0].figures
            let rate = try #require(figures.first { $0.name == "der" })
            #expect(try #require(rate.value) < 0.1 && rate.judge == "RTTM")
            #expect(try #require(rate.low) < #require(rate.value) && rate.groups == 10)
            #expect(report.results[1].failure?.contains("missing.wav") == true)
        }
    }
}
