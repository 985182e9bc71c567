import ArgumentParser
import Configuration
import Foundation

/// `hyperaudio config`.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show the options there are and what they are set to.",
        discussion: """
            Options come from defaults, a preset, a YAML file, HYPERAUDIO_ variables and flags; later ones win:

              hyperaudio config show --changed
              hyperaudio config reference --format yaml > hyperaudio.yaml

            A preset sets several options: draft is fast, balanced is the default, best is careful.
            docs/configuration.md describes everything.
            """,
        subcommands: [Show.self, Reference.self], defaultSubcommand: Show.self)

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print every option's value and where it comes from.")
        @Flag(help: "Only what is no default.") var changed = false
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var choice: ConfigurationOptions

        struct Row: Encodable {
            var option: String
            var value: String
            /// "default", "preset", "file", "environment", "flag".
            var from: String
            /// "hyperaudio.yaml line 3"
            var source: String
        }

        func run() throws {
            let configuration = try choice.configuration()
            let preset = Row(
                option: OptionCatalogue.presetName, value: configuration.preset.rawValue,
                from: configuration.presetOrigin.kind, source: configuration.presetOrigin.text)
            let options = OptionCatalogue.options.map { option in
                let origin = configuration.origin(of: option)
                return Row(
                    option: option.name, value: option.text(in: configuration.settings), from: origin.kind,
                    source: origin.text)
            }
            let rows = ([preset] + options).filter { !changed || $0.from != Origin.standard.kind }
            guard !json else { return try Output.json(rows) }
            Output.table(["option", "value", "from"], rows.map { [$0.option, $0.value, $0.source] })
        }
    }

    struct Reference: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Describe every option.",
            discussion:
                "`--format yaml` gives a configuration file to start from, `--format markdown` the manual's page.")

        enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, yaml }

        @Option(help: "text, markdown or yaml.") var format = Format.text

        func run() throws {
            switch format {
            case .markdown: Terminal.output.write(ConfigurationReference.markdown)
            case .yaml: Terminal.output.write(ConfigurationReference.yaml)
            case .text:
                Output.table(
                    ["option", "default", "values", "what it does"],
                    OptionCatalogue.options.map { [$0.name, $0.standard, $0.possible, $0.summary] })
            }
        }
    }
}
