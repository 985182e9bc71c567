import AudioCore
import Testing

@testable import Evaluation

/// Words against the true ones, counted by hand.
@Suite struct WordScoreTests {
    private func passage(_ text: String) -> TruePassage {
        TruePassage(speaker: SpeakerID("anna"), span: nil, text: text)
    }

    private func heard(_ text: String) -> [Word] {
        text.split(separator: " ").enumerated().map {
            Word(
                text: String($0.element), span: TimeSpan(start: Double($0.offset), end: Double($0.offset) + 0.5),
                confidence: 1)
        }
    }

    @Test func spellingThatNobodyHearsCostsNothing() {
        let score = WordScore(truth: [passage("It's forty-two, Mr. Smith!")], heard: heard("it’s Forty two mr smith"))
        #expect(score.wordErrorRate == 0 && score.passages[0].words == 5)
    }

    @Test func errorsBelongToThePassageTheyHappenIn() {
        // "b" is lost, "x" stands for "d", "y" comes after the last word.
        let score = WordScore(truth: [passage("a b c"), passage("d e")], heard: heard("a c x e y"))
        #expect(score.passages[0].deletions == 1 && score.passages[0].errors == 1)
        #expect(score.passages[1].substitutions == 1 && score.passages[1].insertions == 1)
        #expect(score.wordErrorRate == 3.0 / 5)
        // "a b c d e" -> "a c x e y": four letters become others, 4 of 9.
        #expect(score.characterErrors == 4 && score.characters == 9)
    }

    @Test func nothingHeardIsEverythingMissed() {
        let score = WordScore(truth: [passage("a b c")], heard: [])
        #expect(score.wordErrorRate == 1 && score.passages[0].deletions == 3)
        #expect(WordScore(truth: [], heard: heard("a")).wordErrorRate == nil)
    }

    @Test func onlyWordsThatAreRightAreTimed() {
        let words = [("one", 1.0, 1.4), ("two", 2, 2.4), ("three", 3, 3.4)]
        let truth = TruePassage(
            speaker: SpeakerID("anna"), span: nil,
            words: words.map { TrueWord(text: $0.0, span: TimeSpan(start: $0.1, end: $0.2)) })
        let found = [("one", 1.02, 1.45), ("too", 2.5, 2.6), ("three", 2.99, 3.4)].map {
            Word(text: $0.0, span: TimeSpan(start: $0.1, end: $0.2), confidence: 1)
        }
        let score = WordScore(truth: [truth], heard: found)
        #expect(zip(score.onsetErrors, [0.02, -0.01]).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(zip(score.offsetErrors, [0.05, 0]).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(score.onsetErrors.count == 2)
    }

    @Test func aWordThatBecomesTwoKnowsOnlyItsOuterEdges() {
        let words = ComparedWord.words(of: "forty-two,", span: TimeSpan(start: 1, end: 2))
        #expect(
            words == [
                ComparedWord(text: "forty", onset: 1, offset: nil), ComparedWord(text: "two", onset: nil, offset: 2),
            ])
    }

    @Test func wordsOfTheWrongSpeakerAreWrong() {
        // Swapped names cost nothing; b's "three four" given to a's voice is missing there and too much here.
        let truth = [SpeakerID("a"): "one two", SpeakerID("b"): "three four"]
        #expect(
            PermutedWordScore(truth: truth, heard: [SpeakerID("X"): "three four", SpeakerID("Y"): "one two"]).errors
                == 0)
        let merged = PermutedWordScore(truth: truth, heard: [SpeakerID("X"): "one two three four"])
        #expect(merged.errors == 4 && merged.words == 4)
        let split = PermutedWordScore(
            truth: truth, heard: [SpeakerID("X"): "three four", SpeakerID("Y"): "one", SpeakerID("Z"): "two"])
        #expect(split.errors == 2)
        #expect(PermutedWordScore(truth: truth, heard: [:]).errorRate == 1)
    }
}
