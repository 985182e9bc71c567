import ArgumentParser
import AudioCore
import Foundation
import Pipeline
import Store

/// `hyperaudio runs show`.
struct RunsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a run: speed and memory of its stages, quality, what failed.")
    @Argument(help: ArgumentHelp("The programme, or its run's folder or name.", valueName: "run")) var name: String
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: RunsCommand.Options

    func run() throws {
        let run = try options.run(name)
        guard !json else { return try Output.json(run) }
        say("\(run.name): \(run.input)" + (run.seconds.map { ", \(Output.clock($0))" } ?? ""))
        say(run.voices.isEmpty ? "Nothing was replaced yet." : "Replaced: \(run.voices.joined(separator: ", "))")
        if let figures = run.figures {
            say("")
            Output.table(["figure", "value"], RunFigures.Figure.allCases.map { [$0.label, $0.text(figures)] })
        }
        if let report = try FinishedRun(URL(fileURLWithPath: run.folder)).report {
            say("")
            Output.table(
                ["stage", "seconds", "x real time", "largest memory", "inside networks"],
                report.stages.map { stage in
                    let inside = stage.models.reduce(0) { $0 + $1.seconds }
                    return [
                        stage.stage.label, String(format: "%.1f", stage.seconds),
                        String(format: "%.2f", stage.realTimeFactor), "\(stage.peakMemoryBytes / 1_000_000) MB",
                        String(format: "%.1f s", inside),
                    ]
                })
        }
        say("")
        say(history(run.history))
        for failure in run.history.failures.suffix(5) { say("- \(failure)") }
    }

    private func history(_ history: RunHistory) -> String {
        var parts = ["Begun \(history.begun) times", "\(history.ended) finished"]
        if history.interrupted > 0 { parts.append("\(history.interrupted) interrupted") }
        if history.lost > 0 { parts.append("\(history.lost) killed or still at work") }
        if !history.failures.isEmpty { parts.append("\(history.failures.count) failed, the last with:") }
        return parts.joined(separator: ", ")
    }

    private func say(_ line: String) { Terminal.output.write(line + "\n") }
}

extension RunFigures.Figure {
    func text(_ figures: RunFigures) -> String { figures.values[self].map(text) ?? "-" }
    func text(_ value: Double) -> String { String(format: "%.\(digits)f", value) }
}
