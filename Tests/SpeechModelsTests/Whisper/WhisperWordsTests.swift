import AudioCore
import Testing

@testable import SpeechModels

@Suite struct WhisperWordsTests {
    private func word(_ text: String, _ start: Double, _ end: Double, _ probability: Double = 0.9) -> WhisperWord {
        WhisperWord(text: text, tokenCount: 1, start: start, end: end, probability: probability)
    }

    @Test func punctuationJoinsItsWord() {
        var words = [word(" \"", 0, 0.1), word("Well", 0.1, 0.4), word(",", 0.4, 0.5), word(" yes", 0.5, 0.9)]
        words.append(word(".\"", 0.9, 1))
        WhisperWords.mergePunctuation(&words)
        #expect(words.map(\.text).filter { !$0.isEmpty } == [" \"Well,", " yes.\""])
        #expect(words.reduce(0) { $0 + $1.tokenCount } == 5)
        #expect(words.first { $0.text == " \"Well," }?.start == 0.1)
    }

    @Test func wordsAtSentenceEndsAreNotLong() {
        var words = [word(" a", 0, 0.3), word(".", 0.3, 2), word(" b", 2, 4), word(" c", 4, 4.3)]
        WhisperWords.truncateAtSentenceEnds(&words, longest: 0.6)
        #expect(abs(words[1].end - 0.9) < 1e-9)
        #expect(abs(words[2].start - 3.4) < 1e-9)
    }

    private func hallucinations(silentFrom seconds: Double, of total: Double) -> WhisperHallucinations {
        let samples = (0..<Int(total * 16000)).map { index -> Float in
            Double(index) / 16000 < seconds ? (index / 8 % 2 == 0 ? 0.2 : -0.2) : 1e-4
        }
        return WhisperHallucinations(levels: WhisperLevels(samples))
    }

    @Test func wordsInSilenceAreTakenOut() {
        let words = [word(" hello", 0.5, 0.9), word(" there", 0.9, 1.3), word(" thanks", 3, 3.5)]
        #expect(hallucinations(silentFrom: 2, of: 4).removed(from: words).map(\.text) == [" hello", " there"])
    }

    @Test func loopsAreSaidOnceButRealRepetitionStays() {
        let loop = (0..<8).flatMap { index in
            [
                word(" I", 0.1 * Double(index), 0.1 * Double(index) + 0.05, 0.3),
                word(" know", 0.1 * Double(index) + 0.05, 0.1 * Double(index) + 0.1, 0.3),
            ]
        }
        #expect(hallucinations(silentFrom: 4, of: 4).removed(from: loop).map(\.text) == [" I", " know"])
        let real = (0..<4).map { word(" no", 0.4 * Double($0), 0.4 * Double($0) + 0.3, 0.95) }
        #expect(hallucinations(silentFrom: 4, of: 4).removed(from: real).count == 4)
    }

    @Test func wordsSqueezedIntoNoTimeAreTakenOut() {
        let words = [word(" yes", 0, 0.4)] + (0..<4).map { _ in word(" so", 0.5, 0.5) } + [word(" fine", 0.6, 1)]
        #expect(hallucinations(silentFrom: 4, of: 4).removed(from: words).map(\.text) == [" yes", " fine"])
    }

    @Test func silenceIsKnownWhateverIsHeardInIt() {
        #expect(WhisperLevels([Float](repeating: 1e-5, count: 16000)).isSilent)
        #expect(!WhisperLevels((0..<16000).map { $0 % 3 == 0 ? 0.01 : -0.005 }).isSilent)
    }
}
