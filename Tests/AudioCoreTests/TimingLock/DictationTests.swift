import AudioCore
import Testing

@Suite struct DictationTests {
    private let speaker = SyntheticSpeaker()

    private func plan(_ words: [(String, String)]) -> SpeechPlan {
        speaker.plan(
            words.enumerated().map { SpokenWord(text: $1.0, source: $0, phonemes: $1.0, punctuation: $1.1) })
    }

    private func dictation(_ plan: SpeechPlan, _ frames: [Int]) -> Dictation {
        Dictation(plan, frames: frames, leadFrames: 2) { SyntheticSpeaker.token($0, $1) }
    }

    private func symbols(_ part: Dictation.Part) -> String { String(part.tokens.map(\.symbol)) }

    @Test func addsLeadAndEdgesAndKeepsEveryPhone() {
        let plan = plan([("pat", ""), ("kim", "")])
        // $ p a t _ k i m . $
        let part = dictation(plan, [4, 2, 3, 4, 2, 5, 6, 7, 3, 1]).parts
        #expect(part.count == 1)
        #expect(part.map(symbols) == ["$pat kim.$"])
        #expect(part.map(\.frames) == [[4 + 2 + 10, 2, 3, 4, 2, 5, 6, 7, 4 + 10 - 3, 3]])
        #expect(part.map(\.range) == [0..<37])
        #expect(part.allSatisfy { $0.frames.reduce(0, +) == $0.range.count + 2 + 20 })
    }

    @Test func pausesLieOnPunctuationAndNotOnTheSpace() {
        // A comma where there was none, from 8 frames on.
        #expect(
            dictation(plan([("pat", ""), ("kim", "")]), [4, 2, 3, 4, 20, 5, 6, 7, 3, 1]).parts.map(\.frames)
                == [[16, 2, 3, 4, 17, 3, 5, 6, 7, 11, 3]])
        #expect(
            dictation(plan([("pat", ""), ("kim", "")]), [4, 2, 3, 4, 20, 5, 6, 7, 3, 1]).parts.map(symbols)
                == ["$pat, kim.$"])
        // A written comma takes the space's frames.
        let written = dictation(plan([("pat", ","), ("kim", "")]), [4, 2, 3, 4, 1, 19, 5, 6, 7, 3, 1])
        #expect(written.parts.map(\.frames) == [[16, 2, 3, 4, 17, 3, 5, 6, 7, 11, 3]])
        // A comma without a pause goes.
        let hurried = dictation(plan([("pat", ","), ("kim", "")]), [4, 2, 3, 4, 1, 2, 5, 6, 7, 3, 1])
        #expect(hurried.parts.map(symbols) == ["$pat kim.$"])
        #expect(hurried.parts.map(\.frames) == [[16, 2, 3, 4, 3, 5, 6, 7, 11, 3]])
    }

    @Test func longPausesAreCutAndSilent() {
        let plan = plan([("pat", ","), ("kim", ""), ("sol", "")])
        // $ p a t , _ k i m _ s o l . $: pauses of 1.25 s and 0.5 s, 3 s in front.
        let frames = [120, 2, 3, 4, 25, 25, 5, 6, 7, 20, 3, 3, 3, 5, 1]
        let parts = dictation(plan, frames).parts
        #expect(parts.map(symbols) == ["$pat,$", "$kim, sol.$"])
        #expect(parts.map(\.range) == [112..<137, 171..<232])
        for part in parts {
            #expect(part.frames.reduce(0, +) == part.range.count + 2 + 2 * Dictation.edgeFrames)
            #expect(part.frames.allSatisfy { $0 >= 1 })
        }
    }

    @Test func wordsStandWhereTheLockPutThem() {
        let plan = plan([("pat", ""), ("kim", "."), ("sol", "")])
        let frames = [3, 2, 3, 4, 2, 5, 6, 7, 30, 30, 3, 3, 3, 5, 1]
        let dictation = dictation(plan, frames)
        for (word, start) in [(0, 3), (1, 14), (2, 92)] {
            let found = dictation.parts.compactMap { part -> Int? in
                guard let first = part.tokens.firstIndex(where: { $0.owner == .word(word) }) else { return nil }
                return part.range.lowerBound + part.frames[..<first].reduce(0, +) - Dictation.edgeFrames - 2
            }
            #expect(found == [start])
        }
    }

    @Test func nothingToSayGivesNothing() {
        #expect(dictation(plan([]), [10, 4, 12]).parts.isEmpty)
    }
}
