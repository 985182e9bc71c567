import AudioCore
import Foundation

/// Where the voice sits between two loudspeakers, before and after, bed taken away.
enum PlacementEvidence {
    private static let before = FigureKind("placementBeforeDB", "voice, first channel over second, before", .decibels)
    private static let after = FigureKind("placementAfterDB", "voice, first channel over second, after", .decibels)
    private static let change = FigureKind("placementChangeDB", "- change", .decibels)
    private static let togetherBefore = FigureKind(
        "channelCorrelationBefore", "voice, correlation of the channels, before", .number)
    private static let togetherAfter = FigureKind(
        "channelCorrelationAfter", "voice, correlation of the channels, after", .number)

    /// - Parameter spans: where the person spoke alone and was replaced.
    /// - Returns: nothing for a programme that has not two channels.
    static func evidence(_ mix: StemMix, spans: [TimeSpan]) -> [Evidence] {
        guard mix.programme.count == 2 else { return [] }
        let old = relation(StemMix.difference(mix.programme, mix.bed), mix.sampleRate, spans)
        let new = relation(StemMix.difference(mix.output, mix.bed), mix.sampleRate, spans)
        let judge = "true bed"
        let difference = new.levelDB.flatMap { after in old.levelDB.map { after - $0 } }
        return [
            Evidence(before, judge: judge, value: old.levelDB), Evidence(after, judge: judge, value: new.levelDB),
            Evidence(change, judge: judge, value: difference),
            Evidence(togetherBefore, judge: judge, value: old.correlation),
            Evidence(togetherAfter, judge: judge, value: new.correlation),
        ].compactMap { $0 }
    }

    static func relation(
        _ channels: [[Float]], _ sampleRate: Int, _ spans: [TimeSpan]
    ) -> (levelDB: Double?, correlation: Double?) {
        var (left, right, both) = (0.0, 0.0, 0.0)
        for span in spans {
            let start = Int((span.start * Double(sampleRate)).rounded())
            let range = start..<max(start, Int((span.end * Double(sampleRate)).rounded()))
            for n in range.clamped(to: channels[0].indices) {
                let (a, b) = (Double(channels[0][n]), Double(channels[1][n]))
                left += a * a
                right += b * b
                both += a * b
            }
        }
        guard left > 0, right > 0 else { return (nil, nil) }
        return (10 * log10(left / right), both / (left * right).squareRoot())
    }
}
