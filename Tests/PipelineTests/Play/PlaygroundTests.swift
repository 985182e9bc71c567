import AudioCore
import Files
import Foundation
import Synchronization
import Testing

@testable import Pipeline

/// Single stages, with doubles for all engines.
@Suite struct PlaygroundTests {
    private let stage: RunStage
    private let cache: ResultCache

    init() throws {
        stage = try RunStage()
        cache = ResultCache(stage.file("dev_cache"))
    }

    private func playground(_ options: StageOptions = StageOptions(), _ notices: Notices? = nil) -> Playground {
        Playground(
            runner: stage.runner(options: options) { event in
                if case .notice(let sentence) = event { notices?.sentences.withLock { $0.append(sentence) } }
            }, cache: cache)
    }

    private final class Notices: Sendable {
        let sentences = Mutex<[String]>([])
    }

    private func run(
        _ name: StageName, _ inputs: [String], auto: Bool = false, voices: [String] = [],
        options: StageOptions = StageOptions(), notices: Notices? = nil
    ) async throws -> PlayedStage {
        try await playground(options, notices).run(
            StageRequest(
                stage: name, inputs: inputs, voices: try voices.map(VoiceChoice.init(argument:)), runsEarlier: auto))
    }

    private var input: String { stage.input.path }

    private func refusal(_ work: () async throws -> Void) async -> AudioError? {
        await #expect(throws: AudioError.self) { try await work() }
    }

