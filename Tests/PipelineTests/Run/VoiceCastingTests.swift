import AudioCore
import Foundation
import Synchronization
import Testing

@testable import Pipeline

@Suite struct VoiceCastingTests {
    private let listing: SpeakerListing = {
        let a = SpeakerID("Speaker_A")
        let b = SpeakerID("Speaker_B")
        let turns = [
            SpeakerTurn(speaker: a, span: TimeSpan(start: 0, end: 2), confidence: 1),
            SpeakerTurn(speaker: b, span: TimeSpan(start: 2, end: 9), confidence: 1),
        ]
        return SpeakerListing(
            Diarization(turns: turns), transcript: nil, folder: URL(fileURLWithPath: "/nonexistent"))
    }()

    @Test func withoutASpeakerTheOneWhoTalksMostIsReplacedAndNamed() throws {
        let casting = try VoiceCasting([VoiceChoice(speaker: nil, voice: "jm_kumo")], among: listing)
        #expect(casting.voices == [SpeakerID("Speaker_B"): "jm_kumo"])
        #expect(casting.notice?.contains("Speaker_B") == true)
    }

    @Test func anUnknownSpeakersErrorListsTheOnesThereAre() {
        let choice = VoiceChoice(speaker: SpeakerID("Speaker_Q"), voice: "jm_kumo")
        let error = #expect(throws: AudioError.self) { try VoiceCasting([choice], among: listing) }
        #expect(error?.kind == .usage)
        #expect(error?.description.contains("Speaker_A (22 %)") == true)
        #expect(error?.description.contains("Speaker_B (78 %)") == true)
    }

    @Test func twoVoicesForOneSpeakerAreRefused() {
        let choices = [
            VoiceChoice(speaker: nil, voice: "jm_kumo"),
            VoiceChoice(speaker: SpeakerID("Speaker_B"), voice: "jf_alpha"),
        ]
        #expect(throws: AudioError.self) { try VoiceCasting(choices, among: listing) }
    }

    @Test(arguments: ["me.wav", "Speaker_A=./me.wav", "/home/anna/voice.flac"])
    func aRecordingEndsWithUnavailable(_ argument: String) {
        let error = #expect(throws: AudioError.self) { try VoiceChoice(argument: argument) }
        #expect(error?.kind == .unavailable)
    }

    @Test(arguments: ["", "=x", "Speaker_A="])
    func halfAChoiceIsAUsageError(_ argument: String) {
        let error = #expect(throws: AudioError.self) { try VoiceChoice(argument: argument) }
        #expect(error?.kind == .usage)
    }

    /// The tone play is spoken in English.
    @Test func aVoiceWithTheAccentOfAnotherLanguageIsToldOf() async throws {
        let stage = try RunStage()
        let notices = Mutex<[String]>([])
        let runner = stage.runner { event in
            if case .notice(let notice) = event { notices.withLock { $0.append(notice) } }
        }
        _ = try await runner.replace(stage.request(voices: ["Speaker_A=tone_ja", "Speaker_B=tone"]))
        let accents = notices.withLock { $0.filter { $0.contains("accent") } }
        #expect(accents.count == 1)
        #expect(accents.first?.hasPrefix("tone_ja was made for another language (ja) than is spoken (en)") == true)
    }
}
