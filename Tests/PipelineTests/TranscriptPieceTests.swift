import AudioCore
import Foundation
import Testing

@testable import Pipeline

/// Whose words are whose: among passages of one piece, and among passages that hold the same sound.
@Suite struct TranscriptPieceTests {
    private let anna = SpeakerID("Speaker_A")
    private let ben = SpeakerID("Speaker_B")

    private func word(_ text: String, _ start: Double, _ end: Double, confidence: Double = 0.9) -> Word {
        Word(text: text, span: TimeSpan(start: start, end: end), confidence: confidence)
    }

    @Test func aWordAfterAPauseDoesNotBeginBeforeIt() {
        let turns = [TimeSpan(start: 0, end: 1), TimeSpan(start: 3, end: 5)]
        let piece = TranscriptPiece(speaker: anna, span: TimeSpan(start: 0, end: 5), turns: turns, channel: nil)
        // A recognizer lets "came" begin where "she" ends; a word a little outside is left as it is.
        let words = [word("she", 0.2, 0.9), word("came", 0.9, 3.4), word("home", 3.5, 5.1)]
        let passages = piece.passages(gap: 0.6, words: words)
        #expect(passages.map { $0.words.map(\.text) } == [["she"], ["came", "home"]])
        #expect(passages[1].words.map(\.span) == [TimeSpan(start: 3, end: 3.4), TimeSpan(start: 3.5, end: 5.1)])
        // Turns that are near are one passage, whose words keep their times.
        let near = piece.passages(gap: 2.5, words: words)
        #expect(near.map { $0.words.map(\.span) } == [words.map(\.span)])
    }

    private func heard(_ speaker: SpeakerID, _ start: Double, _ end: Double, _ words: [Word]) -> Passage {
        Passage(id: 0, speaker: speaker, span: TimeSpan(start: start, end: end), language: "en", words: words)
    }

    private func left(_ passages: [Passage], channels: [SpeakerID: Int]) -> [[String]] {
        var passages = passages
        TranscriptEchoes.remove(from: &passages, diarization: Diarization(turns: [], channels: channels))
        return passages.map { $0.words.map(\.text) }
    }

    @Test func aWordHeardInTwoPassagesStaysInOne() {
        let both = [
            heard(anna, 0, 4, [word("yes", 1, 1.3, confidence: 0.5), word("well", 3, 3.3)]),
            heard(ben, 0.8, 2, [word("Yes.", 1.05, 1.3, confidence: 0.8)]),
        ]
        #expect(left(both, channels: [:]) == [["well"], ["Yes."]])
        #expect(left(both, channels: [anna: 0, ben: 0]) == [["well"], ["Yes."]])
        #expect(left(both, channels: [anna: 0, ben: 1]) == [["yes", "well"], ["Yes."]])
        // Two parts of one long turn meet in a word.
        let parts = [
            heard(anna, 0, 4, [word("talk", 3.5, 3.8), word("about", 3.85, 4.05, confidence: 0.6)]),
            heard(anna, 4, 8, [word("about", 3.92, 4.2), word("it", 4.3, 4.4)]),
        ]
        #expect(left(parts, channels: [:]) == [["talk"], ["about", "it"]])
    }

    @Test func peopleShareAChannelUnlessEachHasAnother() {
        func share(_ channels: [SpeakerID: Int]) -> Bool {
            Diarization(turns: [], channels: channels).shareChannel(anna, ben)
        }
        #expect(share([:]) && share([anna: 0]) && share([anna: 1, ben: 1]) && !share([anna: 0, ben: 1]))
    }
}
