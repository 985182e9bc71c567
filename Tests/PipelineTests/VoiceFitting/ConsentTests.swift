import AudioCore
import Files
import Foundation
import Testing

@testable import Pipeline

/// Nobody's voice is used without a word of consent that says who, when and for what.
@Suite struct ConsentTests {
    /// Knows two voices: what is loud and what is soft.
    private struct LevelEmbedder: SpeakerEmbedder {
        let name = "levels"
        let sampleRate = 16_000
        let dimension = 2
        func features(of samples: [Float]) -> Matrix {
            Matrix(rows: samples.count, columns: 1, elements: samples)
        }
        func voicePrint(of features: Matrix) -> [Float] { (features.elements.first ?? 0) > 0.5 ? [1, 0] : [0, 1] }
    }

    private func claim(
        _ content: Data, _ name: String = "consent.txt", speech: Float = 0.9, words: String = "yes I agree to this"
    ) throws -> Consent {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("consent \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try content.write(to: file)
        let claim = ConsentClaim.file(file)
        try claim.check()
        return try claim.verified(sample: [1, 0], embedder: LevelEmbedder()) { _ in
            [Float](repeating: speech, count: 64_000)
        } write: { _ in
            words
        }
    }

    @Test func linesSayWhoWhenAndForWhat() throws {
        let consent = try claim(Data("Who: Anna Berg\nwhen: 2026-11-22\nfor: our podcast, this season\n".utf8))
        #expect(consent.kind == .statement)
        #expect(consent.who == "Anna Berg")
        #expect(consent.when == "2026-11-22")
        #expect(consent.purpose == "our podcast, this season")
        #expect(consent.statementDigest?.count == 64)
        #expect(consent.statement?.hasPrefix("Who: Anna Berg") == true)
    }

    @Test func jsonDoesToo() throws {
        let consent = try claim(Data(#"{"who": "Anna", "when": "today", "for": "tests", "more": 1}"#.utf8))
        #expect(consent.who == "Anna" && consent.purpose == "tests")
    }

    @Test(arguments: [
        "", "I agree.", "who: Anna\nwhen: 2026", "who:\nwhen: 2026\nfor: all", #"{"who": "Anna", "for": "x"}"#,
        #"{"who": " ", "when": "2026", "for": "x"}"#,
    ])
    func halfAStatementIsNotPermitted(_ text: String) {
        let error = #expect(throws: AudioError.self) { try claim(Data(text.utf8)) }
        #expect(error?.kind == .notPermitted)
    }

    @Test func aRecordedStatementMustBeInTheSamplesVoice() throws {
        let recording = Data([82, 73, 70, 70, 0, 1, 2])
        let consent = try claim(recording, "agree.wav")
        #expect(consent.kind == .recording)
        #expect(consent.voiceCheck?.cosine == 1)
        #expect(consent.statement == "yes I agree to this")
        let stranger = #expect(throws: AudioError.self) { try claim(recording, "agree.wav", speech: 0.1) }
        #expect(stranger?.kind == .notPermitted)
        let silent = #expect(throws: AudioError.self) { try claim(recording, "agree.wav", words: "hm") }
        #expect(silent?.kind == .notPermitted)
    }

    @Test func ownVoicesNeedTheUsersWord() throws {
        let consent = try ConsentClaim.own(who: "the user anna").verified(
            sample: [1, 0], embedder: LevelEmbedder(), hear: { _ in [] }, write: { _ in "" })
        #expect(consent.kind == .own && consent.who == "the user anna" && !consent.when.isEmpty)
        #expect(throws: AudioError.self) { try Consent(kind: .own, who: " ", when: "now", purpose: "x") }
    }

    /// A record that was written by hand is held to the same.
    @Test(arguments: [
        #"{"kind": "self", "who": "", "when": "now", "purpose": "x"}"#,
        #"{"kind": "statement", "who": "A", "when": "now", "purpose": "x"}"#,
        #"{"kind": "recording", "who": "A", "when": "now", "purpose": "x", "statement": "I do"}"#,
        """
        {"kind": "recording", "who": "A", "when": "now", "purpose": "x", "statement": "I do",
         "voiceCheck": {"encoder": "e", "cosine": 0.2, "threshold": 0.1}}
        """,
    ])
    func forgedRecordsAreNotPermitted(_ json: String) {
        let error = #expect(throws: AudioError.self) {
            try JSONDecoder().decode(Consent.self, from: Data(json.utf8))
        }
        #expect(error?.kind == .notPermitted)
    }

    @Test func aMissingFileIsSaidBeforeAnyWork() {
        let error = #expect(throws: AudioError.self) {
            try ConsentClaim.file(URL(fileURLWithPath: "/nowhere/consent.txt")).check()
        }
        #expect(error?.kind == .noInput)
    }
}
