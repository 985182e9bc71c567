import AudioCore
import Foundation
import Testing

@testable import Pipeline

@Suite struct EditsTests {
    private let passage = Passage(
        id: 3, speaker: SpeakerID("Speaker_A"), span: TimeSpan(start: 10, end: 14), language: "en",
        words: ["we", "sail", "at", "dawn"].enumerated().map {
            Word(text: $1, span: TimeSpan(start: 10 + Double($0), end: 10.8 + Double($0)), confidence: 0.5)
        })

    @Test func wordsThatStayKeepTheirTimes() throws {
        let edits = Edits(lines: [.init(passage: 3, text: "we sailed off at dawn")])
        let edited = try edits.applied(to: Transcript(language: "en", passages: [passage])).passages[0]
        #expect(edited.words.map(\.text) == ["we", "sailed", "off", "at", "dawn"])
        #expect(edited.words[0] == passage.words[0])
        #expect(edited.words[3...] == passage.words[2...])
        #expect(edited.words[1].span.start == passage.words[0].span.end)
        #expect(edited.words[2].span.end == passage.words[2].span.start)
        #expect(edited.words[1].confidence == 1)
    }

    @Test func otherPassagesAreNotTouched() throws {
        var other = passage
        other.id = 4
        let edits = Edits(lines: [.init(passage: 3, text: "no")])
        let edited = try edits.applied(to: Transcript(language: "en", passages: [passage, other]))
        #expect(edited.passages[1] == other)
    }

    @Test func anEmptyLineSaysNothing() throws {
        let edits = Edits(lines: [.init(passage: 3, text: " ")])
        #expect(try edits.applied(to: Transcript(language: "en", passages: [passage])).passages[0].words.isEmpty)
    }

    @Test func aLineForNoPassageIsRefused() {
        let edits = Edits(lines: [.init(passage: 9, text: "no")])
        #expect(throws: AudioError.self) { try edits.applied(to: Transcript(language: "en", passages: [passage])) }
    }

    @Test(arguments: ["", "{", #"{"version": 2, "lines": []}"#, #"{"version": 1, "lines": [{"text": "x"}]}"#])
    func aBadFileIsRefusedInOneSentence(_ text: String) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = #expect(throws: AudioError.self) { try Edits(file: file) }
        #expect(error?.kind == .badData)
    }
}
