import TestSupport
import Testing

@testable import AudioCore

@Suite struct RTTMTests {
    @Test func whatIsWrittenIsRead() throws {
        let entries = [
            RTTM.Entry(file: "talk", speaker: "Speaker_A", span: TimeSpan(start: 0.0225, end: 61.5)),
            RTTM.Entry(file: "talk", channel: 2, speaker: "Speaker_B", span: TimeSpan(start: 3, end: 10_800.125)),
        ]
        let text = RTTM.text(entries)
        #expect(text.hasPrefix("SPEAKER talk 1 0.023 61.477 <NA> <NA> Speaker_A <NA> <NA>\n"))
        let read = try RTTM.entries(in: text, name: "talk.rttm")
        #expect(read.map(\.channel) == [1, 2])
        #expect(read.map(\.speaker) == ["Speaker_A", "Speaker_B"])
        #expect(abs(read[0].span.start - 0.0225) < 0.000501)
        #expect(abs(read[1].span.end - 10_800.125) < 1e-9)
    }

    @Test func damagedTextIsReadOrRefused() {
        let text =
            "SPEAKER talk 1 0.023 61.477 <NA> <NA> Speaker_A <NA> <NA>\nSPEAKER talk 2 9e3 5.5 <NA> <NA> B <NA> <NA>\n"
        var mutations = Mutations(seed: 21)
        var (read, refused) = (0, 0)
        for _ in 0..<1000 {
            do {
                let damaged = String(decoding: mutations.damage(Array(text.utf8)), as: UTF8.self)
                let entries = try RTTM.entries(in: damaged, name: "x")
                #expect(try RTTM.entries(in: RTTM.text(entries), name: "y").count == entries.count)
                read += 1
            } catch {
                #expect((error as? AudioError)?.kind == .badData)
                refused += 1
            }
        }
        #expect(read > 100 && refused > 100, "\(read) read, \(refused) refused")
        for wrong in ["1e300 1", "0 1e300", "inf 1", "nan 1", "5 -1", "-1e18 1"] {
            #expect(throws: AudioError.self) {
                try RTTM.entries(in: "SPEAKER talk 1 \(wrong) <NA> <NA> A <NA> <NA>", name: "x")
            }
        }
    }

    @Test func blanksInNamesDoNotShiftFields() throws {
        let text = RTTM.text([RTTM.Entry(file: "my talk", speaker: "Anna B", span: TimeSpan(start: 1, end: 2))])
        let read = try RTTM.entries(in: text, name: "x")
        #expect(read[0].file == "my_talk" && read[0].speaker == "Anna_B" && read[0].span.seconds == 1)
    }

    @Test func otherLinesArePassedOverAndBrokenOnesNamed() throws {
        let text = ";; comment\nSPKR-INFO talk 1 <NA> <NA> <NA> unknown A <NA> <NA>\n\n"
        #expect(try RTTM.entries(in: text, name: "x").isEmpty)
        let error = try #require(throws: AudioError.self) {
            try RTTM.entries(in: "SPEAKER talk 1 0.5 1 <NA> <NA> A\nSPEAKER talk 1 now 1 <NA> <NA> A\n", name: "a.rttm")
        }
        #expect(error.description.contains("a.rttm") && error.description.contains("line 2"))
    }
}
