import AudioCore
import Foundation
import Testing

@testable import Store

/// People are known by voice: kept exactly, found again, and not mistaken for each other.
@Suite struct SpeakerBookTests {
    /// A voice, and the same voice on another day: a unit vector near a person's own direction.
    private func print(_ person: Int, day: Int, noise: Double = 0.6, encoder: String = "encoder:1") -> VoicePrint {
        var generator = SplitMix64(state: UInt64(1000 * person + 1))
        var daily = SplitMix64(state: UInt64(1000 * person + 2 + day))
        func number(_ generator: inout SplitMix64) -> Double {
            (0..<6).reduce(0) { sum, _ in sum + Double(generator.next() >> 11) / Double(1 << 53) - 0.5 }
        }
        let vector = (0..<192).map { _ in number(&generator) + noise * number(&daily) }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return VoicePrint(
            vector: vector.map { Float($0 / length) }, encoder: encoder, seconds: 30, source: "run-\(person):\(day)")
    }

    @Test func theBookKeepsWhatItLearnt() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let book = SpeakerBook(try home.open())
        try book.learn("Ben Miller", print(2, day: 0))
        try book.learn("Anna", print(1, day: 0))
        try book.learn("Anna", print(1, day: 1))
        #expect(
            try SpeakerBook(home.open()).speakers == [
                KnownSpeaker(name: "Anna", prints: [print(1, day: 0), print(1, day: 1)]),
                KnownSpeaker(name: "Ben Miller", prints: [print(2, day: 0)]),
            ])
        // Learnt again from the same place: the newer counts.
        var again = print(1, day: 0)
        again.seconds = 99
        try book.learn("Anna", again)
        #expect(try book.speakers[0].prints.map(\.seconds).sorted() == [30, 99])
        try book.forget("Anna")
        #expect(try book.speakers.map(\.name) == ["Ben Miller"])
        let error = #expect(throws: AudioError.self) { try book.forget("Anna") }
        #expect(error?.mend.contains("Ben Miller") == true)
    }

    @Test func theBookTravelsAsAFile() throws {
        let (home, away) = (try TemporaryStore(), try TemporaryStore())
        defer { withExtendedLifetime((home, away)) {} }
        let book = SpeakerBook(try home.open())
        try book.add([1, 2, 3].map { KnownSpeaker(name: "Person \($0)", prints: [print($0, day: 0)]) })
        let file = home.folder.appendingPathComponent("book.json")
        try SpeakerBookFile(book.speakers).write(to: file)
        let other = SpeakerBook(try away.open())
        try other.learn("Person 2", print(2, day: 5))
        for _ in 0..<2 { try other.add(SpeakerBookFile(reading: file).speakers) }
        let there = try other.speakers
        #expect(there.map(\.name) == ["Person 1", "Person 2", "Person 3"])
        #expect(there[0].prints == [print(1, day: 0)], "bit for bit")
        #expect(there[1].prints.count == 2, "taken in twice, kept once")
    }

    @Test func whatIsNoVoicePrintIsRefusedAsAWhole() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let book = SpeakerBook(try home.open())
        var wrong = print(2, day: 0)
        wrong.vector[0] = .nan
        #expect(throws: AudioError.self) {
            try book.add([
                KnownSpeaker(name: "Anna", prints: [print(1, day: 0)]), KnownSpeaker(name: "Ben", prints: [wrong]),
            ])
        }
        #expect(try book.speakers.isEmpty)
        for name in ["", " Anna", "A=B", "Speaker_A", "two\nlines"] {
            #expect(throws: AudioError.self) { try book.learn(name, print(1, day: 0)) }
        }
        for text in ["", "{}", #"{"version": 7, "speakers": []}"#, "[1, 2]"] {
            let file = try home.write(text, to: "bad.json")
            #expect(#expect(throws: AudioError.self) { try SpeakerBookFile(reading: file) }?.kind == .badData)
        }
    }

    @Test func everybodyIsFoundAndNoStrangerIs() throws {
        let book = (1...20).map { KnownSpeaker(name: "Person \($0)", prints: [print($0, day: 0), print($0, day: 1)]) }
        let matching = SpeakerMatching(book, encoder: "encoder:1", threshold: 0.5)
        for person in 1...20 {
            let prints = [
                SpeakerID("Speaker_A"): print(person, day: 7).vector,
                SpeakerID("Speaker_B"): print(90 + person, day: 7).vector,
            ]
            let matches = matching.matches(prints)
            #expect(matches.map(\.name) == ["Person \(person)"] && matches.first?.speaker.name == "Speaker_A")
        }
    }

    /// Two on one telephone line sound alike; one voice that the diarizer divided is nearly as alike in both parts.
    @Test func besideSomebodyFarMoreAlikeAVoiceIsAStrangers() {
        let anna = KnownSpeaker(
            name: "Anna", prints: [VoicePrint(vector: [1, 0], encoder: "encoder:1", seconds: 30, source: "run:A")])
        func found(_ cosines: Float...) -> [Double] {
            let prints = cosines.enumerated().map { number, cosine in
                (SpeakerID("Speaker_\(number)"), [cosine, (1 - cosine * cosine).squareRoot()])
            }
            return SpeakerMatching([anna], encoder: "encoder:1").matches(Dictionary(uniqueKeysWithValues: prints))
                .map { ($0.cosine * 100).rounded() / 100 }
        }
        #expect(found(0.96, 0.51) == [0.96])
        #expect(found(0.8, 0.7) == [0.8, 0.7])
        #expect(found(0.51) == [0.51])
    }

    @Test func moreRecordingsMakeAPersonEasierToFind() throws {
        func likeness(days: Int) -> Double {
            let mean = (1...30).map { person -> Double in
                let known = KnownSpeaker(
                    name: "x", prints: (0..<days).map { print(person, day: $0, noise: 1.2) })
                let voice = print(person, day: 50, noise: 1.2).vector
                return SpeakerMatching([known], encoder: "encoder:1").all(voice)[0].cosine
            }
            return mean.reduce(0, +) / 30
        }
        #expect(likeness(days: 6) > likeness(days: 1) + 0.1)
    }

    @Test func printsOfAnotherEncoderSayNothing() {
        let book = [KnownSpeaker(name: "Anna", prints: [print(1, day: 0, encoder: "other:1")])]
        let matching = SpeakerMatching(book, encoder: "encoder:1")
        #expect(matching.names.isEmpty && matching.matches([SpeakerID("Speaker_A"): print(1, day: 0).vector]).isEmpty)
    }
}
