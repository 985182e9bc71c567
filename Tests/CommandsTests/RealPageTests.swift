import AudioCore
import Files
import Foundation
import Testing

@testable import Commands
@testable import Pipeline

/// The main job with the real models on a few seconds of the telephone talk that comes with them, and its page.
@Suite struct RealPageTests {
    private static let sample = SampleTalk.file

    @Test(.enabled(if: sample != nil, "needs `hyperaudio models install`"))
    func aRealTalkCanBeHeardAndSeen() async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("real \(UUID())")
        defer { try? FileManager.default.removeItem(at: home) }
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let engines = try Assembly().engines
        let input = home.appendingPathComponent("talk.wav")
        let seconds = try cut(try #require(Self.sample), from: 20.5, to: 28, media: engines.media, into: input)

        let work = home.appendingPathComponent("runs")
        let report = try await PipelineRunner(engines: engines, workFolder: work).replace(
            ReplaceRequest(
                input: input, voices: [VoiceChoice(speaker: nil, voice: "jf_alpha")],
                output: home.appendingPathComponent("new.wav"), isExact: false, overwrites: false,
                knowledge: ProgrammeKnowledge(language: "en"), overlap: .keep, pitch: .own, uncertain: .keep))
        #expect(abs(report.output.seconds - seconds) < 1e-6)
        #expect(report.replacements.contains { !$0.kept })

        let run = try #require(try FileManager.default.contentsOfDirectory(atPath: work.path).first)
        let page = try String(
            contentsOf: work.appendingPathComponent(run).appendingPathComponent("report.html"), encoding: .utf8)
        #expect(page.components(separatedBy: "<article").count == 1 + report.replacements.count)
        #expect(page.contains("speaks with the synthetic voice jf_alpha"))
        #expect(!page.contains("http:") && !page.contains("https:"))
        // Both melodies were found, words were judged, and every version can be heard.
        #expect(page.contains("class=\"line old\"") && page.contains("class=\"line new\""))
        #expect(page.contains("class=\"pin\""))
        for version in ["original", "new", "bed"] {
            let data = page.components(separatedBy: "data-sound=\"\(version)\">").dropFirst().first
            let sound = try #require(Data(base64Encoded: String(data?.prefix { $0 != "<" } ?? "")))
            let file = home.appendingPathComponent("\(version).mp3")
            try sound.write(to: file)
            let source = try engines.media.open(file)
            var peak: Float = 0
            while let block = try source.read() { peak = max(peak, block.mid.map(abs).max() ?? 0) }
            #expect(version == "bed" ? peak < 0.5 : peak > 0.01)
        }
    }

    /// - Returns: the seconds that were written.
    private func cut(_ file: URL, from start: Double, to end: Double, media: any MediaAccess, into target: URL) throws
        -> Double
    {
        let source = try media.open(file)
        var samples: [Float] = []
        while let block = try source.read() { samples += block.mid }
        let rate = Double(source.format.sampleRate)
        let part = Array(samples[Int(start * rate)..<Int(end * rate)])
        let writer = try WaveWriter(target, sampleRate: source.format.sampleRate, channelCount: 1)
        try writer.append([part])
        try writer.finish()
        return Double(part.count) / rate
    }
}
