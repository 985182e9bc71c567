import AudioCore
import Foundation
import Testing

@testable import Pipeline

/// What figures, flags and texts become on a page.
@Suite struct PlainWordsTests {
    private func turn(kept: Bool = false, flags: [ReplacementFlag] = []) -> Report.Turn {
        Report.Turn(
            turn: 0, passage: 0, speaker: SpeakerID(index: 0), voice: "tone", start: 1, end: 3, text: "a b", kept: kept,
            timing: nil, f0Correlation: nil, voicingAgreement: nil, energyCorrelation: nil, levelDifferenceDB: nil,
            placementDifferenceDB: nil, highBandDifferenceDB: nil, roundTripConsistency: nil, similarity: nil,
            quality: nil, flags: flags)
    }

    @Test func textCannotBecomeMarkup() {
        #expect(Markup.escape("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;")
        #expect(Markup.escape("a\u{0}b\u{1B}c\u{85}d\n") == "a b c d ")
        #expect(Markup.escape("Grüße 你好 👋🏽") == "Grüße 你好 👋🏽")
    }

    @Test func whatATemplateIsFilledWithIsNotFilledAgain() {
        #expect(PageTemplate.filled("<{{a}}|{{b}}>", ["a": "{{b}}", "b": "x}}"]) == "<{{b}}|x}}>")
    }

    @Test func numbersReadAsPeopleWriteThem() {
        #expect(PlainNumber.count(7_430_400) == "7,430,400" && PlainNumber.count(999) == "999")
        #expect(PlainNumber.clock(3683.44) == "1:01:23.4" && PlainNumber.clock(59.96) == "1:00.0")
        #expect(PlainNumber.percent(0.9999) == "99.9 %" && PlainNumber.percent(1) == "100 %")
        #expect(PlainNumber.percent(0.001) == "0.1 %" && PlainNumber.percent(0) == "0 %")
        #expect(PlainNumber.decimal(-0.04, digits: 1) == "0.0" && PlainNumber.decimal(-1.26, digits: 1) == "−1.3")
        #expect(PlainNumber.duration(83) == "1 min 23 s" && PlainNumber.duration(0.01) == "under 0.1 s")
        #expect(PlainNumber.things(1, "turn") == "1 turn" && PlainNumber.things(2000, "turn") == "2,000 turns")
        #expect(Markup.number(-0.04) == "0" && Markup.number(-1.25) == "-1.3" && Markup.number(3) == "3")
    }

    @Test func aFigureThatWasNotMeasuredIsNeitherGoodNorBad() throws {
        let verdict = TurnVerdict(turn())
        #expect(verdict.figures.allSatisfy { $0.value == nil && $0.mark == nil })
        #expect(verdict.mark == .quiet)
        let drawing = TurnDrawing(
            window: TimeSpan(start: 1, end: 3), before: .init(programme: [1], voice: [0]),
            after: .init(programme: [1], voice: [0]), spans: [], words: [], oldMelody: nil, newMelody: nil)
        let html = TurnArticle(index: 0, count: 1, verdict: verdict, drawing: drawing, language: "en")
            .html(media: TurnMedia())
        #expect(html.components(separatedBy: "not measured").count == 1 + TurnMeasure.all.count)
        #expect(html.contains("no pitch found") == false)
    }

    @Test func oneBadFigureOrFlagAsksForAttention() {
        var good = turn()
        good.f0Correlation = 0.95
        #expect(TurnVerdict(good).mark == .good)
        good.energyCorrelation = 0.7
        #expect(TurnVerdict(good).mark == .good)
        good.f0Correlation = 0.7
        #expect(TurnVerdict(good).mark == .quiet)
        good.energyCorrelation = 0.3
        #expect(TurnVerdict(good).mark == .attention)
        #expect(TurnVerdict(turn(flags: [.wordUncertain])).mark == .attention)
        #expect(TurnVerdict(turn(flags: [.fillersRestored])).mark == .quiet)
        #expect(TurnVerdict(turn(kept: true, flags: [.keptOriginal])).mark == nil)
    }

    @Test func limitsAreMeantAsTheyAreWritten() throws {
        for measure in TurnMeasure.all {
            #expect(measure.mark(measure.good) == .good, "\(measure.name)")
            #expect(measure.mark(measure.attention) == (measure.good == measure.attention ? .good : .quiet))
            let worse = measure.attention + (measure.direction == .highIsGood ? -0.01 : 0.01)
            #expect(measure.mark(worse) == .attention, "\(measure.name)")
        }
        let level = try #require(TurnMeasure.all.first { $0.name == "Loudness" })
        #expect(level.mark(-3.5) == .attention && level.mark(-0.5) == .good)
        #expect(level.limit(level.good) == "within 1.0 dB" && level.attentionLimit == "over 3.0 dB")
    }

    @Test func everyKeptTurnHasItsReason() {
        #expect(turn(kept: true, flags: [.overlapKept]).reasonKept == "somebody else speaks too")
        #expect(turn(kept: true, flags: [.lockUncertain, .keptOriginal]).reasonKept == "words not found")
        #expect(turn(kept: true, flags: [.wordUncertain, .keptOriginal]).reasonKept == "doubtful words")
        #expect(turn().reasonKept == nil)
    }
}
