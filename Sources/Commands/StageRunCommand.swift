import ArgumentParser
import AudioCore
import Configuration
import Files
import Foundation
import Pipeline

/// `hyperaudio stage run`.
struct StageRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run one stage and keep its result.",
        discussion: """
            Inputs that are lacking are the newest cached ones that fit together; it says which it took:

              hyperaudio stage run --stage separator --input talk.mp3
              hyperaudio stage run --stage recognizer --input separator_1732270000 --auto
              hyperaudio stage run --stage synthesizer --input recognizer_1732270000 \\
                --target-speaker Speaker_A --replacement-voice jf_alpha
            """)
    @Flag(help: "Also print what it took: time, memory, time inside each network.") var profile = false
    @OptionGroup var play: PlayOptions

    func run() async throws {
        let settings = try play.settings()
        let played = try await play.playground(settings).run(play.request(settings))
        guard !play.json else { return try Output.json(played) }
        Terminal.output.write(played.folder.relativePath + "\n")
        if profile { ProfileTable.print([played.profile], median: nil) }
    }
}

/// `hyperaudio stage profile`.
struct StageProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Measure what a stage takes: time, memory, time inside each network.",
        discussion: """
              hyperaudio stage profile --stage diarizer --input talk.mp3 --repeat 5

            Loading the models counts. The result of the last run is kept.
            """)
    @Option(name: .customLong("repeat"), help: ArgumentHelp("How often it is run.", valueName: "n")) var times = 1
    @OptionGroup var play: PlayOptions

    func validate() throws {
        if times < 1 { throw ValidationError("--repeat must be 1 or more.") }
    }

    func run() async throws {
        let settings = try play.settings()
        let profile = try await play.playground(settings).profile(play.request(settings), repeats: times)
        guard !play.json else { return try Output.json(profile) }
        ProfileTable.print(profile.runs, median: profile.median)
        Terminal.output.write("kept: \(profile.name)\n")
    }
}

/// What running a stage took, as a table.
enum ProfileTable {
    /// - Parameter median: shown first where there are several runs.
    static func print(_ runs: [StageProfile], median: StageProfile?) {
        let columns = runs.count > 1 ? [median].compactMap { $0 } + runs : runs
        let header = runs.count > 1 ? ["median"] + runs.indices.map { "run \($0 + 1)" } : ["value"]
        func row(_ name: String, _ text: (StageProfile) -> String) -> [String] { [name] + columns.map(text) }
        var rows = [
            row("wall time, s") { String(format: "%.2f", $0.seconds) },
            row("processor time, s") { String(format: "%.2f", $0.processorSeconds) },
            row("real-time factor") { String(format: "%.3f", $0.realTimeFactor) },
            row("peak memory, MB") { String(format: "%.0f", Double($0.peakMemoryBytes) / 1e6) },
        ]
        for model in columns[0].models {
            rows.append(
                row("inside \(model.name), s") { profile in
                    let time = profile.models.first { $0.name == model.name }
                    return time.map { String(format: "%.2f (%d runs)", $0.seconds, $0.runs) } ?? "-"
                })
        }
        Output.table(["figure"] + header, rows)
    }
}

/// `hyperaudio stage watch`.
struct StageWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Run a stage again whenever its input or the configuration file changes.",
        discussion: """
              hyperaudio stage watch --stage diarizer --input talk.mp3 --config mine.yaml

            It looks once a second, and ends on Ctrl-C.
            """)
    @OptionGroup var play: PlayOptions

    func run() async throws {
        while true {
            var watch = FileWatch(play.input.flatMap(Self.files) + play.place.choice.files)
            do {
                let settings = try play.settings()
                let played = try await play.playground(settings).run(play.request(settings))
                if play.json {
                    try Output.json(played)
                } else {
                    Terminal.output.write(played.folder.relativePath + "\n")
                    ProfileTable.print([played.profile], median: nil)
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                // What is wrong now may be right after the next change.
                _ = Program.report(error)
            }
            var changes: [URL] = []
            while changes.isEmpty {
                try await Task.sleep(for: FileWatch.interval)
                changes = watch.changes()
            }
            if !play.quiet {
                let names = changes.map(\.lastPathComponent).joined(separator: ", ")
                Terminal.error.write("Changed: \(names)\n")
            }
        }
    }

    /// What tells that an input changed: the file itself, or what is written last into a result.
    private static func files(_ input: String) -> [URL] {
        let url = URL(fileURLWithPath: input)
        return [url, url.appendingPathComponent("result.json"), url.appendingPathComponent("edits.json")]
    }
}
