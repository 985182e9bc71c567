import AudioCore
import Files
import Foundation
import MediaIO
import Synchronization
import Testing

@testable import Pipeline

/// The main job from end to end, with doubles for all engines.
@Suite struct ReplaceJobTests {
    private let a = SpeakerID(index: 0)
    private let b = SpeakerID(index: 1)

    @Test func onlyTheSpansOfTheChosenSpeakerChange() async throws {
        let stage = try RunStage()
        let report = try await stage.replace()
        let before = TonePlay.programme
        let after = try stage.samples("out.wav")
        #expect(after.count == 2 && after[0].count == before[0].count)
        var isFree = [Bool](repeating: true, count: before[0].count)
        for span in report.spans { for sample in span.startSample..<span.endSample { isFree[sample] = false } }
        for channel in 0..<2 {
            #expect(isFree.indices.allSatisfy { !isFree[$0] || before[channel][$0] == after[channel][$0] })
        }
        let changed = isFree.indices.count { !isFree[$0] && before[0][$0] != after[0][$0] }
        #expect(changed > isFree.count { !$0 } * 9 / 10)
        // Nothing of the other speaker's lines is in a span.
        let turns = try await stage.runner().speakers(
            of: stage.input, knowledge: ProgrammeKnowledge(), withWords: true)
        #expect(turns.speakers.map(\.id) == [a, b])
        #expect(
            turns.speakers.map(\.firstWords) == [
                "patok limes nukola sepalon patse nulop lutame sikon", "tomuk enila kopes molik nomek tulas",
            ])
        for turn in turns.turns where turn.speaker == b {
            for span in report.spans {
                #expect(turn.span.overlap(with: TimeSpan(start: span.start, end: span.end)) == 0)
            }
        }
    }

    @Test func theReportSaysWhatWasDone() async throws {
        let stage = try RunStage()
        let report = try await stage.replace()
        #expect(report.version == 1)
        #expect(report.input.sha256 == (try Digest.ofFile(stage.input)))
        #expect(report.output.sha256 == (try Digest.ofFile(stage.file("out.wav"))))
        #expect(report.input.seconds == report.output.seconds && report.output.channels == 2)
        #expect(report.output.reencoded == false && report.input.reencoded == nil)
        #expect(report.input.repairedSeconds == 0 && report.output.repairedSeconds == nil)
        #expect(report.speakers.map(\.id) == [a, b])
        #expect(report.speakers.map(\.voice) == ["tone", nil])
        #expect(report.stages.map(\.stage) == StageName.replacing.sorted { order($0) < order($1) })
        #expect(report.stages.allSatisfy { !$0.cached })
        #expect(report.untouched.samplesChanged == 0)
        let frames = TonePlay.programme[0].count
        let spanned = report.spans.reduce(0) { $0 + $1.endSample - $1.startSample }
        #expect(report.untouched.samplesOutside == 2 * (frames - spanned))
        #expect(report.replacements.allSatisfy { $0.speaker == a && $0.voice == "tone" && !$0.kept })
        #expect(
            report.replacements.map(\.text) == TonePlay.lines.filter { $0.person == 0 }.map(\.text))
        #expect(report.replacements.allSatisfy { $0.roundTripConsistency?.wordErrorRate == 0 })
        #expect((report.totals.replacedShare ?? 0) > 0.9 && report.totals.keptTurns == 0)
        let similarity = try #require(report.replacements.first?.similarity)
        #expect(similarity.target > 0.9 && similarity.source < 0.5)
        let stored = try JSONDecoder().decode(
            Report.self, from: Data(contentsOf: stage.runFolder().appendingPathComponent("report.json")))
        #expect(try CanonicalJSON.encode(stored) == CanonicalJSON.encode(report))
    }

    /// The order in which a run does things.
    private func order(_ stage: StageName) -> Int {
        let order: [StageName] = [
            .preprocessor, .diarizer, .separator, .recognizer, .synthesizer, .reconstructor, .output, .report,
        ]
        return order.firstIndex(of: stage) ?? -1
    }

    /// Whole lines that say what was done and how it ended, and nothing of what is said in the programme.
    @Test func theLogTellsHowTheRunWent() async throws {
        let stage = try RunStage()
        _ = try await stage.interrupted(work: "work") { event in
            if case .started(.recognizer) = event { return true }
            return false
        }
        _ = try await stage.replace()
        let text = try String(contentsOf: stage.runFolder().appendingPathComponent("log.jsonl"), encoding: .utf8)
        let lines = try text.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let happenings = lines.compactMap { $0["what"] as? String }
        #expect(happenings.count == lines.count)
        #expect(
            happenings.filter { ["began", "interrupted", "ended"].contains($0) } == [
                "began", "interrupted", "began", "ended",
            ])
        let finished = lines.filter { $0["what"] as? String == "finished" }
        #expect(finished.suffix(8).compactMap { $0["stage"] as? String }.contains("report"))
        #expect(finished.contains { $0["cached"] as? Bool == true && $0["stage"] as? String == "diarizer" })
        #expect(!text.contains("patok"))
    }

    @Test func aStageThatWouldTakeTooMuchMemoryIsNotBegun() async throws {
        let stage = try RunStage()
        let error = await #expect(throws: AudioError.self) {
            _ = try await stage.runner(memory: MemoryBudget(limitBytes: 500_000_000)).replace(stage.request())
        }
        #expect(error?.kind == .tryAgain && error?.cause.contains("0.5 GB") == true, "\(String(describing: error))")
        // What was finished before is kept, and is not made again.
        let report = try await stage.replace()
        #expect(report.stages.filter(\.cached).map(\.stage) == [.preprocessor, .diarizer, .separator])
    }

    @Test func aRunSaysWhatItWasMadeWith() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        let facts = try RunFacts(of: stage.runFolder())
        #expect(facts.program == "Hyper Audio" && facts.options == [:])
        // Runs of older versions do not say it.
        var object = try #require(
            JSONSerialization.jsonObject(with: CanonicalJSON.encode(facts)) as? [String: Any])
        object["program"] = nil
        object["options"] = nil
        let folder = stage.file("old")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try JSONSerialization.data(withJSONObject: object).write(to: folder.appendingPathComponent("run.json"))
        #expect(try RunFacts(of: folder).options == nil)
    }

    @Test func theSameCommandAgainDoesNothing() async throws {
        let stage = try RunStage()
        let first = try await stage.replace()
        let digest = try Digest.ofFile(stage.file("out.wav"))
        _ = stage.spokenTexts()
        let second = try await stage.replace()
        #expect(second.stages.allSatisfy { $0.cached })
        #expect(stage.spokenTexts().isEmpty)
        #expect(try Digest.ofFile(stage.file("out.wav")) == digest)
        #expect(second.spans == first.spans)
        let fresh = try await stage.runner(afresh: true).replace(stage.request())
        #expect(fresh.stages.allSatisfy { !$0.cached })
        #expect(try Digest.ofFile(stage.file("out.wav")) == digest)
    }

    @Test func aChangedOptionMakesOnlyWhatDependsOnIt() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        func made(_ report: Report) -> [StageName] { report.stages.filter { !$0.cached }.map(\.stage) }
        let flac = try await stage.replace(stage.request("out.flac"))
        #expect(made(flac) == [.output, .report])
        // What was rounded to FLAC's 24 bits is untouched.
        #expect(flac.untouched.samplesChanged == 0 && flac.untouched.samplesOutside > 0)
        let voice = try await stage.replace(stage.request("voice.wav", voices: ["Speaker_B=tone2"]))
        #expect(made(voice) == [.synthesizer, .reconstructor, .output, .report])
        let pitch = try await stage.replace(stage.request("pitch.wav", pitch: .source))
        #expect(made(pitch) == [.synthesizer, .reconstructor, .output, .report])
        var request = try stage.request("speakers.wav")
        request.knowledge.speakerCount = 2
        let speakers = try await stage.replace(request)
        #expect(Set(made(speakers)).isSuperset(of: [.diarizer, .recognizer, .reconstructor]))
        #expect(!made(speakers).contains(.preprocessor) && !made(speakers).contains(.separator))
    }

    @Test func whatIsNotJudgedByEarIsLeftOut() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        var options = StageOptions()
        options.report.listens = false
        let report = try await stage.runner(options: options).replace(stage.request("deaf.wav"))
        #expect(report.stages.filter { !$0.cached }.map(\.stage) == [.report])
        #expect(
            report.replacements.allSatisfy {
                $0.roundTripConsistency == nil && $0.similarity == nil && $0.quality == nil && $0.timing != nil
            })
        #expect(report.untouched.samplesChanged == 0)
    }

    @Test func aChangedLineMakesExactlyOnePiece() async throws {
        let stage = try RunStage()
        let first = try await stage.replace()
        let line = try #require(first.replacements.first { $0.text.hasPrefix("patse") })
        let folder = try stage.runFolder()
        let text = "patse nulop lutame siken pelut"
        let edits = Edits([.line(.init(passage: line.passage, text: text))])
        try CanonicalJSON.encode(edits).write(to: folder.appendingPathComponent("edits.json"))
        let before = try pieces(in: folder)
        let second = try await stage.replace(stage.request("edited.wav"))
        #expect(try pieces(in: folder).subtracting(before).count == 1)
        #expect(second.replacements.map(\.text).contains(text))
        // Outside the spans the two outputs are the same; inside, the tone is matched over all that the voice says.
        let (one, two) = (try stage.samples("out.wav")[0], try stage.samples("edited.wav")[0])
        let differing = one.indices.filter { one[$0] != two[$0] }
        #expect(!differing.isEmpty)
        #expect(
            differing.allSatisfy { sample in
                (first.spans + second.spans).contains { $0.startSample <= sample && sample < $0.endSample }
            })
    }

    /// Finished pieces of speech; the stage's own folders list several.
    private func pieces(in folder: URL) throws -> Set<String> {
        let home = folder.appendingPathComponent("stages/synthesizer")
        return try Set(
            FileManager.default.contentsOfDirectory(atPath: home.path).filter { name in
                try FileManager.default.contentsOfDirectory(atPath: home.appendingPathComponent(name).path)
                    .contains { $0.hasSuffix(".wav") }
            })
    }

    @Test(arguments: StageName.replacing)
    func anInterruptedRunGoesOnWhereItStopped(_ interrupted: StageName) async throws {
        let stage = try RunStage()
        _ = try await stage.replace(stage.request("whole.wav"), work: "whole")
        let error = try await stage.interrupted(work: "work") { event in
            if case .started(interrupted) = event { return true }
            return false
        }
        #expect(error is CancellationError)
        #expect(!FileManager.default.fileExists(atPath: stage.file("out.wav").path))
        let report = try await stage.replace()
        let finished = report.stages.filter(\.cached).map(\.stage)
        #expect(finished == report.stages.map(\.stage).filter { order($0) < order(interrupted) })
        #expect(try Digest.ofFile(stage.file("out.wav")) == Digest.ofFile(stage.file("whole.wav")))
    }

    /// One wrong byte in any file of any result is found, and mended by making that result again.
    @Test func damagedResultsAreMadeAgain() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        let digest = try Digest.ofFile(stage.file("out.wav"))
        let results = try stage.runFolder().appendingPathComponent("stages")
        let files = try FileManager.default.subpathsOfDirectory(atPath: results.path).filter { $0.hasSuffix(".wav") }
        #expect(files.contains { $0.hasPrefix("synthesizer") } && files.contains { $0.hasPrefix("separator") })
        for name in files.sorted() {
            let file = results.appendingPathComponent(name)
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 1] ^= 64
            try bytes.write(to: file)
            let report = try await stage.replace()
            let damaged = name.split(separator: "/").first.flatMap { StageName(rawValue: String($0)) }
            #expect(report.stages.filter { !$0.cached }.map(\.stage) == [damaged].compactMap { $0 }, "\(name)")
            #expect(try Digest.ofFile(stage.file("out.wav")) == digest, "\(name)")
            bytes[bytes.count - 1] ^= 64
            #expect(try Data(contentsOf: file) == bytes, "\(name)")
        }
    }

    @Test func piecesThatWereSpokenBeforeAnInterruptionAreNotSpokenAgain() async throws {
        let stage = try RunStage()
        let error = try await stage.interrupted(work: "work") { event in
            if case .progress(.synthesizer, let share) = event { return share > 0 }
            return false
        }
        #expect(error is CancellationError)
        let folder = try stage.runFolder()
        let before = try pieces(in: folder)
        #expect(before.count == 1)
        _ = stage.spokenTexts()
        _ = try await stage.replace()
        #expect(try pieces(in: folder).isSuperset(of: before))
        #expect(try pieces(in: folder).count == 3)
    }

    @Test func twoRunsDoNotWorkInOneFolderAtOnce() async throws {
        let stage = try RunStage()
        let entered = AsyncStream<Void>.makeStream()
        let leave = DispatchSemaphore(value: 0)
        let first = stage.runner { event in
            guard case .started(.separator) = event else { return }
            entered.continuation.finish()
            leave.wait()
        }
        let request = try stage.request()
        let task = Task { try await first.replace(request) }
        for await _ in entered.stream {}
        let error = await #expect(throws: AudioError.self) { try await stage.replace() }
        #expect(error?.kind == .tryAgain)
        leave.signal()
        _ = try await task.value
    }

    @Test func stemsAddUpAndAreNotOverwritten() async throws {
        let stage = try RunStage()
        let stems = try await stage.runner().stems(of: stage.input, into: stage.home, overwrites: false)
        let (vocals, music) = (try read(stems.vocals), try read(stems.music))
        #expect(vocals.count == TonePlay.programme[0].count && music.count == vocals.count)
        // The programme on the grid of 24 bits.
        #expect(zip(zip(vocals, music), TonePlay.programme[0]).allSatisfy { abs($0.0 + $0.1 - $1) <= 0x1p-23 })
        let error = await #expect(throws: AudioError.self) {
            try await stage.runner().stems(of: stage.input, into: stage.home, overwrites: false)
        }
        #expect(error?.kind == .cannotCreate)
        let started = Mutex(false)
        let nowhere = await #expect(throws: AudioError.self) {
            try await stage.runner(afresh: true) { event in
                if case .started = event { started.withLock { $0 = true } }
            }.stems(of: stage.input, into: URL(filePath: "/proc"), overwrites: true)
        }
        #expect(nowhere?.kind == .cannotCreate && !started.withLock { $0 })
    }

    /// The left channel of any file.
    private func read(_ file: URL) throws -> [Float] {
        let source = try FFmpegMedia().open(file)
        var samples: [Float] = []
        while let block = try source.read() { samples += block.channels[0] }
        return samples
    }
}
