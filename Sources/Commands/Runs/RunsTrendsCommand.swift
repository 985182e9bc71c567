import ArgumentParser
import AudioCore
import Pipeline
import Store

/// `hyperaudio runs trends`.
struct RunsTrendsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trends", abstract: "Show how speed, memory, quality and failures went over the latest runs.",
        discussion: """
            Each figure as the median of the older and of the newer half of the runs, and a bar for each run, the oldest
            first; the lowest bar is the least value, the highest the greatest.
            """)
    @Option(help: "So many of the latest finished runs.") var last = 20
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: RunsCommand.Options

    struct Trend: Encodable {
        var figure: RunFigures.Figure
        var olderMedian: Double
        var newerMedian: Double
        /// The oldest first.
        var values: [Double]
    }

    func validate() throws {
        if last < 2 { throw ValidationError("--last must be 2 or more.") }
    }

    func run() throws {
        let all = try options.runs()
        let finished = Array(all.filter { $0.figures != nil }.prefix(last).reversed())
        guard finished.count >= 2 else {
            throw AudioError(
                .noInput, operation: "show", subject: "trends", cause: "\(finished.count) runs are finished",
                mend: "run `hyperaudio replace` on two programmes or more")
        }
        let trends = RunFigures.Figure.allCases.compactMap { trend($0, finished.compactMap(\.figures)) }
        guard !json else { return try Output.json(trends) }
        Output.table(
            ["figure", "older half", "newer half", "each run"],
            trends.map {
                [
                    $0.figure.label, $0.figure.text($0.olderMedian), $0.figure.text($0.newerMedian), bars($0.values),
                ]
            })
        let failures = all.reduce(0) { $0 + $1.history.failures.count }
        let begun = all.reduce(0) { $0 + $1.history.begun }
        Terminal.output.write("\(finished.count) finished runs; \(failures) of \(begun) starts in all runs failed.\n")
    }

    private func trend(_ figure: RunFigures.Figure, _ runs: [RunFigures]) -> Trend? {
        let values = runs.compactMap { $0.values[figure] }
        guard values.count >= 2 else { return nil }
        let middle = values.count / 2
        return Trend(
            figure: figure, olderMedian: quantile(0.5, of: Array(values[..<middle])),
            newerMedian: quantile(0.5, of: Array(values[middle...])), values: values)
    }

    private func bars(_ values: [Double]) -> String {
        let steps = Array("▁▂▃▄▅▆▇█")
        guard let low = values.min(), let high = values.max(), high > low else {
            return String(repeating: "▄", count: values.count)
        }
        return String(values.map { steps[Int((($0 - low) / (high - low) * Double(steps.count - 1)).rounded())] })
    }
}
