import AudioCore
import Pipeline

/// How much was replaced, what was kept and what was flagged; loudness, peak and the untouched rest.
enum CoverageEvidence {
    private static let replaced = FigureKind("replacedShare", "replaced, of the person's speech alone", .share)
    private static let ownReplaced = FigureKind(
        "replacedShareReported", "- as the program reports it (its own turns)", .share)
    private static let width = FigureKind(
        "spanSecondsPerSpeechSecond", "seconds of spans for a second of speech", .number)
    private static let kept = FigureKind("turnsKept", "stretches kept as they were", .share)
    private static let flagged = FigureKind("turnsFlagged", "stretches flagged", .share)
    private static let changed = FigureKind("samplesChangedOutside", "samples changed outside the spans", .number)
    private static let loudnessBefore = FigureKind("loudnessBeforeLUFS", "loudness before, LUFS", .decibels)
    private static let loudnessAfter = FigureKind("loudnessAfterLUFS", "loudness after, LUFS", .decibels)
    private static let peakBefore = FigureKind("truePeakBeforeDBTP", "true peak before, dBTP", .decibels)
    private static let peakAfter = FigureKind("truePeakAfterDBTP", "true peak after, dBTP", .decibels)
    private static let program = "the program's own report"

    static func evidence(_ sound: ReplacedSound, _ report: Report) -> [Evidence] {
        let turns = sound.passages.compactMap(\.span).map { turn -> [Evidence.Observation] in
            let solo = ReplacedSound.shared(turn, sound.solo)
            let replaced = ReplacedSound.shared(turn, sound.replacedSolo)
            return [.init(ReplacedSound.seconds(replaced), weight: ReplacedSound.seconds(solo))]
        }
        let spoken = (sound.spoken[sound.speaker] ?? []).reduce(0) {
            $0 + ReplacedSound.seconds(ReplacedSound.shared($1, sound.spans))
        }
        let stretches = report.replacements
        func each(_ kind: FigureKind, _ isSo: (Report.Turn) -> Bool) -> Evidence {
            Evidence(kind, judge: program, groupedBy: "turns", values: stretches.map { [isSo($0) ? 1 : 0] })
        }
        let figures = [
            Evidence(Self.replaced, judge: "true stems", groupedBy: "turns", groups: turns),
            Evidence(ownReplaced, judge: program, value: report.totals.replacedShare),
            Evidence(
                width, judge: "true stems", groupedBy: "files",
                groups: [[.init(ReplacedSound.seconds(sound.spans), weight: spoken)]]),
            each(kept, \.kept), each(flagged) { !$0.flags.isEmpty },
            Evidence(changed, judge: program, value: Double(report.untouched.samplesChanged)),
            Evidence(loudnessBefore, judge: "BS.1770-4", value: report.input.loudnessLUFS),
            Evidence(loudnessAfter, judge: "BS.1770-4", value: report.output.loudnessLUFS),
            Evidence(peakBefore, judge: "BS.1770-4", value: report.input.truePeakDBTP),
            Evidence(peakAfter, judge: "BS.1770-4", value: report.output.truePeakDBTP),
        ]
        return figures.compactMap { $0 }
    }
}
