import AudioCore

/// Figures of who speaks when.
struct DiarizationEvidence {
    private static let errorRate = FigureKind("der", "error rate (DER), overlap counted, no collar", .share)
    private static let missed = FigureKind("missed", "- missed speech", .share)
    private static let falseAlarm = FigureKind("falseAlarm", "- found where nobody speaks", .share)
    private static let confused = FigureKind("confused", "- given to somebody else", .share)
    private static let collared = FigureKind("derCollar", "DER, overlap counted, collar 0.25 s", .share)
    private static let alone = FigureKind("derNoOverlap", "DER without overlapped speech, no collar", .share)
    private static let collaredAlone = FigureKind(
        "derNoOverlapCollar", "DER without overlapped speech, collar 0.25 s", .share)
    private static let solo = FigureKind("soloRight", "speech of one alone, given to the right person", .share)
    private static let soloFound = FigureKind("soloRightOfFound", "- of what was found to be speech", .share)
    private static let counted = FigureKind("speakerCountRight", "number of speakers right", .share)
    private static let surplus = FigureKind("speakersTooMany", "speakers found, less those there", .number)
    /// Usual in NIST's evaluations, on each side of an edge.
    private static let collarSeconds = 0.25

    let reference: [SpeakerTurn]
    let hypothesis: [SpeakerTurn]
    /// Whose truth it is.
    let judge: String

    func evidence() -> [Evidence] {
        let plain = DiarizationScore(reference: reference, hypothesis: hypothesis)
        func score(_ collar: Double, _ overlap: Bool) -> DiarizationScore {
            DiarizationScore(
                reference: reference, hypothesis: hypothesis, collarSeconds: collar, countsOverlap: overlap)
        }
        let there = Diarization(turns: reference).speakers.count
        let found = Diarization(turns: hypothesis).speakers.count
        return [
            share(Self.errorRate, of: plain, { $0.errors }), share(Self.missed, of: plain, { $0.missed }),
            share(Self.falseAlarm, of: plain, { $0.falseAlarm }), share(Self.confused, of: plain, { $0.confused }),
            share(Self.collared, of: score(Self.collarSeconds, true), { $0.errors }),
            share(Self.alone, of: score(0, false), { $0.errors }),
            share(Self.collaredAlone, of: score(Self.collarSeconds, false), { $0.errors }),
            share(Self.solo, of: plain, { $0.soloRight }, among: { $0.solo }),
            share(Self.soloFound, of: plain, { $0.soloRight }, among: { $0.soloFound }),
            Evidence(Self.counted, judge: judge, groupedBy: "files", values: [[found == there ? 1 : 0]]),
            Evidence(Self.surplus, judge: judge, groupedBy: "files", values: [[Double(found - there)]]),
        ]
    }

    /// Pooled as seconds, each reference turn a group.
    private func share(
        _ kind: FigureKind, of score: DiarizationScore, _ part: (DiarizationScore.Parts) -> Double,
        among whole: (DiarizationScore.Parts) -> Double = { $0.total }
    ) -> Evidence {
        Evidence(
            kind, judge: judge, groupedBy: "turns",
            groups: score.stretches.map { [.init(part($0), weight: whole($0))] })
    }
}
