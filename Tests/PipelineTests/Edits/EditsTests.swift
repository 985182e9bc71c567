import AudioCore
import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// The document: what stands in edits.json.
@Suite struct EditsTests {
    private let all: [Edit] = [
        .line(.init(passage: 3, text: "he did", was: "he dit")),
        .name(.init(speaker: EditedTalk.a, name: "Anna")),
        .merge(.init(speaker: EditedTalk.c, into: EditedTalk.a)),
        .assign(
            .init(from: EditedTalk.a, to: SpeakerID("Speaker_D"), spans: [TimeSpan(start: 12.5, end: 30)])),
        .edges(.init(passage: 0, span: TimeSpan(start: 9.8, end: 13.5))),
        .take(.init(passage: 2, take: 3)),
        .stretch(.init(policy: .mute, span: TimeSpan(start: 1, end: 2), speaker: EditedTalk.b, label: "laugh")),
        .stretch(.init(policy: .keep, span: TimeSpan(start: 4, end: 5))),
    ]

    private func read(_ text: String) throws -> Edits {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try Edits(file: file)
    }

    @Test func everyKindOfChangeComesBackAsItWas() throws {
        let edits = Edits(all, basis: [all[0]])
        let text = String(decoding: try CanonicalJSON.pretty(edits), as: UTF8.self)
        #expect(try read(text) == edits)
        #expect(text.contains(#""edit" : "assign""#) && text.contains(#""version" : 2"#))
    }

    @Test func aDamagedDocumentIsReadOrRefused() throws {
        let text = Array(try CanonicalJSON.pretty(Edits(all)))
        var mutations = Mutations(seed: 24)
        var (read, refused) = (0, 0)
        for _ in 0..<1000 {
            do {
                let edits = try self.read(String(decoding: mutations.damage(text), as: UTF8.self))
                _ = try EditedProgramme(
                    transcript: EditedTalk.programme.transcript, diarization: EditedTalk.programme.diarization,
                    edits: edits.changes,
                    subject: "edits.json")
                read += 1
            } catch {
                #expect((error as? AudioError)?.kind == .badData, "\(error)")
                refused += 1
            }
        }
        #expect(read > 0 && refused > 100, "\(read) read, \(refused) refused")
    }

    @Test(arguments: [Int.min, .max, -1]) func aTurnOfAnyNumberIsRefusedInASentence(_ number: Int) throws {
        let error = #expect(throws: AudioError.self) {
            let edits = try self.read(#"{"version": 1, "lines": [{"passage": \#(number), "text": "x"}]}"#)
            _ = try EditedProgramme(
                transcript: EditedTalk.programme.transcript, diarization: EditedTalk.programme.diarization,
                edits: edits.changes)
        }
        #expect(error?.cause.hasPrefix("there is no turn \(number); the nearest are ") == true)
        #expect(throws: TranscriptFault.self) {
            try TranscriptImport(programme: EditedTalk.programme).changes(
                in: "turn,text\n\(number),x\n", format: .csv)
        }
        #expect([4, 1, 2, 9].nearest(to: number).count == 3)
    }

    @Test func theFirstVersionStillWorks() throws {
        let edits = try read(#"{"version": 1, "lines": [{"passage": 3, "text": "What was really said."}]}"#)
        #expect(edits == Edits([.line(.init(passage: 3, text: "What was really said."))]))
        let programme = try EditedTalk.after(edits.changes[0])
        #expect(programme.passage(3)?.text == "What was really said.")
    }

    @Test(arguments: [
        ("", "not JSON"), ("{", "not JSON"), (#"{"version": 3, "changes": []}"#, "its version is 3, not 1 or 2"),
        (#"{"version": 1, "lines": [{"text": "x"}]}"#, "\"passage\" is missing in change 1"),
        (#"{"lines": []}"#, "\"version\" is missing"),
        (#"{"version": 2, "changes": [{"edit": "shout"}]}"#, "\"shout\" is none of line, name, merge"),
        (
            #"{"version": 2, "changes": [{"edit": "take", "passage": 1, "take": 2}, {"edit": "take", "passage": "x"}]}"#,
            "change 2, \"passage\" has the wrong type"
        ),
    ])
    func aBadFileIsRefusedInOneSentence(_ text: String, _ reason: String) throws {
        let error = #expect(throws: AudioError.self) { try read(text) }
        #expect(error?.kind == .badData)
        #expect(error?.cause.contains(reason) == true, "\(error?.cause ?? "")")
        #expect(error?.description.contains("\n") == false)
    }

    @Test func whatSaysTheSameThingAnewTakesItsPlace() {
        var edits = Edits()
        edits.add(.line(.init(passage: 1, text: "one", was: "none")))
        edits.add(.take(.init(passage: 1, take: 2)))
        edits.add(.line(.init(passage: 1, text: "two", was: "one")))
        #expect(
            edits.changes == [.take(.init(passage: 1, take: 2)), .line(.init(passage: 1, text: "two", was: "none"))])
        // Words that were moved in between are other words.
        edits.add(.merge(.init(speaker: EditedTalk.c, into: EditedTalk.a)))
        edits.add(.line(.init(passage: 1, text: "three", was: "two")))
        #expect(edits.changes.count == 4)
    }
}

/// Words of a changed line.
@Suite struct EditedLineTests {
    private let passage = Passage(
        id: 3, speaker: EditedTalk.a, span: TimeSpan(start: 10, end: 14), language: "en",
        words: ["we", "sail", "at", "dawn"].enumerated().map {
            Word(text: $1, span: TimeSpan(start: 10 + Double($0), end: 10.8 + Double($0)), confidence: 0.5)
        })

    @Test func wordsThatStayKeepTheirTimes() {
        let words = EditedLine.words("we sailed off at dawn", over: passage)
        #expect(words.map(\.text) == ["we", "sailed", "off", "at", "dawn"])
        #expect(words[0] == passage.words[0])
        #expect(words[3...] == passage.words[2...])
        #expect(words[1].span.start == passage.words[0].span.end)
        #expect(words[2].span.end == passage.words[2].span.start)
        #expect(words[1].confidence == 1)
    }

    @Test func wordsBetweenTwoChangesKeepTheirTimesToo() {
        let words = EditedLine.words("they sail before dawn", over: passage)
        #expect(words[1] == passage.words[1] && words[3] == passage.words[3])
        #expect(words[0].span == TimeSpan(start: 10, end: 11))
        #expect(words[2].span == TimeSpan(start: 11.8, end: 13))
    }

    @Test func timesNeverRunBackwards() {
        for text in ["dawn at sail we", "a b c d e f g", "dawn", "we we we we", "sail", "x sail y at z dawn w"] {
            let words = EditedLine.words(text, over: passage)
            #expect(words.map(\.text).joined(separator: " ") == text)
            for (word, next) in zip(words, words.dropFirst()) { #expect(word.span.end <= next.span.start + 1e-9) }
            #expect(words.allSatisfy { $0.span.seconds >= 0 && $0.span.start >= 10 && $0.span.end <= 14 })
        }
    }

    @Test func anEmptyLineSaysNothing() { #expect(EditedLine.words(" ", over: passage).isEmpty) }
}
