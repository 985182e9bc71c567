import AudioCore
import Testing

@testable import Pipeline

/// A transcript goes out, is corrected, and comes back.
@Suite struct TranscriptImportTests {
    private func changes(_ text: String, _ format: TranscriptExchange, _ edits: Edit...) throws
        -> TranscriptImport.Changes
    {
        var programme = try EditedTalk.programme
        for edit in edits { try programme.apply(edit) }
        return try TranscriptImport(programme: programme).changes(in: text, format: format)
    }

    private func fault(_ text: String, _ format: TranscriptExchange) -> TranscriptFault? {
        do {
            _ = try changes(text, format)
            return nil
        } catch { return error as? TranscriptFault }
    }

    @Test(arguments: TranscriptExchange.allCases)
    func whatWasNotChangedChangesNothing(_ format: TranscriptExchange) throws {
        let quoted = Edit.line(.init(passage: 0, text: "\"We sail,\" she said; at: dawn\u{2026}"))
        let named = Edit.name(.init(speaker: EditedTalk.a, name: "Anna Berg"))
        let text = try format.text(of: EditedTalk.after(quoted, named))
        #expect(try changes(text, format, quoted, named) == TranscriptImport.Changes())
        let windows = text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        #expect(try changes("\u{FEFF}" + windows, format, quoted, named) == TranscriptImport.Changes())
    }

