import AudioCore
import Files
import Foundation
import Pipeline
import Testing

@testable import Commands

/// `hyperaudio stage` with the real models, on some seconds of a telephone talk.
@Suite struct RealPlaygroundTests {
    private static let sample = SampleTalk.file

    @Test(.enabled(if: sample != nil, "needs `hyperaudio models install`"))
    func stagesOfARealTalk() async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("play \(UUID())")
        defer { try? FileManager.default.removeItem(at: home) }
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let input = home.appendingPathComponent("talk.wav")
        try cut(try #require(Self.sample), seconds: 18..<30, into: input)
        let cache = ResultCache(home.appendingPathComponent("cache"))
        func stage(_ arguments: String...) async throws {
            switch try HyperAudio.parseAsRoot(["stage"] + arguments + ["--cache", cache.folder.path]) {
            case let command as StageRunCommand: try await command.run()
            case let command as StageProfileCommand: try await command.run()
            case let command as StageCompareCommand: try await command.run()
            case let command as StageInspectCommand: try await command.run()
            default: Issue.record("no command of the playground")
            }
        }
        try await stage("run", "--stage", "recognizer", "--input", input.path, "--auto", "--quiet")
        let careful = try #require(cache.results.first { $0.stage == .recognizer })
        #expect(Set(cache.results.map(\.stage)) == [.preprocessor, .separator, .diarizer, .recognizer])
        try await stage(
            "profile", "--stage", "recognizer", "--input", careful.name, "--set", "recognizer.beams=1", "--quiet")
        let greedy = try #require(cache.results.first { $0.stage == .recognizer })
        #expect(greedy.name != careful.name && greedy.key != careful.key)
        let page = home.appendingPathComponent("page.html")
        try await stage("compare", careful.name, greedy.name, "--output", page.path)
        #expect(try String(contentsOf: page, encoding: .utf8).contains("recognition.beamSize"))
        let pictures = home.appendingPathComponent("pictures")
        let separated = try #require(cache.results.first { $0.stage == .separator })
        try await stage("inspect", "--input", separated.name, "--output", pictures.path)
        #expect(FileManager.default.fileExists(atPath: pictures.appendingPathComponent("vocals.png").path))
        let inspection = try StageInspector(
            media: Assembly().engines.media, cache: cache, interruption: Interruption()
        ).inspect(careful.name, writingTo: nil)
        let words = try #require(inspection.figures.first { $0.name == "words" }?.value)
        // People say two or three words a second.
        #expect((12...60).contains(words), "\(words)")
    }

    private func cut(_ sample: URL, seconds: Range<Int>, into file: URL) throws {
        let source = try Assembly().engines.media.open(sample)
        let rate = source.format.sampleRate
        let writer = try WaveWriter(file, sampleRate: rate, channelCount: source.format.channelCount)
        var position = 0
        while let block = try source.read() {
            let first = max(0, seconds.lowerBound * rate - position)
            let last = min(block.frameCount, seconds.upperBound * rate - position)
            if first < last { try writer.append(block.channels.map { Array($0[first..<last]) }) }
            position += block.frameCount
        }
        try writer.finish()
    }
}
