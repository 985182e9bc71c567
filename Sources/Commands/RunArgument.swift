import ArgumentParser
import AudioCore
import Configuration
import Files
import Foundation
import Pipeline

/// The run that a command means: its folder, its name, or the programme's file.
struct RunArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The programme, or its run's folder or name.", valueName: "run")) var run: String
    @OptionGroup var place: RunPlace

    func folder() throws -> URL { try place.home.folder(of: run) }

    /// Opens the run; where nothing was finished there, its words and speakers are found out first.
    func desk(isQuiet: Bool = false) async throws -> EditDesk {
        let folder = try folder()
        if let desk = try EditDesk(finished: folder) { return desk }
        let display = ProgressDisplay(isQuiet: isQuiet)
        return try await settings(of: folder).runner { display.show($0) }.desk(of: folder)
    }

    /// What the run was made with, so that its words are found and not others, kept within this command's bounds.
    private func settings(of folder: URL) throws -> Settings {
        let facts = try RunFacts(of: folder)
        let here = try place.configuration.settings
        guard let options = facts.options else { return here }
        let origin = Origin.file(folder.appendingPathComponent("run.json"), line: nil)
        var settings = try Configuration(
            flags: options.map { GivenOption(option: $0.key, text: $0.value, origin: origin) }
        ).settings
        settings.workFolder = here.workFolder
        settings.mostMemoryMegabytes = here.mostMemoryMegabytes
        settings.niceness = here.niceness
        return settings
    }
}

/// Where runs are: a flag, or what the configuration says.
struct RunPlace: ParsableArguments {
    @Option(help: ArgumentHelp(OptionCatalogue.help("work-dir"), valueName: "dir")) var workDir: String?
    @OptionGroup(title: "Configuration") var choice: ConfigurationOptions

    var configuration: Configuration {
        get throws { try choice.configuration([.flag("--work-dir", "work-dir", workDir)]) }
    }

    var home: RunHome { get throws { try RunHome(configuration.settings.runsFolder) } }
}

/// A time on the command line: seconds, or minutes and seconds.
struct TimeArgument: ExpressibleByArgument {
    let seconds: Double

    init?(argument: String) {
        guard let seconds = Timecode.seconds(argument) else { return nil }
        self.seconds = seconds
    }

    var defaultValueDescription: String { Output.clock(seconds) }
}
