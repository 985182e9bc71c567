import AudioCore
import Testing

@testable import Evaluation

/// Who speaks when against the truth, worked out by hand.
@Suite struct DiarizationScoreTests {
    private func turns(_ list: [(String, Double, Double)]) -> [SpeakerTurn] {
        list.map { SpeakerTurn(speaker: SpeakerID($0.0), span: TimeSpan(start: $0.1, end: $0.2), confidence: 1) }
    }

    private func near(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) < 1e-9 } ?? false }

    @Test func whatIsRightUnderOtherNamesIsRight() {
        let score = DiarizationScore(
            reference: turns([("anna", 0, 5), ("ben", 5, 8)]),
            hypothesis: turns([("Speaker_B", 5, 8), ("Speaker_A", 0, 5)]))
        #expect(score.errorRate == 0)
        #expect(score.mapping == [SpeakerID("Speaker_A"): SpeakerID("anna"), SpeakerID("Speaker_B"): SpeakerID("ben")])
    }

    @Test func eachKindOfErrorIsCountedByItsSeconds() {
        // anna 0-10, ben 10-14 and over her 8-10. Found: X 1-9 (anna), Y 9-16 (ben).
        // 0-1 missed 1; 8-9 one of two found: missed 1; 9-10 one of two found, ben: missed 1; 14-16 false alarm 2.
        let reference = turns([("anna", 0, 10), ("ben", 8, 14)])
        let hypothesis = turns([("X", 1, 9), ("Y", 9, 16)])
        let parts = DiarizationScore(reference: reference, hypothesis: hypothesis).parts
        #expect(near(parts.total, 16) && near(parts.missed, 3) && near(parts.falseAlarm, 2) && near(parts.confused, 0))
        #expect(near(parts.solo, 12) && near(parts.soloFound, 11) && near(parts.soloRight, 11))
        // Without the overlap of 8-10: 1 missed and 2 false of 12.
        let alone = DiarizationScore(reference: reference, hypothesis: hypothesis, countsOverlap: false)
        #expect(near(alone.errorRate, 3.0 / 12))
    }

    @Test func speechOfAnotherIsConfusion() {
        // One found speaker for two people stands for the longer one.
        let score = DiarizationScore(
            reference: turns([("anna", 0, 6), ("ben", 6, 10)]), hypothesis: turns([("X", 0, 10)]))
        #expect(near(score.parts.confused, 4) && near(score.errorRate, 0.4))
        #expect(near(score.parts.soloRight, 6) && near(score.parts.soloFound, 10))
    }

    @Test func theCollarLeavesOutWhatLiesAroundTrueEdges() {
        // 0.2 s late and 0.2 s too long: nothing with 0.25 s on each side of an edge; 0.4 s of 10 without.
        let (reference, hypothesis) = (turns([("anna", 1, 11)]), turns([("X", 1.2, 11.2)]))
        #expect(near(DiarizationScore(reference: reference, hypothesis: hypothesis).errorRate, 0.04))
        let collared = DiarizationScore(reference: reference, hypothesis: hypothesis, collarSeconds: 0.25)
        #expect(near(collared.errorRate, 0) && near(collared.parts.total, 9.5))
    }

    @Test func oneSpeakersOverlappingTurnsCountOnce() {
        let score = DiarizationScore(
            reference: turns([("anna", 0, 4), ("anna", 3, 6)]), hypothesis: turns([("X", 0, 2), ("X", 2, 6)]))
        #expect(score.parts.total == 6 && score.errorRate == 0)
    }

    @Test func theBestPairingIsNotTheGreedyOne() {
        // X shares 5 s with anna and 4 with ben, Y shares 4 with anna and none with ben: X must stand for ben.
        let score = DiarizationScore(
            reference: turns([("anna", 0, 9), ("ben", 9, 13)]),
            hypothesis: turns([("X", 0, 5), ("Y", 5, 9), ("X", 9, 13)]))
        #expect(score.mapping[SpeakerID("X")] == SpeakerID("ben") && near(score.errorRate, 5.0 / 13))
    }

    @Test func stretchesAddUpToTheWhole() {
        let score = DiarizationScore(
            reference: turns([("anna", 2, 4), ("ben", 5, 9), ("anna", 8, 12)]),
            hypothesis: turns([("X", 0, 4.5), ("Y", 5.5, 9), ("X", 9, 13)]))
        #expect(score.stretches.count == 3)
        // Before and within anna's first turn, up to 5: 2 + 0.5 false; ben's: 0.5 missed; then 1 missed and 1 false.
        #expect(score.stretches.map(\.errors) == [2.5, 0.5, 2] && near(score.parts.errors, 5))
    }

    @Test func withoutReferenceThereIsNoRate() {
        let score = DiarizationScore(reference: [], hypothesis: turns([("X", 0, 2)]))
        #expect(score.errorRate == nil && score.parts.falseAlarm == 2)
        #expect(DiarizationScore(reference: turns([("anna", 0, 2)]), hypothesis: []).errorRate == 1)
    }
}
