import AudioCore
import Files
import Foundation
import Testing

@testable import Commands
@testable import Pipeline

/// Changes by hand on a real talk with the real models: only the turns that were changed come out otherwise.
@Suite struct RealEditsTests {
    private static let sample = SampleTalk.file

    @Test(.enabled(if: sample != nil, "needs `hyperaudio models install`"))
    func aChangedLineAndAReassignedTurnLeaveAllElseBitForBit() async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("edits \(UUID())")
        defer { try? FileManager.default.removeItem(at: home) }
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let engines = try Assembly().engines
        let input = home.appendingPathComponent("talk.wav")
        try cut(try #require(Self.sample), from: 10.5, to: 28.5, media: engines.media, into: input)
        let runner = PipelineRunner(engines: engines, workFolder: home.appendingPathComponent("runs"))
        func replace(_ name: String, _ speaker: SpeakerID?) async throws -> Report {
            try await runner.replace(
                ReplaceRequest(
                    input: input, voices: [VoiceChoice(speaker: speaker, voice: "jf_alpha")],
                    output: home.appendingPathComponent(name), isExact: false, overwrites: false,
                    knowledge: ProgrammeKnowledge(speakerCount: 2, language: "en"), overlap: .keep, pitch: .own,
                    uncertain: .keep))
        }
        let first = try await replace("first.wav", nil)
        let speaker = try #require(first.speakers.first { $0.voice != nil }).id
        let run = try #require(
            try FileManager.default.contentsOfDirectory(
                at: home.appendingPathComponent("runs"), includingPropertiesForKeys: nil
            ).first)

        let edited = try change(run, first, speaker)
        let second = try await replace("second.wav", speaker)
        let (one, two) = (try samples(home, "first.wav"), try samples(home, "second.wav"))
        let allowed = [first, second].flatMap { report in
            report.spans.filter { edited.contains(report.replacements[$0.turn].passage) }
        }
        let differing = one.indices.filter { one[$0] != two[$0] }
        #expect(differing.count > 4000)
        #expect(differing.allSatisfy { at in allowed.contains { $0.startSample <= at && at < $0.endSample } })
        // There are spans that nothing was changed in, and they are new voice in both.
        let others = second.spans.filter { !edited.contains(second.replacements[$0.turn].passage) }
        #expect(
            !others.isEmpty && others.allSatisfy { span in first.spans.contains { $0.startSample == span.startSample } }
        )
        #expect(second.untouched.samplesChanged == 0)
        #expect(second.edits?.count == 2)
        #expect(Set(second.replacements.filter { $0.changes != nil }.map(\.passage)).isSubset(of: edited))
    }

    /// Another word in a turn of the speaker, and somebody else's turn for him.
    /// - Returns: the turns that are said to change by it.
    private func change(_ run: URL, _ report: Report, _ speaker: SpeakerID) throws -> Set<Int> {
        var desk = try #require(try EditDesk(finished: run))
        let replaced = Set(report.replacements.filter { !$0.kept }.map(\.passage))
        let passages = desk.programme.transcript.passages.filter { $0.words.count > 3 }
        let line = try #require(passages.last { $0.speaker == speaker && replaced.contains($0.id) })
        let other = try #require(passages.last { $0.speaker != speaker })
        let words = line.words.map(\.text)
        let text = (words.dropLast() + ["now"]).joined(separator: " ")
        let outcome = try desk.change(
            [
                .line(.init(passage: line.id, text: text == line.text ? text + " now" : text, was: line.text)),
                .assign(.init(from: other.speaker, to: speaker, spans: [other.span])),
            ], operation: "change", subject: "the talk")
        #expect(Set(outcome.again.map(\.turn)).isSuperset(of: [line.id, other.id]))
        // A turn that overlapped the one which went over is not overlapped any more.
        return Set(outcome.changed)
    }

    private func samples(_ home: URL, _ name: String) throws -> [Float] {
        let reader = try WaveReader(home.appendingPathComponent(name))
        return try reader.read(0..<reader.frameCount)[0]
    }

    private func cut(_ file: URL, from start: Double, to end: Double, media: any MediaAccess, into target: URL) throws {
        let source = try media.open(file)
        var samples: [Float] = []
        while let block = try source.read() { samples += block.mid }
        let rate = Double(source.format.sampleRate)
        let writer = try WaveWriter(target, sampleRate: source.format.sampleRate, channelCount: 1)
        try writer.append([Array(samples[Int(start * rate)..<Int(end * rate)])])
        try writer.finish()
    }
}
