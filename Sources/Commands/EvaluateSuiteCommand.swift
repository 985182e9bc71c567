import ArgumentParser
import AudioCore
import Evaluation
import Files
import Foundation
import Pipeline

/// `hyperaudio evaluate SUITE`.
struct EvaluateSuiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suite", abstract: "Run what a suite names and judge it.",
        discussion: """
            A suite is a YAML file that names recordings with truth and what to do with each; the program's
            sources have examples in Benchmarks/suites, docs/evaluation.md says what every figure means:

              hyperaudio evaluate podcasts.yaml --output podcasts.json

            What cannot be measured is a row too, and makes the program end with an error.
            """)

    @Argument(help: ArgumentHelp("The suite.", valueName: "suite")) var suite: String
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Only this material of the suite; may be repeated.", valueName: "material"))
    var only: [String] = []
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Only this step of each material; may be repeated.", valueName: "step"))
    var step: [Material.Step] = []
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Write all figures as JSON, those of each material too.", valueName: "file"))
    var output: String?
    @OptionGroup var writing: OutputOptions
    @OptionGroup var run: RunOptions

    func run() async throws {
        let target = try output.map { try writing.file($0, from: [suite]) }
        let chosen = try chosen(SuiteReader().read(inputFile(suite)))
        let runner = try self.run.runner()
        let steps = try await Evaluator(runner: runner).measure(chosen) { material, step, done, count in
            guard !self.run.quiet else { return }
            Terminal.error.write("\(done + 1) of \(count): \(step.rawValue) \(material.name)\n")
        }
        let report = EvaluationReport(
            suite: chosen, program: "Hyper Audio \(Version.text)", models: runner.engines.allModels, steps: steps)
        if let target { try write(report, to: target) }
        if self.run.json { try Output.json(report) } else { EvaluationTable(report).print() }
        guard let failure = steps.compactMap(\.failure).first else { return }
        // What a suite asks wrongly is no wrong use of the command.
        throw ExitCode((failure.kind == .usage ? .badData : failure.kind).rawValue)
    }

    private func chosen(_ suite: Suite) throws -> Suite {
        var suite = suite
        for name in only where !suite.materials.contains(where: { $0.name == name }) {
            throw AudioError(
                .usage, operation: "measure", subject: name, cause: "the suite has no such material",
                mend: "it has \(suite.materials.map(\.name).joined(separator: ", "))")
        }
        suite.materials = suite.materials.filter { only.isEmpty || only.contains($0.name) }.map { material in
            var material = material
            material.steps = material.steps.filter { step.isEmpty || step.contains($0) }
            return material
        }
        guard suite.materials.contains(where: { !$0.steps.isEmpty }) else {
            throw AudioError(
                .usage, operation: "measure", subject: suite.name, cause: "nothing is left to be done",
                mend: "leave --step out")
        }
        return suite
    }

    private func write(_ report: EvaluationReport, to target: URL) throws {
        do {
            try CanonicalJSON.pretty(report).write(to: target, options: .atomic)
        } catch {
            throw AudioError(
                .cannotCreate, operation: "write", subject: target.relativePath, cause: FileError.reason(error),
                mend: "choose another place")
        }
    }
}

extension Material.Step: ExpressibleByArgument {}
