import AudioCore
import Files
import Foundation
import Testing

@testable import Pipeline

/// A voice in a file: whole, with its consent, or not at all.
@Suite struct FittedVoiceTests {
    static func voice(name: String = "anna") throws -> FittedVoice {
        FittedVoice(
            name: name, base: .init(name: "tone", digest: "t0"),
            map: TimbreMap(offset: (0..<60).map { Float($0) / 60 }),
            pitch: PitchRange(medianLog: 5, deviationLog: 0.2, lowLog: 4.5, highLog: 5.5), variety: 0.7,
            recordings: [.init(name: "anna.wav", digest: "ab", speaker: SpeakerID("Speaker_A"), seconds: 30)],
            likeness: [
                VoiceFitLikeness(
                    encoder: "hums", part: .reported, stock: 0.5, channelControl: 0.6, fitted: 0.7, samePerson: 0.9,
                    otherVoices: 0.4, heldOutSeconds: 8)
            ],
            prints: ["hums": [0.6, 0.8]],
            consent: try Consent(
                kind: .statement, who: "Anna", when: "2026-11-22", purpose: "tests", statement: "who: Anna"),
            made: "2026-11-22T20:00:00Z")
    }

    private func changed(_ change: (inout [String: Any]) -> Void) throws -> Data {
        let data = try FittedVoiceFile.encode(Self.voice())
        var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        change(&object)
        return try JSONSerialization.data(withJSONObject: object)
    }

    private func kind(_ data: Data) -> AudioError.Kind? {
        #expect(throws: AudioError.self) { try FittedVoiceFile.decode(data, subject: "x.voice") }?.kind
    }

    @Test func aFileGivesTheVoiceBack() throws {
        let voice = try Self.voice()
        #expect(try FittedVoiceFile.decode(FittedVoiceFile.encode(voice), subject: "x.voice") == voice)
        // Whatever wrote the JSON: the digest is of the values.
        #expect(try FittedVoiceFile.decode(changed { _ in }, subject: "x.voice") == voice)
    }

    @Test func withoutConsentAVoiceIsNotPermitted() throws {
        let bare = try changed { file in
            var voice = file["voice"] as? [String: Any] ?? [:]
            voice["consent"] = nil
            file["voice"] = voice
        }
        #expect(kind(bare) == .notPermitted)
        let empty = try changed { file in
            var voice = file["voice"] as? [String: Any] ?? [:]
            voice["consent"] = ["kind": "self", "who": "", "when": "", "purpose": ""]
            file["voice"] = voice
        }
        #expect(kind(empty) == .notPermitted)
    }

    @Test func whatWasChangedByHandIsBadData() throws {
        let other = try changed { file in
            var voice = file["voice"] as? [String: Any] ?? [:]
            voice["consent"] = [
                "kind": "statement", "who": "Somebody else", "when": "2026", "purpose": "all", "statement": "s",
            ]
            file["voice"] = voice
        }
        #expect(kind(other) == .badData)
        #expect(kind(try changed { $0["version"] = 3 }) == .badData)
        #expect(kind(try changed { $0["format"] = "something" }) == .badData)
        #expect(kind(try changed { $0["digest"] = "00" }) == .badData)
    }

    @Test func aVoiceOfAnOlderVersionIsRead() throws {
        let old = try changed { $0["version"] = 1 }
        #expect(try FittedVoiceFile.decode(old, subject: "old") == Self.voice())
    }

    @Test func damagedFilesAreOneSentence() throws {
        let data = try FittedVoiceFile.encode(Self.voice())
        for length in stride(from: 0, to: data.count - 3, by: max(1, data.count / 40)) {
            #expect(kind(data.prefix(length)) == .badData)
        }
        #expect(kind(Data("RIFF".utf8)) == .badData)
    }

    @Test func itSpeaksWithItsOwnStockVoiceOnly() throws {
        let voice = try Self.voice()
        let base = Voice(name: "tone", styles: Matrix(rows: 1, columns: 1), digest: "t0")
        let spoken = try voice.voice(base: base, strength: 0.8)
        #expect(spoken.name == "anna" && spoken.styles == base.styles && spoken.timbre?.strength == 0.8)
        #expect(spoken.digest != base.digest)
        #expect(try voice.voice(base: base, strength: 0.8).digest == spoken.digest)
        #expect(try voice.voice(base: base, strength: 0.7).digest != spoken.digest)
        let other = Voice(name: "tone", styles: Matrix(rows: 1, columns: 1), digest: "t1")
        #expect(throws: AudioError.self) { try voice.voice(base: other, strength: 0.8) }
    }

    @Test func theWayIsCountedFromTheChannelControl() throws {
        let likeness = try #require(try Self.voice().reported)
        #expect(abs(likeness.share - 1.0 / 3) < 1e-9)
        #expect(abs(likeness.shareWithChannel - 0.5) < 1e-9)
        #expect(abs(likeness.channelShare - 0.25) < 1e-9)
        #expect(likeness.sentence.contains("33 %") && likeness.sentence.contains("25 %"))
    }

    @Test func aLibraryKeepsVoicesByName() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("voices \(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let library = FittedVoiceLibrary(folder: folder)
        #expect(library.names.isEmpty && !library.holds("anna"))
        try library.save(Self.voice())
        try library.save(Self.voice(name: "ben"))
        #expect(library.names == ["anna", "ben"] && library.holds("ben"))
        #expect(try library.voice(named: "anna") == Self.voice())
        // A file that was renamed is called what its file is called.
        try FileManager.default.moveItem(at: library.file(of: "ben"), to: library.file(of: "carl"))
        #expect(try library.voice(named: "carl").name == "carl")
        let missing = #expect(throws: AudioError.self) { try library.voice(named: "nobody") }
        #expect(missing?.kind == .noInput)
    }

    @Test(arguments: [
        ("anna", true), ("Änne_2", true), ("", false), ("a/b", false), ("a=b", false), ("../x", false),
        ("-f", false), ("a.voice", false),
    ])
    func namesFitIntoFilesAndArguments(_ name: String, _ isName: Bool) {
        #expect(FittedVoiceLibrary.isName(name) == isName)
    }
}
