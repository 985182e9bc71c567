import Evaluation
import Foundation

/// An evaluation in tables for a person: a table for each set and step, figures as rows.
struct EvaluationTable {
    let report: EvaluationReport

    init(_ report: EvaluationReport) { self.report = report }

    /// More materials than this are shown together only; JSON has them all.
    private static let mostColumns = 8

    func print() {
        for (index, pool) in report.pools.enumerated() {
            if index > 0 { line("") }
            print(pool)
        }
    }

    private func print(_ pool: EvaluationReport.Pool) {
        let results = report.results.filter { $0.set == pool.set && $0.step == pool.step }
        let good = results.filter { $0.failure == nil }
        line("\(pool.set): \(pool.step.rawValue), \(good.count) of \(pool.materials) materials measured")
        if !pool.figures.isEmpty {
            let shown = good.count > 1 && good.count <= Self.mostColumns ? good : []
            let judges = Set(pool.figures.map(\.judge))
            let showsJudges = judges.count > 1
            if let judge = judges.first, !showsJudges { line("judged by: \(judge)") }
            let header = [""] + shown.map(\.material) + [good.count > 1 ? "all" : good[0].material, "95 %", "of"]
            Output.table(
                header + (showsJudges ? ["judged by"] : []),
                pool.figures.map { figure in
                    let each = shown.map { result in
                        result.figures.first { $0.name == figure.name }.map(Self.value) ?? "-"
                    }
                    return [figure.label] + each + [Self.value(figure), Self.interval(figure), Self.count(figure)]
                        + (showsJudges ? [figure.judge] : [])
                })
        }
        for result in results { if let failure = result.failure { line("FAILED  \(result.material): \(failure)") } }
    }

    private func line(_ text: String) { Terminal.output.write(text + "\n") }

    private static func value(_ figure: Figure) -> String {
        figure.value.map { text($0, figure.unit) + suffix(figure.unit) } ?? "-"
    }

    private static func interval(_ figure: Figure) -> String {
        guard let low = figure.low, let high = figure.high else { return "-" }
        return "\(text(low, figure.unit)) to \(text(high, figure.unit))"
    }

    private static func count(_ figure: Figure) -> String {
        figure.groups == 1 ? "1" : "\(figure.groups) \(figure.groupedBy)"
    }

    private static func text(_ value: Double, _ unit: FigureKind.Unit) -> String {
        switch unit {
        case .share: number(100 * value, 1)
        case .milliseconds: number(value, 0)
        case .decibels: number(value, 1)
        case .number: number(value, 2)
        }
    }

    private static func suffix(_ unit: FigureKind.Unit) -> String {
        switch unit {
        case .share: " %"
        case .milliseconds: " ms"
        case .decibels: " dB"
        case .number: ""
        }
    }

    private static func number(_ value: Double, _ digits: Int) -> String {
        let text = String(format: "%.\(digits)f", value)
        return text.hasPrefix("-") && text.allSatisfy { "-0.".contains($0) } ? String(text.dropFirst()) : text
    }
}
