import ArgumentParser
import AudioCore
import Foundation
import Pipeline
import Store

/// `hyperaudio runs`.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List, compare and remove what is kept of finished and unfinished runs.",
        subcommands: [List.self, RunsShowCommand.self, RunsCompareCommand.self, RunsTrendsCommand.self, Remove.self],
        defaultSubcommand: List.self)

    /// Where runs and their index are.
    struct Options: ParsableArguments {
        @OptionGroup var place: RunPlace
        @Option(help: ArgumentHelp("The database of queue, speaker book and index.", valueName: "file"))
        var store: String?

        func runs() throws -> [RunIndex.Run] {
            let store = try Store(store.map { URL(fileURLWithPath: $0) } ?? Places.store)
            return try RunIndex(store).runs(under: place.home.url)
        }

        /// - Parameter name: a run's folder, its name, or the programme's file.
        func run(_ name: String) throws -> RunIndex.Run {
            let home = try place.home
            let folder = try home.folder(of: name).resolvingSymlinksInPath()
            let known = try runs().first { URL(fileURLWithPath: $0.folder).resolvingSymlinksInPath() == folder }
            guard let known else {
                throw AudioError(
                    .noInput, operation: "show", subject: name, cause: "it is not among the runs in \(home.url.path)",
                    mend: "say where it is kept with --work-dir")
            }
            return known
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the runs, the latest first.")
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: Options

        func run() throws {
            let runs = try options.runs()
            guard !json else { return try Output.json(runs) }
            Output.table(
                ["run", "changed", "length", "space", "voices", "programme"],
                runs.map { run in
                    [
                        run.name, Self.day(run.changed), run.seconds.map(Output.clock) ?? "-",
                        "\(run.bytes / 1_000_000) MB", run.voices.isEmpty ? "-" : run.voices.joined(separator: ", "),
                        run.input,
                    ]
                })
            let total = Double(runs.reduce(0) { $0 + $1.bytes }) / 1e9
            Terminal.output.write(
                "\(runs.count) \(runs.count == 1 ? "run" : "runs"), \(String(format: "%.1f", total)) GB\n")
        }

        private static func day(_ seconds: Double) -> String {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.dateFormat = "yyyy-MM-dd HH:mm"
            return formatter.string(from: Date(timeIntervalSince1970: seconds))
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove runs and all that was made in them; outputs elsewhere stay.",
            discussion: """
                  hyperaudio runs remove episode-1a2b3c4d
                  hyperaudio runs remove --older-than 30

                A run in which a process works is not removed.
                """)
        @Argument(help: "Runs (see `hyperaudio runs list`), or their programmes.") var names: [String] = []
        @Option(help: ArgumentHelp("Every run that has not changed for so many days.", valueName: "days"))
        var olderThan: Double?
        @OptionGroup var options: Options

        func validate() throws {
            if names.isEmpty == (olderThan == nil) {
                throw ValidationError("Name the runs to be removed, or say --older-than DAYS.")
            }
            if let olderThan, !(olderThan >= 0) { throw ValidationError("--older-than must be 0 or more.") }
        }

        func run() throws {
            for folder in try chosen() {
                try FinishedRun(folder).remove()
                Terminal.output.write("Removed \(folder.lastPathComponent)\n")
            }
            // Brings the index up to date.
            _ = try options.runs()
        }

        private func chosen() throws -> [URL] {
            guard let olderThan else {
                let home = try options.place.home
                return try names.map { try home.folder(of: $0) }
            }
            let limit = Date().timeIntervalSince1970 - olderThan * 86400
            return try options.runs().filter { $0.changed < limit }.map { URL(fileURLWithPath: $0.folder) }
        }
    }
}
