import AudioCore
import Pipeline

/// Figures of what is said, and of when.
struct WordEvidence {
    private static let errorRate = FigureKind("wordErrorRate", "word error rate (WER)", .share)
    private static let substituted = FigureKind("substituted", "- wrong words", .share)
    private static let deleted = FigureKind("deleted", "- missing words", .share)
    private static let inserted = FigureKind("inserted", "- words too many", .share)
    private static let characterRate = FigureKind("characterErrorRate", "character error rate (CER)", .share)
    private static let permuted = FigureKind(
        "cpWordErrorRate", "WER with the right speaker (cpWER)", .share)

    /// The figures of one edge of words.
    private struct Edge {
        let median, mean, p90, p95, within20, within50, within100, bias: FigureKind

        init(_ name: String, _ label: String) {
            func kind(_ suffix: String, _ text: String, _ unit: FigureKind.Unit, _ statistic: FigureKind.Statistic)
                -> FigureKind
            { FigureKind(name + suffix, "\(label), \(text)", unit, statistic) }
            median = kind("MedianMs", "median error", .milliseconds, .quantile(0.5))
            mean = kind("MeanMs", "mean error", .milliseconds, .ratio)
            p90 = kind("P90Ms", "90th percentile", .milliseconds, .quantile(0.9))
            p95 = kind("P95Ms", "95th percentile", .milliseconds, .quantile(0.95))
            within20 = kind("Within20Ms", "within 20 ms", .share, .ratio)
            within50 = kind("Within50Ms", "within 50 ms", .share, .ratio)
            within100 = kind("Within100Ms", "within 100 ms", .share, .ratio)
            bias = kind("BiasMs", "later (+) or earlier (-), mean", .milliseconds, .ratio)
        }

        /// - Parameter errors: seconds, signed, [groups][words].
        func evidence(_ errors: [[Double]], judge: String, groupedBy: String) -> [Evidence] {
            let signed = errors.map { $0.map { 1000 * $0 } }
            let sizes = signed.map { $0.map(abs) }
            func within(_ limit: Double) -> [[Double]] { sizes.map { $0.map { $0 <= limit ? 1 : 0 } } }
            return [
                (median, sizes), (mean, sizes), (p90, sizes), (p95, sizes), (within20, within(20)),
                (within50, within(50)), (within100, within(100)), (bias, signed),
            ].map { Evidence($0.0, judge: judge, groupedBy: groupedBy, values: $0.1) }
        }
    }

    private static let onsets = Edge("onset", "word onsets")
    private static let offsets = Edge("offset", "word ends")
    private static let timed = FigureKind("wordsTimed", "true words that could be compared", .share)

    /// Error rates.
    static func errors(truth: Truth, transcript: Transcript) -> [Evidence] {
        let said = truth.spoken
        let score = WordScore(truth: said, heard: transcript.wordsInOrder)
        func share(_ kind: FigureKind, _ count: (WordScore.Passage) -> Int) -> Evidence {
            Evidence(
                kind, judge: truth.form, groupedBy: "turns",
                groups: score.passages.map { [.init(Double(count($0)), weight: Double($0.words))] })
        }
        let permuted = PermutedWordScore(
            truth: Dictionary(grouping: said, by: \.speaker).mapValues { $0.map(\.text).joined(separator: " ") },
            heard: Dictionary(grouping: transcript.passages, by: \.speaker).mapValues {
                $0.map(\.text).joined(separator: " ")
            })
        return [
            share(errorRate) { $0.errors }, share(substituted) { $0.substitutions }, share(deleted) { $0.deletions },
            share(inserted) { $0.insertions },
            Evidence(
                characterRate, judge: truth.form, groupedBy: "files",
                groups: [[.init(Double(score.characterErrors), weight: Double(score.characters))]]),
            Evidence(
                Self.permuted, judge: truth.form, groupedBy: "files",
                groups: [[.init(Double(permuted.errors), weight: Double(permuted.words))]]),
        ]
    }

    /// Where words begin and end; nothing where the truth does not say.
    /// - Parameter heard: in order of time.
    static func times(truth: Truth, heard: [Word]) -> [Evidence] {
        let score = WordScore(truth: truth.spoken, heard: heard)
        guard truth.passages.contains(where: { $0.words.contains { $0.span != nil } }) else { return [] }
        let words = score.passages.reduce(0) { $0 + $1.words }
        return [
            Evidence(
                timed, judge: truth.form, groupedBy: "files",
                groups: [[.init(Double(score.onsetErrors.count), weight: Double(words))]])
        ] + onsets.evidence([score.onsetErrors], judge: truth.form, groupedBy: "files")
            + offsets.evidence([score.offsetErrors], judge: truth.form, groupedBy: "files")
    }
}

extension Transcript {
    /// All words, whoever says them, in order of time.
    var wordsInOrder: [Word] { passages.flatMap(\.words).sorted { $0.span.start < $1.span.start } }
}
