import ArgumentParser
import AudioCore
import Pipeline
import Store

/// `hyperaudio runs compare`.
struct RunsCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Show the figures of two or more runs side by side.",
        discussion: "The difference is the last run's less the first's, and whether it is for the better.")
    @Argument(help: ArgumentHelp("Programmes, or their runs' folders or names.", valueName: "runs"))
    var names: [String]
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: RunsCommand.Options

    func validate() throws {
        if names.count < 2 { throw ValidationError("Name at least two runs; see `hyperaudio runs list`.") }
    }

    func run() throws {
        let runs = try names.map { try options.run($0) }
        guard !json else { return try Output.json(runs) }
        if let unfinished = runs.first(where: { $0.figures == nil }) {
            throw AudioError(
                .noInput, operation: "compare", subject: unfinished.name, cause: "nothing was replaced in it yet",
                mend: "run `hyperaudio replace` on it first")
        }
        let figures = runs.compactMap(\.figures)
        Output.table(
            ["figure"] + runs.map(\.name) + ["difference"],
            RunFigures.Figure.allCases.map { figure in
                [figure.label] + figures.map { figure.text($0) } + [difference(figure, figures[0], figures.last)]
            })
    }

    private func difference(_ figure: RunFigures.Figure, _ first: RunFigures, _ last: RunFigures?) -> String {
        guard let before = first.values[figure], let after = last?.values[figure] else { return "-" }
        let text = (after > before ? "+" : "") + figure.text(after - before)
        guard figure.text(before) != figure.text(after) else { return "0" }
        return "\(text), \((after < before) == figure.isBetterWhenLower ? "better" : "worse")"
    }
}