    @Test func aStageRunsByItselfAndLeavesWhatARunWouldHave() async throws {
        let played = try await run(.diarizer, [input])
        #expect(played.made == [.preprocessor, .diarizer] && played.taken.isEmpty)
        #expect(played.folder.deletingLastPathComponent().path == cache.folder.path)
        #expect(played.name.wholeMatch(of: /diarizer_\d{10}/) != nil)
        _ = try await stage.replace()
        let run = try stage.runFolder().appendingPathComponent("stages/diarizer/\(played.key)")
        for file in ["result.json", "diarization.rttm", "Speaker_A.wav"] {
            let (one, two) = (played.folder.appendingPathComponent(file), run.appendingPathComponent(file))
            #expect(FileManager.default.fileExists(atPath: one.path))
            // What it cost is another matter each time.
            if file != "result.json" { #expect(try Digest.ofFile(one) == Digest.ofFile(two)) }
        }
        let result = try #require(cache.result(named: played.name))
        #expect(try result.stored(SpeakerDiarizerProduct.self).product.diarization.speakers.count == 2)
        #expect(result.inputDigest == (try Digest.ofFile(stage.input)) && Set(result.read.keys) == [.preprocessor])
    }

    @Test func theWholeWayGivesTheSameProgrammeAsARun() async throws {
        let played = try await run(.reconstructor, [input], auto: true, voices: ["tone"])
        #expect(played.made == [.preprocessor, .diarizer, .separator, .recognizer, .synthesizer, .reconstructor])
        _ = try await stage.replace()
        let results = ResultCache.results(ofRun: try stage.runFolder())
        let inRun = try #require(results.first { $0.stage == .reconstructor })
        #expect(
            try Digest.ofFile(played.folder.appendingPathComponent("programme.wav"))
                == Digest.ofFile(inRun.folder.appendingPathComponent("programme.wav")))
        // From the run's own results, without its file.
        try FileManager.default.removeItem(at: stage.input)
        let synthesizer = try #require(results.first { $0.stage == .synthesizer })
        let again = try await run(.reconstructor, [synthesizer.folder.path])
        #expect(again.made == [.reconstructor] && again.taken.count == 4)
        #expect(
            try Digest.ofFile(again.folder.appendingPathComponent("programme.wav"))
                == Digest.ofFile(inRun.folder.appendingPathComponent("programme.wav")))
        let whole = try await run(.diarizer, [stage.runFolder().path])
        #expect(whole.made == [.diarizer])
    }

    @Test func whatIsLackingIsNamedOrMade() async throws {
        let error = await refusal { _ = try await run(.recognizer, [input]) }
        #expect(error?.kind == .noInput)
        #expect(error?.cause.contains("no result of the separator") == true, "\(error?.description ?? "")")
        #expect(error?.mend.contains("--auto") == true)
        let notices = Notices()
        let played = try await run(.recognizer, [input], auto: true, notices: notices)
        // Reading the file was done by the attempt that failed.
        #expect(played.made == [.separator, .diarizer, .recognizer] && Set(played.taken.keys) == [.preprocessor])
        let taken = try #require(played.taken[.preprocessor])
        #expect(notices.sentences.withLock { $0 }.contains { $0.contains(taken) && $0.contains("Gespräch 1.wav") })
        let voiceless = await refusal { _ = try await run(.synthesizer, [input]) }
        #expect(voiceless?.kind == .usage && voiceless?.mend.contains("--replacement-voice") == true)
    }

    @Test func theNewestThatFitTogetherAreTaken() async throws {
        var coarse = StageOptions()
        coarse.diarizer.attribution.joinedGapSeconds = 3
        let old = try await run(.diarizer, [input], options: coarse)
        let first = try await run(.recognizer, [old.name], auto: true)
        #expect(first.taken[.diarizer] == old.name)
        let new = try await run(.diarizer, [input])
        #expect(new.key != old.key)
        // By itself the newest; with what was made from the old one, the old one.
        let second = try await run(.recognizer, [input])
        #expect(second.taken[.diarizer] == new.name && second.made == [.recognizer])
        let spoken = try await run(.synthesizer, [first.name], voices: ["tone"])
        #expect(spoken.taken[.diarizer] == old.name && spoken.taken[.recognizer] == first.name)
        let other = try await run(.synthesizer, [input], voices: ["tone"])
        #expect(other.taken[.diarizer] == new.name && other.taken[.recognizer] == second.name)
        // Who names both has his way.
        let mixed = try await run(.synthesizer, [first.name, new.name], voices: ["tone"])
        #expect(mixed.taken[.diarizer] == new.name && mixed.taken[.recognizer] == first.name)
        let twice = await refusal { _ = try await run(.recognizer, [old.name, new.name]) }
        #expect(twice?.kind == .usage && twice?.cause.contains("two results of the diarizer") == true)
    }

    @Test func programmesAreNotMixed() async throws {
        let one = try await run(.separator, [input])
        let file = stage.file("other.wav")
        let writer = try WaveWriter(file, sampleRate: TonePlay.sampleRate, channelCount: 2)
        try writer.append(TonePlay.programme.map { Array($0.dropLast(100)) })
        try writer.finish()
        let other = try await run(.diarizer, [file.path])
        for inputs in [[one.name, other.name], [input, other.name], [input, file.path]] {
            let error = await refusal { _ = try await run(.recognizer, inputs, auto: true) }
            #expect(error?.kind == .usage, "\(inputs)")
            #expect(error?.description.contains("programmes") == true && error?.description.contains("\n") == false)
        }
        // The newest preprocessor's result is the other programme's: it does not fit.
        let fitting = try await run(.diarizer, [one.name])
        let read = try #require(cache.result(named: fitting.taken[.preprocessor] ?? ""))
        #expect(read.inputDigest == (try Digest.ofFile(stage.input)))
    }

    @Test func aFileThatChangedIsNotTakenForTheOldOne() async throws {
        let one = try await run(.separator, [input])
        let name = try #require(cache.results.first { $0.stage == .preprocessor }?.name)
        try FileManager.default.removeItem(at: cache.folder.appendingPathComponent(name))
        try Data("changed".utf8).write(to: stage.input)
        let changed = await refusal { _ = try await run(.diarizer, [one.name]) }
        #expect(changed?.kind == .noInput && changed?.cause.contains("another programme") == true)
        try FileManager.default.removeItem(at: stage.input)
        let gone = await refusal { _ = try await run(.diarizer, [one.name], auto: true) }
        #expect(gone?.kind == .noInput && gone?.cause.contains("gone") == true)
    }

    @Test func whatIsNoInputIsSaidSo() async throws {
        let missing = await refusal { _ = try await run(.diarizer, ["separator_17"]) }
        #expect(missing?.kind == .noInput && missing?.description.contains("separator_17") == true)
        let empty = stage.file("empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        #expect(await refusal { _ = try await run(.diarizer, [empty.path]) }?.kind == .noInput)
        let played = try await run(.separator, [input])
        let vocals = played.folder.appendingPathComponent("vocals16k.wav")
        try Data(contentsOf: vocals).dropLast().write(to: vocals)
        let shortened = await refusal { _ = try await run(.recognizer, [played.name], auto: true) }
        #expect(shortened?.kind == .badData && shortened?.cause.contains("not as they were written") == true)
        try Data("{}".utf8).write(to: played.folder.appendingPathComponent("result.json"))
        let damaged = await refusal { _ = try await run(.recognizer, [played.name], auto: true) }
        #expect(damaged?.kind == .badData && damaged?.cause.contains("no result of this program's separator") == true)
    }

    @Test func optionsReachTheStageAndItsFacts() async throws {
        var options = StageOptions()
        options.synthesizer.overlap = .mute
        options.recognizer.recognition.beamSize = 3
        _ = try await run(.recognizer, [input], auto: true, options: options)
        let spoken = try await run(.synthesizer, [input], voices: ["tone"], options: options)
        let results = cache.results
        let facts = try [StageName.recognizer, .synthesizer].map { stage in
            try #require(results.first { $0.stage == stage }?.facts)
        }
        #expect(facts[0].options.contains(#""beamSize":3"#) && facts[1].options.contains(#""overlap":"mute""#))
        #expect(facts[1].key == spoken.key && facts[1].processorSeconds > 0)
    }

    @Test func aProfileHasTheMedianOfItsRuns() async throws {
        let profile = try await playground().profile(
            StageRequest(stage: .separator, inputs: [input]), repeats: 3)
        #expect(profile.runs.count == 3)
        #expect(profile.median.seconds == profile.runs.map(\.seconds).sorted()[1])
        #expect(profile.runs.allSatisfy { $0.peakMemoryBytes > 0 && $0.realTimeFactor > 0 && $0.programmeSeconds > 5 })
        // Those that only told the time are gone.
        #expect(cache.results.filter { $0.stage == .separator }.map(\.name) == [profile.name])
    }

    @Test func twoPlaysWithOneProgrammeWaitForEachOther() async throws {
        _ = try await run(.preprocessor, [input])
        let folder = try RunFolder(input: stage.input, digest: Digest.ofFile(stage.input), under: cache.programmes)
        let busy = await refusal { _ = try await run(.diarizer, [input]) }
        #expect(busy?.kind == .tryAgain && busy?.mend.contains("--cache") == true)
        withExtendedLifetime(folder) {}
    }
}
