import ArgumentParser
import AudioCore
import Configuration
import Foundation
import Pipeline

/// What work may take of the machine.
struct ResourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp(OptionCatalogue.help("device"))) var device: Device?
    @Option(help: ArgumentHelp(OptionCatalogue.help("threads"), valueName: "n")) var threads: Int?
    @Option(help: ArgumentHelp(OptionCatalogue.help("max-memory"), valueName: "amount")) var maxMemory: String?
    @Option(help: ArgumentHelp(OptionCatalogue.help("nice"), valueName: "n")) var nice: String?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more.") }
    }

    /// The flags that were given.
    var flags: [GivenOption?] {
        [
            .flag("--device", "device", device?.rawValue), .flag("--threads", "threads", threads.map(String.init)),
            .flag("--max-memory", "max-memory", maxMemory), .flag("--nice", "nice", nice),
        ]
    }
}

/// Where a run works and how much it says.
struct RunOptions: ParsableArguments {
    @Option(help: ArgumentHelp(OptionCatalogue.help("work-dir"), valueName: "dir")) var workDir: String?
    @Flag(help: "Do everything anew, even what is already done.") var fresh = false
    @OptionGroup var resources: ResourceOptions
    @Flag(help: "Print the result as JSON.") var json = false
    @Flag(help: "Say nothing but errors.") var quiet = false
    @Flag(name: .shortAndLong, help: "Say more: what each network took.") var verbose = false
    @OptionGroup(title: "Configuration") var choice: ConfigurationOptions

    private var flags: [GivenOption?] { [.flag("--work-dir", "work-dir", workDir)] + resources.flags }

    /// What is set by the configuration and by this command's flags.
    /// - Parameters:
    ///   - flags: those that the command has beside these.
    ///   - base: what wins over the file and the environment only.
    func configuration(_ flags: [GivenOption?] = [], over base: [GivenOption] = []) throws -> Configuration {
        try choice.configuration(self.flags + flags, over: base)
    }

    func settings(_ flags: [GivenOption?] = []) throws -> Settings { try configuration(flags).settings }

    /// The runner, with a display that shows its events.
    func runner(_ settings: Settings) throws -> PipelineRunner {
        let display = ProgressDisplay(isQuiet: quiet, isVerbose: verbose)
        return try settings.runner(startsAfresh: fresh) { display.show($0) }
    }

    func runner() throws -> PipelineRunner { try runner(settings()) }
}

extension Settings {
    var memory: MemoryBudget { MemoryBudget(limitBytes: mostMemoryMegabytes.map { Int($0 * 1_000_000) }) }

    /// Where runs are kept.
    var runsFolder: URL { workFolder ?? Places.runs }

    /// What speaks outside runs, within these bounds.
    func speakingEngines() throws -> Engines {
        ProcessPriority.lower(to: niceness)
        try memory.check(.synthesizer)
        return try Assembly(self).engines
    }

    /// Works with these options and within these bounds.
    /// - Parameter engines: nil: what is installed.
    func runner(
        engines: Engines? = nil, startsAfresh: Bool = false, events: @escaping @Sendable (RunEvent) -> Void
    ) throws -> PipelineRunner {
        ProcessPriority.lower(to: niceness)
        var maker = RunMaker()
        maker.program += " \(Version.text)"
        maker.options = changes
        return PipelineRunner(
            engines: try engines ?? Assembly(self).engines, options: stages, workFolder: runsFolder,
            startsAfresh: startsAfresh, memory: memory, maker: maker, events: events)
    }
}

/// What is known beforehand about the programme.
struct ProgrammeOptions: ParsableArguments {
    @Option(help: ArgumentHelp(OptionCatalogue.help("diarizer.speakers"), valueName: "n")) var speakers: Int?
    @Option(help: ArgumentHelp(OptionCatalogue.help("recognizer.language"), valueName: "code")) var language: String?
    @Option(help: ArgumentHelp(OptionCatalogue.help("recognizer.prompt"), valueName: "words")) var prompt: String?

    func validate() throws {
        if let speakers, speakers < 1 { throw ValidationError("--speakers must be 1 or more.") }
    }

    /// The flags that were given; `Settings.knowledge` holds them with what the configuration says.
    var flags: [GivenOption?] {
        [
            .flag("--speakers", "diarizer.speakers", speakers.map(String.init)),
            .flag("--language", "recognizer.language", language?.lowercased()),
            .flag("--prompt", "recognizer.prompt", prompt),
        ]
    }
}

/// A file named on the command line, which must be there.
func inputFile(_ path: String) throws -> URL {
    let url = URL(fileURLWithPath: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
        throw AudioError(
            .noInput, operation: "read", subject: path, cause: "there is no such file",
            mend: "check the name; a name with spaces needs quotes")
    }
    guard !isFolder.boolValue else {
        throw AudioError(
            .noInput, operation: "read", subject: path, cause: "it is a folder", mend: "name one audio file in it")
    }
    return url
}
