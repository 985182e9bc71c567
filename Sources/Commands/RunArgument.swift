import ArgumentParser
import AudioCore
import Configuration
import Files
import Foundation
import Pipeline

/// The run that a command means: its folder, its name, or the programme's file.
struct RunArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The programme, or its run's folder or name.", valueName: "run")) var run: String
    @Option(help: ArgumentHelp("Where runs are kept.", valueName: "dir")) var workDir: String?

    func folder() throws -> URL { try RunHome(workDir).folder(of: run) }

    /// Opens the run; where nothing was finished there, its words and speakers are found out first.
    func desk(isQuiet: Bool = false) async throws -> EditDesk {
        let folder = try folder()
        if let desk = try EditDesk(finished: folder) { return desk }
        let facts = try RunFacts(of: folder)
        var settings = Settings()
        settings.device = facts.runtime["device"].flatMap(Device.init(rawValue:)) ?? .cpu
        settings.threads = facts.runtime["threads"].flatMap(Int.init)
        let display = ProgressDisplay(isQuiet: isQuiet)
        let runner = PipelineRunner(
            engines: try Assembly(settings).engines, workFolder: RunHome(workDir).url,
            events: { display.show($0) })
        return try await runner.desk(of: folder)
    }
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
