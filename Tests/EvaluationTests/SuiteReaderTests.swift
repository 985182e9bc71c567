import AudioCore
import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// Suites as people write them.
@Suite struct SuiteReaderTests {
    private let reader = SuiteReader(environment: ["SOUNDS": "/sounds"])
    private let file = URL(fileURLWithPath: "/suites/talks.yaml")

    @Test func aSuiteNamesRecordingsTruthAndWork() throws {
        let suite = try reader.parse(
            """
            about: Two talks.
            audio: $SOUNDS/talks
            materials:
              - each: [one, two]
                audio: "{each}/mixture.flac"
                turns: "{each}/truth.rttm"
                words: /elsewhere/{each}.tsv
                stems: {anna: "{each}/a.wav"}
                bed: "{each}/bed.wav"
                pauses: 0.3
                language: en
                speakers: 2
                replace: {anna: jm_kumo}
                run: [diarize, replace]
              - audio: three.wav
                set: others
                run: transcribe
                words: three.txt
            """, file: file)
        #expect(suite.name == "talks" && suite.about == "Two talks.")
        #expect(suite.materials.map(\.name) == ["one", "two", "three"])
        #expect(suite.materials.map(\.set) == ["talks", "talks", "others"])
        let second = suite.materials[1]
        #expect(second.audio.path == "/sounds/talks/two/mixture.flac" && second.words?.path == "/elsewhere/two.tsv")
        #expect(second.stems.speakers[SpeakerID("anna")]?.path == "/sounds/talks/two/a.wav")
        #expect(second.stems.bed?.path == "/sounds/talks/two/bed.wav" && second.pausesFromSeconds == 0.3)
        #expect(second.language == "en" && second.speakerCount == 2 && second.steps == [.diarize, .replace])
        #expect(second.casting == Material.Casting(speaker: SpeakerID("anna"), voice: "jm_kumo"))
        #expect(suite.materials[2].steps == [.transcribe])
    }

    @Test func pathsAreRelativeToTheSuite() throws {
        let suite = try reader.parse("materials: [{audio: a.wav, run: separate}]", file: file)
        #expect(suite.materials[0].audio.path == "/suites/a.wav")
    }

    @Test func aPatternStandsForTheFilesItFits() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["dr1-a/sa1.wav", "dr1-a/sa2.wav", "dr1-a/sa1.txt", "dr2-b/si3.wav", "x/sa1.wav"] {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: file)
        }
        let suite = try reader.parse(
            "materials: [{each: dr*/s*.wav, audio: \"{each}.wav\", words: \"{each}.wrd\", run: transcribe}]",
            file: folder.appendingPathComponent("timit.yaml"))
        #expect(suite.materials.map(\.name) == ["dr1-a-sa1", "dr1-a-sa2", "dr2-b-si3"])
        #expect(suite.materials[2].words?.path.hasSuffix("dr2-b/si3.wrd") == true)
    }

    @Test(arguments: [
        ("materials: [{audio: a.wav, run: diarise}]", "diarize"), ("materials: [{audio: a.wav}]", "run"),
        ("materials: [{run: diarize}]", "audio"), ("materials: []", "no materials"), ("", "empty"),
        ("materials: [{audio: a.wav, run: diarize, turn: x.rttm}]", "\"turn\""), ("a: [", "YAML"),
        ("materials: [{audio: a.wav, run: diarize}, {audio: b/a.wav, run: diarize}]", "more than one"),
        ("audio: $NOWHERE\nmaterials: [{audio: a.wav, run: diarize}]", "$NOWHERE"),
        ("materials: [{audio: a.wav, run: diarize, pauses: soon}]", "pauses"),
        ("materials: [{audio: a.wav, run: replace, replace: {a: x, b: y}}]", "one speaker"),
        ("materials: [{each: no*/b.wav, audio: a.wav, run: diarize}]", "fits"),
    ])
    func aSlipOfThePenIsSaid(_ text: String, _ word: String) throws {
        let error = try #require(#expect(throws: AudioError.self) { try reader.parse(text, file: file) })
        #expect(error.description.contains(word))
    }

    @Test func damagedSuitesAreReadOrRefused() {
        let text = Array(
            """
            about: Two talks.
            audio: $SOUNDS/talks
            materials:
              - {each: [one, two], audio: "{each}/m.flac", stems: {anna: a.wav}, pauses: 0.3, speakers: 2,
                 replace: {anna: jm_kumo}, run: [diarize, replace]}
            """.utf8)
        var mutations = Mutations(seed: 23)
        var (read, refused) = (0, 0)
        for _ in 0..<1000 {
            do {
                _ = try reader.parse(String(decoding: mutations.damage(text), as: UTF8.self), file: file)
                read += 1
            } catch {
                #expect(error is AudioError)
                refused += 1
            }
        }
        #expect(read > 50 && refused > 50, "\(read) read, \(refused) refused")
    }
}
