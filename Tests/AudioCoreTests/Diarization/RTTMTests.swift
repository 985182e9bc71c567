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
