import AudioCore
import Files
import Foundation
import Pipeline
import Store
import TestSupport
import Testing

@testable import Commands

/// The program itself, as the shell runs it, with the real models on pieces of the telephone talk that comes with them.
@Suite(.serialized) struct RealBatchTests {
    private static let sample = SampleTalk.file

    private static let program = BuiltProgram.url

    private static var isReady: Bool { sample != nil && program != nil }

    private let home = FileManager.default.temporaryDirectory.appendingPathComponent("batch \(UUID())")

    private func file(_ name: String) -> URL { home.appendingPathComponent(name) }

    /// - Parameter seconds: of the sample.
    private func cut(_ seconds: Range<Double>, into name: String) throws {
        let engines = try Assembly().engines
        let source = try engines.media.open(try #require(Self.sample))
        var samples: [Float] = []
        while let block = try source.read() { samples += block.mid }
        let rate = Double(source.format.sampleRate)
        let writer = try WaveWriter(file(name), sampleRate: source.format.sampleRate, channelCount: 1)
        let range = (Int(seconds.lowerBound * rate)..<Int(seconds.upperBound * rate)).clamped(to: samples.indices)
        try writer.append([Array(samples[range])])
        try writer.finish()
    }

    private func process(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
        let process = Process()
        let program = try #require(Self.program)
        process.executableURL = program
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        return (process, output)
    }

    /// - Returns: exit code and standard output.
    private func run(_ arguments: [String]) throws -> (code: Int32, text: String) {
        let (process, output) = try process(arguments)
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    private var places: [String] { ["--store", file("store.sqlite").path, "--work-dir", file("runs").path] }

    private var batch: [String] {
        ["batch", file("one.wav").path, file("two.wav").path, "--voice", "Anna=jf_alpha"]
            + ["--voice", "Ben=jm_kumo", "--jobs", "2", "--output-dir", file("new").path, "--json", "--quiet"] + places
    }

    private struct Summary: Decodable {
        struct Episode: Decodable { var output: String, state: String, attempts: Int, outcome: EpisodeOutcome? }
        var episodes: [Episode]
    }

    private func summary(_ text: String) throws -> [Summary.Episode] {
        try JSONDecoder().decode(Summary.self, from: Data(text.utf8)).episodes
    }

    /// Learnt in a talk, found in parts of it; killed amid the work, and gone on with.
    @Test(.enabled(if: isReady, "needs `hyperaudio models install` and the program beside the tests"))
    func knownPeopleAreReplacedInEveryEpisodeWhateverIsKilled() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        try cut(0..<30, into: "whole.wav")
        try cut(15..<22.5, into: "one.wav")
        try cut(22.5..<30, into: "two.wav")
        #expect(try run(["diarize", file("whole.wav").path, "--no-words", "--quiet"] + places.suffix(2)).code == 0)
        for (name, speaker) in [("Anna", "Speaker_A"), ("Ben", "Speaker_B")] {
            let from = file("whole.wav").path + ":" + speaker
            #expect(try run(["speakers", "learn", name, "--from", from] + places).code == 0)
        }

        let (first, _) = try process(batch)
        try first.run()
        let queue = JobQueue<EpisodeWork>(try Store(file("store.sqlite")))
        // Both are in work, and one of them has found its speakers.
        try wait(seconds: 120) {
            try queue.jobs().count { $0.state == .running } == 2
                && FinishedRun.folders(under: file("runs")).contains {
                    $0.lastPathComponent.hasPrefix("one-") && (try? FinishedRun($0).diarization) != nil
                }
        }
        kill(first.processIdentifier, SIGKILL)
        first.waitUntilExit()
        #expect(try queue.jobs().allSatisfy { $0.state == .running && $0.owner?.isAlive == false })
        // The workers know that nobody waits for them.
        try wait(seconds: 10) {
            FinishedRun.folders(under: file("runs")).allSatisfy { (try? RunFolder(existing: $0)) != nil }
        }

        let second = try run(batch)
        #expect(second.code == 0, "\(second.text)")
        let episodes = try summary(second.text)
        #expect(episodes.map(\.state) == ["done", "done"] && episodes.allSatisfy { $0.attempts >= 2 })
        for episode in episodes {
            #expect(FileManager.default.fileExists(atPath: episode.output))
            let replaced = try #require(episode.outcome?.replaced)
            #expect(replaced.contains { $0.name == "Ben" })
            #expect(replaced.allSatisfy { $0.voice == ($0.name == "Ben" ? "jm_kumo" : "jf_alpha") })
            #expect(replaced.allSatisfy { ($0.cosine ?? 0) >= SpeakerMatching.defaultThreshold })
        }
        // What is done is not done again.
        let third = try run(batch)
        let attempts = try summary(third.text).map(\.attempts)
        #expect(third.code == 0 && attempts == episodes.map(\.attempts))
    }

    private func wait(seconds: Double, until isTrue: () throws -> Bool) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while try !isTrue() {
            guard ContinuousClock.now < end else {
                Issue.record("waited \(seconds) s in vain")
                return
            }
            usleep(50_000)
        }
    }
}
