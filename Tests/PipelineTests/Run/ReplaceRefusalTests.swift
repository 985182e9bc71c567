import AudioCore
import Files
import Foundation
import Synchronization
import Testing

@testable import Pipeline

/// What the main job refuses, in a sentence and before it has done or destroyed anything.
@Suite struct ReplaceRefusalTests {
    @Test func nothingIsOverwrittenWithoutForce() async throws {
        let stage = try RunStage()
        let precious = Data("precious".utf8)
        try precious.write(to: stage.file("out.wav"))
        let started = Mutex(false)
        let request = try stage.request()
        let error = await #expect(throws: AudioError.self) {
            try await stage.runner { _ in started.withLock { $0 = true } }.replace(request)
        }
        #expect(error?.kind == .cannotCreate)
        #expect(!started.withLock { $0 }, "work was done before the refusal")
        #expect(try Data(contentsOf: stage.file("out.wav")) == precious)
        _ = try await stage.replace(stage.request(overwrites: true))
        #expect(try Data(contentsOf: stage.file("out.wav")) != precious)
    }

    @Test func anOutputOfThisRunMayBeWrittenAgain() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        // As if the process had been killed after the delivery.
        try FileManager.default.removeItem(at: stage.runFolder().appendingPathComponent("report.json"))
        _ = try await stage.replace()
        _ = try await stage.replace(stage.request(voices: ["tone2"]))
    }

    @Test(arguments: [("tone", "Speaker_Q=tone"), ("nobody", "nobody=tone"), ("harp", "harp")])
    func unknownNamesAreUsageErrors(_ name: String, _ argument: String) async throws {
        let stage = try RunStage()
        let request = try stage.request(voices: [argument])
        let error = await #expect(throws: AudioError.self) { try await stage.replace(request) }
        #expect(error?.kind == .usage)
        if argument != "harp" {
            #expect(error?.description.contains("Speaker_A (") == true)
            #expect(error?.description.contains("\"patok limes") == true)
        }
        #expect(!FileManager.default.fileExists(atPath: stage.file("out.wav").path))
    }

    @Test func aLanguageThatCannotBeDoneIsRefusedBeforeAnyWork() async throws {
        let stage = try RunStage()
        let started = Mutex(false)
        let runner = stage.runner { _ in started.withLock { $0 = true } }
        for language in ["de", "xx"] {
            let request = try stage.request(language: language)
            let error = await #expect(throws: AudioError.self) { try await runner.replace(request) }
            #expect(error?.kind == .usage)
            #expect(
                error?.description
                    == "Cannot replace a voice in \"\(language)\": new voices speak only en; give one of these, "
                    + "or leave --language out.")
        }
        let knowledge = ProgrammeKnowledge(language: "xx")
        let unknown = await #expect(throws: AudioError.self) {
            try await runner.transcript(of: stage.input, knowledge: knowledge)
        }
        #expect(unknown?.kind == .usage && unknown?.description.contains("knows only de, en;") == true)
        await #expect(throws: AudioError.self) {
            try await runner.speakers(of: stage.input, knowledge: knowledge, withWords: true)
        }
        #expect(!started.withLock { $0 }, "work was done before the refusal")
        #expect(!FileManager.default.fileExists(atPath: stage.file("work").path))
        _ = try await runner.speakers(of: stage.input, knowledge: knowledge, withWords: false)
    }

    @Test func aProgrammeInWhichNobodySpeaksIsRefusedInOneSentence() async throws {
        let stage = try RunStage()
        let writer = try WaveWriter(stage.input, sampleRate: 24_000, channelCount: 1)
        // A beep at nobody's pitch.
        try writer.append([ToneLanguage.speak([("a", 3)], sampleRate: 24_000, pitch: 600)])
        try writer.finish()
        let error = await #expect(throws: AudioError.self) { try await stage.replace() }
        #expect(error?.kind == .badData)
        #expect(error?.description.contains("nobody speaks") == true)
    }
}
