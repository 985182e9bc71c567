import AudioCore
import Foundation
import Testing

@testable import Evaluation

/// Truth files as the collections have them.
@Suite struct TruthReaderTests {
    private func read(_ text: String, as name: String, audio: String = "talk.wav") throws -> Truth {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return try TruthReader().read(file, audio: folder.appendingPathComponent(audio))
    }

    @Test func rttmGivesTurns() throws {
        let truth = try read(
            ";; comment\nSPEAKER talk 1 2.5 1.5 <NA> <NA> anna <NA> <NA>\nSPKR-INFO talk 1 <NA> <NA> <NA>\n",
            as: "a.rttm")
        #expect(
            truth.turns == [SpeakerTurn(speaker: SpeakerID("anna"), span: TimeSpan(start: 2.5, end: 4), confidence: 1)])
        #expect(truth.spoken.isEmpty)
    }

    @Test func stmMayHaveLabelsAndLackAChannel() throws {
        let truth = try read(
            "talk 1 Diane 6.68 7.16 Hello? you\ntalk 1 Sheila 7.6 8.1 <o,f0,female> Oh, hello.\ntalk Bob 9 9.5 yes\n",
            as: "a.stm")
        #expect(truth.passages.map(\.speaker.name) == ["Diane", "Sheila", "Bob"])
        #expect(truth.passages.map(\.text) == ["Hello? you", "Oh, hello.", "yes"])
        #expect(truth.passages[1].span == TimeSpan(start: 7.6, end: 8.1))
    }

    @Test func timitCountsSamples() throws {
        let words = try read("1600 3200 she\n3200 8000 had\n", as: "a.wrd")
        #expect(words.passages.count == 1)
        #expect(
            words.passages[0].words == [
                TrueWord(text: "she", span: TimeSpan(start: 0.1, end: 0.2)),
                TrueWord(text: "had", span: TimeSpan(start: 0.2, end: 0.5)),
            ])
        let speech = try read("0 1600 h#\n1600 3200 sh\n3200 4800 iy\n4800 6400 pau\n6400 8000 d\n", as: "a.phn")
        #expect(speech.turns.map(\.span) == [TimeSpan(start: 0.1, end: 0.3), TimeSpan(start: 0.4, end: 0.5)])
        #expect(try read("0 46797 She had.\n", as: "a.txt").passages[0].text == "She had.")
    }

    @Test func tablesAreKnownByTheirColumns() throws {
        let turns = try read("start\tend\tspeaker\ttext\n1\t2.5\tb\tone two\n3\t4\ta\t\n", as: "turns.tsv")
        #expect(turns.passages.map(\.text) == ["one two", ""] && turns.spoken.count == 1)
        let words = try read(
            "start\tend\tspeaker\ttoken\tkind\n1\t1.5\tm\tOkay\tword\n1.5\t1.5\tm\t.\tpunct\n1.2\t1.4\tn\tYes\tword\n"
                + "1.8\t2\tm\tso\tword\n9\t9.5\tm\tlater\tword\n", as: "w.tsv")
        #expect(words.passages.map(\.text) == ["Okay so", "Yes", "later"])
        #expect(words.passages[0].span == TimeSpan(start: 1, end: 2))
        let utterances = "utt\tspeaker\ttext\nx-1\t16\tthere is\nx-2\t16\tiron\n"
        #expect(try read(utterances, as: "t.tsv", audio: "x-2.flac").passages.map(\.text) == ["iron"])
        #expect(
            #expect(throws: AudioError.self) { try read(utterances, as: "t.tsv", audio: "y.flac") }?.kind == .badData)
    }

    @Test func wordListsInJSONBecomePassages() throws {
        let truth = try read(
            #"[{"speaker": "A", "word": "hi", "start": 1, "end": 2}, {"speaker": "A", "word": "you", "start": 2.5, "end": 3}]"#,
            as: "w.json")
        #expect(truth.passages.map(\.text) == ["hi you"])
    }

    @Test(arguments: [
        ("a.stm", "talk 1 Diane 7.16 6.68 Hello\n"), ("a.wrd", "0 x she\n"),
        ("a.tsv", "start\tend\tspeaker\ttext\nx\t2\tb\tone\n"),
        ("a.tsv", "one\ttwo\n1\t2\n"), ("a.json", "{}"), ("a.docx", "x"), ("a.wrd", ""),
    ])
    func whatIsWrongIsSaidAndNotGuessed(_ name: String, _ text: String) {
        #expect(#expect(throws: AudioError.self) { try read(text, as: name) }?.kind == .badData)
    }
}
