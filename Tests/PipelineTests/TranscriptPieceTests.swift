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
        let piece = TranscriptPiece(passages: [passage(anna, 0, 1), passage(anna, 3, 5)])
        // A recognizer lets "came" begin where "she" ends; a word a little outside is left as it is.
        let parts = piece.divided([word("she", 0.2, 0.9), word("came", 0.9, 3.4), word("home", 3.5, 5.1)])
        #expect(parts.map { $0.map(\.text) } == [["she"], ["came", "home"]])
        #expect(parts[1].map(\.span) == [TimeSpan(start: 3, end: 3.4), TimeSpan(start: 3.5, end: 5.1)])
    }

    @Test func wordsBelongToThoseWhoSpeak() {
        let piece = TranscriptPiece(passages: [passage(anna, 0, 2), passage(ben, 2.1, 4), passage(anna, 6, 7)])
        let words = [word("where", 1, 1.8), word("here", 2, 2.6), word("not", 4.2, 4.5), word("there", 5.6, 5.9)]
        #expect(piece.divided(words).map { $0.map(\.text) } == [["where"], ["here", "not"], ["there"]])
    }

    /// While both speak, the words are the first one's until his phrase ends, those without any time of their own, too.
    @Test func whoSpeaksGoesOnUntilThePhraseEnds() {
        let piece = TranscriptPiece(passages: [passage(anna, 0, 4), passage(ben, 3, 7)])
        let words = [
            word("it", 2.5, 2.8), word("was", 3.05, 3.3), word("late.", 3.35, 3.6), word("Was", 3.65, 3.65),
            word("it?", 3.82, 4),
            word("Yes.", 4.4, 4.8),
        ]
        #expect(piece.divided(words).map { $0.map(\.text) } == [["it", "was", "late."], ["Was", "it?", "Yes."]])
    }

    private func passage(_ speaker: SpeakerID, _ start: Double, _ end: Double) -> TranscriptPiece.Passage {
        TranscriptPiece.Passage(speaker: speaker, span: TimeSpan(start: start, end: end))
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
