import AudioCore
import Foundation

/// A stretch of a programme in several versions: the original, and what each run made of it.
struct ListeningItem {
    /// A stretch that can be read from a run's results.
    struct Source {
        /// Index into the runs.
        let run: Int
        let sound: TurnSound.Version
    }

    /// For the answers: digits of the input's digest, and where the stretch begins.
    let name: String
    /// From the first replaced word to the last, with a little around them.
    let window: TimeSpan
    /// By name: "original", and "new" or "new 1", "new 2", ...
    let versions: [String: Source]

    static let original = "original"
    private static let marginSeconds = 0.1
    /// Shorter ones cannot be judged, longer ones cannot be remembered.
    private static let judgeableSeconds = 1.5...15.0
    /// Stretches of two runs of one programme are the same when they begin and end so near to each other.
    private static let sameSeconds = 0.25

    /// All that can be judged in these runs. Runs of the same programme become versions of the same items.
    static func all(in runs: [ReportMaterial]) -> [ListeningItem] {
        let groups = Dictionary(grouping: runs.indices) { runs[$0].report.input.sha256 }
        return groups.values.sorted { $0[0] < $1[0] }.flatMap { group -> [ListeningItem] in
            let stretches = group.map { (run: $0, windows: windows(in: runs[$0])) }
            return stretches[0].windows.map { window in
                var versions = [original: Source(run: group[0], sound: .original)]
                for (index, stretch) in stretches.enumerated()
                where stretch.windows.contains(where: { isSame($0, window) }) {
                    versions[group.count == 1 ? "new" : "new \(index + 1)"] = Source(run: stretch.run, sound: .new)
                }
                let place = PlainNumber.decimal(window.start, digits: 2)
                return ListeningItem(
                    name: "\(runs[group[0]].report.input.sha256.prefix(8)) \(place)", window: window, versions: versions
                )
            }
        }
    }

    private static func windows(in run: ReportMaterial) -> [TimeSpan] {
        run.report.replacements.filter { !$0.kept }.compactMap { turn in
            let spans = run.report.spans.filter { $0.turn == turn.turn }
            guard let first = spans.map(\.start).min(), let last = spans.map(\.end).max() else { return nil }
            let window = TimeSpan(
                start: max(0, first - marginSeconds), end: min(run.seconds, last + marginSeconds))
            return judgeableSeconds.contains(window.seconds) ? window : nil
        }
    }

    private static func isSame(_ a: TimeSpan, _ b: TimeSpan) -> Bool {
        abs(a.start - b.start) < sameSeconds && abs(a.end - b.end) < sameSeconds
    }
}
