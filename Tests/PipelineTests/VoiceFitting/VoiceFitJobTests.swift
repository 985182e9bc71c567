import AudioCore
import Foundation
import Synchronization
import Testing

@testable import Pipeline

/// The whole job with doubles: what it asks for, what it refuses.
@Suite struct VoiceFitJobTests {
    private func request(_ stage: RunStage, consent: ConsentClaim, name: String = "anna") -> VoiceFitRequest {
        VoiceFitRequest(
            name: name, recordings: [stage.input], speaker: nil, consent: consent,
            measures: VoiceMeasureCache(folder: stage.file("measures"), models: [:]))
    }

    @Test func withoutAConsentNoWorkIsDone() async throws {
        let stage = try RunStage()
        let file = stage.file("consent.txt")
        try Data("I do.".utf8).write(to: file)
        let begun = Mutex(0)
        let runner = stage.runner { _ in begun.withLock { $0 += 1 } }
        let error = await #expect(throws: AudioError.self) {
            try await runner.fitVoice(request(stage, consent: .file(file)))
        }
        #expect(error?.kind == .notPermitted)
        #expect(begun.withLock { $0 } == 0)
    }

    @Test func aBadNameIsAUsageError() async throws {
        let stage = try RunStage()
        let error = await #expect(throws: AudioError.self) {
            try await stage.runner().fitVoice(request(stage, consent: .own(who: "a"), name: "a/b"))
        }
        #expect(error?.kind == .usage)
    }

    @Test func aBaseThatIsNotThereIsSaidBeforeAnyWork() async throws {
        let stage = try RunStage()
        let begun = Mutex(0)
        var request = request(stage, consent: .own(who: "a"))
        request.base = "harp"
        let runner = stage.runner { _ in begun.withLock { $0 += 1 } }
        let error = await #expect(throws: AudioError.self) { try await runner.fitVoice(request) }
        #expect(error?.kind == .usage)
        #expect(begun.withLock { $0 } == 0)
    }

    /// The tone play's people hum a few seconds each, this one the least.
    @Test func tooLittleSpeechIsRefused() async throws {
        let stage = try RunStage()
        var request = request(stage, consent: .own(who: "a"))
        request.speaker = SpeakerID("Speaker_B")
        let error = await #expect(throws: AudioError.self) { try await stage.runner().fitVoice(request) }
        #expect(error?.kind == .badData)
        #expect(error?.cause.contains("of clear speech") == true)
    }

    @Test func anUnknownSpeakerIsNamedWithThoseThereAre() async throws {
        let stage = try RunStage()
        var request = request(stage, consent: .own(who: "a"))
        request.speaker = SpeakerID("Speaker_Q")
        let error = await #expect(throws: AudioError.self) { try await stage.runner().fitVoice(request) }
        #expect(error?.kind == .usage)
        #expect(error?.cause.contains("Speaker_B") == true)
    }

    /// A fitted voice speaks, the report says whose it is, and a stock voice's results stay what they were.
    @Test func aFittedVoiceIsSpokenWithAndToldOf() async throws {
        let stage = try RunStage()
        let voice = try FittedVoiceTests.voice()
        let fitted = FittedVoice(
            name: voice.name, base: .init(name: "tone", digest: "tone"), map: voice.map, pitch: voice.pitch,
            variety: voice.variety, recordings: voice.recordings, likeness: voice.likeness, prints: [:],
            consent: voice.consent, made: voice.made)
        let runner = stage.runner().speaking(with: [fitted], strength: 0.5)
        let stock = try await runner.replace(stage.request("stock.wav"))
        let report = try await runner.replace(stage.request("anna.wav", voices: ["anna"]))
        let speaker = try #require(report.speakers.first { $0.voice == "anna" })
        #expect(speaker.fitted?.consent.who == "Anna")
        #expect(speaker.fitted?.strength == 0.5)
        #expect(speaker.fitted?.recordings.first?.name == "anna.wav")
        #expect(stock.speakers.allSatisfy { $0.fitted == nil })
        #expect(try stage.samples("stock.wav") != stage.samples("anna.wav"))
        let again = try await stage.replace(stage.request("plain.wav"), work: "other")
        #expect(try stage.samples("plain.wav") == stage.samples("stock.wav"))
        #expect(again.results?[.synthesizer] == stock.results?[.synthesizer])
    }
}
