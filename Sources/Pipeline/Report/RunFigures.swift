import AudioCore

/// A finished run in a few figures, to be compared with others.
public struct RunFigures: Codable, Sendable, Equatable {
    public enum Figure: String, Codable, CaseIterable, Sendable, CodingKeyRepresentable {
        case realTimeFactor, peakMemoryMegabytes, replacedShare, keptTurns
        case timingMedianMs, timingP95Ms, pitchCorrelation, wordErrorRate, quality, qualityChange

        public var label: String {
            switch self {
            case .realTimeFactor: "work for a second of programme, s"
            case .peakMemoryMegabytes: "largest memory, MB"
            case .replacedShare: "speech replaced, %"
            case .keptTurns: "stretches kept"
            case .timingMedianMs: "word onsets: median, ms"
            case .timingP95Ms: "- 95 %, ms"
            case .pitchCorrelation: "melody kept (correlation)"
            case .wordErrorRate: "words misheard, %"
            case .quality: "sounds (DNSMOS, 1 to 5)"
            case .qualityChange: "- less the original"
            }
        }

        /// Digits after the point that mean something.
        public var digits: Int {
            switch self {
            case .realTimeFactor, .pitchCorrelation, .quality, .qualityChange: 2
            case .replacedShare, .wordErrorRate: 1
            case .peakMemoryMegabytes, .keptTurns, .timingMedianMs, .timingP95Ms: 0
            }
        }

        public var isBetterWhenLower: Bool {
            switch self {
            case .replacedShare, .pitchCorrelation, .quality, .qualityChange: false
            default: true
            }
        }
    }

    /// What was measured; a figure that was not is absent.
    public var values: [Figure: Double]

    public init(_ report: Report) {
        values = [
            .realTimeFactor: report.totals.realTimeFactor,
            .keptTurns: Double(report.totals.keptTurns),
        ]
        values[.peakMemoryMegabytes] = report.stages.map { Double($0.peakMemoryBytes) / 1e6 }.max()
        values[.replacedShare] = report.totals.replacedShare.map { 100 * $0 }
        values[.timingMedianMs] = report.totals.timing?.medianMs
        values[.timingP95Ms] = report.totals.timing?.p95Ms
        values[.pitchCorrelation] = Self.mean(report) { $0.f0Correlation }
        values[.wordErrorRate] = Self.mean(report) { $0.roundTripConsistency.map { 100 * $0.wordErrorRate } }
        values[.quality] = Self.mean(report) { $0.quality?.dnsmosOverall }
        values[.qualityChange] = Self.mean(report) { $0.quality.map { $0.dnsmosOverall - $0.sourceDnsmosOverall } }
    }

    /// Long turns weigh more.
    private static func mean(_ report: Report, _ figure: (Report.Turn) -> Double?) -> Double? {
        let measured = report.replacements.compactMap { turn in figure(turn).map { ($0, turn.end - turn.start) } }
        let seconds = measured.reduce(0) { $0 + $1.1 }
        return seconds > 0 ? measured.reduce(0) { $0 + $1.0 * $1.1 } / seconds : nil
    }
}
