import ArgumentParser
import AudioCore
import Configuration
import Foundation

/// Where options come from, apart from their own flags.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read options from this YAML file, not from ./hyperaudio.yaml or the user's.", valueName: "file"))
    var config: String?
    @Option(help: "Options that belong together: draft, balanced or best (`hyperaudio help config` says more).")
    var preset: Preset?
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "Set any option that `hyperaudio config reference` lists; may be repeated.", valueName: "option=value"))
    var set: [String] = []

    /// Everything that is set.
    /// - Parameters:
    ///   - flags: the command's own flags, which win over `--set`.
    ///   - base: what wins over the file and the environment only.
    func configuration(_ flags: [GivenOption?] = [], over base: [GivenOption] = []) throws -> Configuration {
        let environment = ProcessInfo.processInfo.environment
        let current = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
        let file = try ConfigurationFile.found(
            named: config ?? environment["HYPERAUDIO_CONFIG"], in: current, user: Places.configuration)
        let named = GivenOption.flag("--preset", OptionCatalogue.presetName, preset?.rawValue)
        return try Configuration(
            file: file, environment: environment, flags: base + assignments() + ([named] + flags).compactMap { $0 })
    }

    /// True where anything was.
    var isGiven: Bool { config != nil || preset != nil || !set.isEmpty }

    /// Files that say something, or would if they were there.
    var files: [URL] {
        let named = config ?? ProcessInfo.processInfo.environment["HYPERAUDIO_CONFIG"]
        if let named { return [URL(fileURLWithPath: named)] }
        return [
            URL(fileURLWithPath: "hyperaudio.yaml"), Places.configuration.appendingPathComponent("hyperaudio.yaml"),
        ]
    }

    private func assignments() throws -> [GivenOption] {
        try set.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw AudioError(
                    .usage, operation: "understand", subject: "--set \(text)", cause: "it is no option=value",
                    mend: "write for instance --set diarizer.speakers=2")
            }
            return GivenOption(option: parts[0], text: parts[1], origin: .flag("--set"))
        }
    }
}

extension Preset: ExpressibleByArgument {}
extension Device: ExpressibleByArgument {}
