import ArgumentParser

/// `hyperaudio evaluate`.
struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure how good the results are.",
        subcommands: [EvaluateSuiteCommand.self, EvaluateListenCommand.self],
        defaultSubcommand: EvaluateSuiteCommand.self)
}