    @Test(arguments: TranscriptExchange.allCases)
    func onlyAChangedLineIsAChange(_ format: TranscriptExchange) throws {
        let text = try format.text(of: EditedTalk.programme).replacing("captain", with: "cook (the old one)")
        let edited = try changes(text, format)
        let was = "the captain said so himself"
        #expect(
            edited.lines == [.init(passage: 2, text: was.replacing("captain", with: "cook (the old one)"), was: was)])
        #expect(edited.assignments.isEmpty)
    }

    @Test(arguments: TranscriptExchange.allCases)
    func aChangedSpeakerIsAChange(_ format: TranscriptExchange) throws {
        let lines = try format.text(of: EditedTalk.programme).split(separator: "\n", omittingEmptySubsequences: false)
        let changed = lines.map { $0.contains("Speaker_C") ? $0.replacing("Speaker_C", with: "Speaker_B") : $0 }
        let edited = try changes(changed.joined(separator: "\n"), format)
        #expect(edited.lines.isEmpty)
        #expect(
            edited.assignments == [
                .init(from: EditedTalk.c, to: EditedTalk.b, spans: [TimeSpan(start: 23, end: 25)])
            ])
    }

    @Test func spreadsheetsMayWriteSemicolonsAndLeaveColumnsOut() throws {
        let text = "turn;text\r\n2;\"so; he \"\"said\"\"\r\nso\"\r\n"
        let edited = try changes(text, .csv)
        #expect(edited.lines.map(\.text) == ["so; he \"said\" so"])
    }

    @Test func anEmptiedCellSaysNothing() throws {
        #expect(try changes("turn\ttext\n1\t\n", .tsv).lines.map(\.text) == [""])
    }

    @Test func cuesMayBeCutJoinedAndLeftOut() throws {
        let long = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen."
        let programme = try EditedTalk.after(.line(.init(passage: 2, text: long + " " + long)))
        func changes(_ text: String) throws -> TranscriptImport.Changes {
            try TranscriptImport(programme: programme).changes(in: text, format: .srt)
        }
        let own = TranscriptSubtitles.cues(of: programme.transcript).filter { $0.speaker == EditedTalk.a }
        let cues = own.filter { $0.span.start >= 19 }
        #expect(cues.count > 2)
        func cue(_ span: TimeSpan, _ text: String) -> String {
            "7\n\(TranscriptTime.text(span.start, separator: ",")) --> "
                + "\(TranscriptTime.text(span.end, separator: ","))\n\(text)\n\n"
        }
        // Only one cue is there, and it is as it was.
        #expect(try changes(cue(cues[1].span, cues[1].text)).lines.isEmpty)
        // Two of them in one.
        let both = TimeSpan(start: cues[0].span.start, end: cues[1].span.end)
        #expect(try changes(cue(both, cues[0].text + "\n" + cues[1].text)).lines.isEmpty)
        let shorter = try changes(cue(both, "Gone."))
        #expect(shorter.lines.first?.text == (["Gone."] + cues.dropFirst(2).map(\.text)).joined(separator: " "))
        // One of them in two.
        let middle = (cues[0].span.start + cues[0].span.end) / 2
        let halves =
            cue(TimeSpan(start: cues[0].span.start, end: middle), "Left")
            + cue(TimeSpan(start: middle, end: cues[0].span.end), "right.")
        #expect(
            try changes(halves).lines.first?.text
                == (["Left right."] + cues.dropFirst().map(\.text)).joined(separator: " "))
    }

    @Test(arguments: [
        (TranscriptExchange.csv, "", Int?.none, "empty"),
        (.csv, "\u{FEFF} \n", nil, "empty"),
        (.csv, "turn,text\n", nil, "holds no turns"),
        (.csv, "a,b\n1,x\n", 1, "columns \"turn\" and \"text\""),
        (.csv, "turn,text\n1,x\n9,y\n", 3, "no turn 9; the nearest are 2, 3, 4"),
        (.csv, "turn,text\none,x\n", 2, "\"one\" is no number"),
        (.csv, "turn,text\n1,x\n1,y\n", 3, "stands in line 2 already"),
        (.csv, "turn,text\n1,well, then\n", 2, "3 columns instead of 2"),
        (.csv, "turn,start,text\n1,14,x\n", 2, "begins at 14.00 s there and at 15.00 s"),
        (.csv, "turn,start,text\n1,soon,x\n", 2, "\"soon\" is no time"),
        (.csv, "turn,speaker,text\n1,Nobody,x\n", 2, "nobody is called \"Nobody\"; there are Speaker_A"),
        (.csv, "turn,text\n1,\"x\n", 2, "never closed"),
        (.tsv, "turn\ttext\n\n1\tx\n7\ty", 4, "no turn 7"),
        (.json, "{\"version\": 1,\n", nil, "not valid JSON"),
        (.json, "{\"version\": 1, \"language\": \"en\",\n\"passages\": [\n{\"id\": 1}]}", 3, "is missing"),
        (.json, "[]", nil, "wrong type"),
        (.srt, "no subtitles\n", nil, "no subtitles"),
        (.srt, "1\n00:00:01,000 --> soon\nx\n", 2, "no pair of times"),
        (.srt, "\n1\n00:01:01,000 --> 00:01:02,000\nx\n", 3, "the nearest is turn 4 at 00:00:27"),
        (.srt, "1\n00:00:23,000 --> 00:00:25,000\nSpeaker_X: he did\n", 2, "nobody is called \"Speaker_X\""),
        (.vtt, "WEBVTT\n\n00:23.000 --> 00:25.000\n<v Eve>he did\n", 3, "nobody is called \"Eve\""),
    ])
    func whatDoesNotFitIsRefusedWithItsLine(
        _ format: TranscriptExchange, _ text: String, _ line: Int?, _ cause: String
    ) throws {
        let fault = try #require(self.fault(text, format))
        #expect(fault.line == line || (format == .json && line == nil), "\(fault)")
        #expect(fault.cause.contains(cause), "\(fault.cause)")
    }

    @Test func jsonMayBeChangedInTextOrInWords() throws {
        let text = try TranscriptExchange.json.text(of: EditedTalk.programme)
        let inText = text.replacing("\"text\" : \"he did\"", with: "\"text\" : \"he did not\"")
        #expect(try changes(inText, .json).lines.map(\.text) == ["he did not"])
        let inWords = text.replacing("\"text\" : \"did\"", with: "\"text\" : \"does\"")
        #expect(try changes(inWords, .json).lines.map(\.text) == ["he does"])
        let both = inText.replacing("\"text\" : \"did\"", with: "\"text\" : \"does\"")
        #expect(fault(both, .json)?.cause.contains("other words") == true)
    }
}
