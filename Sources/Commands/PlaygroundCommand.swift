import ArgumentParser
import AudioCore
import Configuration
import Foundation
import Pipeline

/// `hyperaudio stage`.
struct PlaygroundCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stage", abstract: "Run, measure and look into single stages: for those who develop or tune one.",
        discussion: """
            Each result lies in dev_cache/<stage>_<unix time>, in the form of a run's folder:

              hyperaudio stage run --stage diarizer --input talk.mp3
              hyperaudio stage run --stage recognizer --input talk.mp3 --auto --set recognizer.beams=1
              hyperaudio stage inspect --input recognizer_1732270000
              hyperaudio stage compare recognizer_1732270000 recognizer_1732270100

            docs/playground.md says more.
            """,
        subcommands: [
            List.self, StageRunCommand.self, StageProfileCommand.self, StageInspectCommand.self,
            StageCompareCommand.self, StageWatchCommand.self,
        ])

    /// Where results are kept.
    struct CacheOptions: ParsableArguments {
        @Option(help: ArgumentHelp(OptionCatalogue.help("stage.cache"), valueName: "dir")) var cache: String?
        @OptionGroup(title: "Configuration") var choice: ConfigurationOptions

        func settings(_ flags: [GivenOption?] = []) throws -> Settings {
            try choice.configuration(flags + [.flag("--cache", "stage.cache", cache)]).settings
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the stages, or sample recordings and cached results.",
            discussion: """
                  hyperaudio stage list                     the stages, what they take and give
                  hyperaudio stage list --stage diarizer    the results of one stage
                  hyperaudio stage list --stage any         recordings in data/, and all results
                """)
        @Option(help: "A stage's name, or any.") var stage: String?
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var place: CacheOptions

        struct Result: Encodable {
            var name: String, stage: String, programme: String, made: Date, megabytes: Double
        }
        struct Stage: Encodable {
            var stage: String, takes: [String], gives: String, purpose: String
        }
        struct Listing: Encodable {
            var recordings: [String], results: [Result]
        }

        func run() throws {
            guard let stage else { return try listStages() }
            let only = stage == "any" ? nil : try StageName(argument: stage) ?? unknown(stage)
            let cache = ResultCache(try place.settings().stageCache)
            let listing = Listing(
                recordings: only == nil ? Self.recordings(in: URL(fileURLWithPath: "data")) : [],
                results: cache.results.filter { only == nil || $0.stage == only }.map(Self.row))
            guard !json else { return try Output.json(listing) }
            for recording in listing.recordings { Terminal.output.write("\(recording)\n") }
            Output.table(
                ["result", "stage", "programme", "made", "MB"],
                listing.results.map {
                    [
                        $0.name, $0.stage, $0.programme, $0.made.formatted(.iso8601),
                        String(format: "%.1f", $0.megabytes),
                    ]
                })
        }

        private func unknown(_ stage: String) throws -> StageName {
            throw AudioError(
                .usage, operation: "list", subject: stage, cause: "there is no such stage",
                mend: "choose any or one of \(StageName.six.map(\.rawValue).joined(separator: ", "))")
        }

        private func listStages() throws {
            let stages = StageName.six.map {
                Stage(
                    stage: $0.rawValue, takes: $0.reads.isEmpty ? ["audio file"] : $0.reads.map(\.rawValue),
                    gives: $0.gives, purpose: $0.purpose)
            }
            guard !json else { return try Output.json(stages) }
            Output.table(
                ["stage", "takes", "gives"], stages.map { [$0.stage, $0.takes.joined(separator: ", "), $0.gives] })
        }

        private static func row(_ result: CachedResult) -> Result {
            let programme = result.inputPath.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "-"
            let files = FileManager.default.enumerator(at: result.folder, includingPropertiesForKeys: [.fileSizeKey])
            let bytes = (files?.allObjects as? [URL] ?? []).reduce(0) {
                $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0)
            }
            return Result(
                name: result.name, stage: result.stage.rawValue, programme: programme, made: result.made,
                megabytes: Double(bytes) / 1e6)
        }

        private static let extensions: Set<String> = [
            "wav", "flac", "mp3", "m4a", "aac", "ogg", "opus", "aiff", "aif", "wma", "mp4", "mkv", "mov", "webm",
        ]

        /// Audio files in a folder and the folders in it.
        static func recordings(in folder: URL) -> [String] {
            let names = FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []
            return names.filter { extensions.contains(URL(fileURLWithPath: $0).pathExtension.lowercased()) }.sorted()
                .map { "\(folder.relativePath)/\($0)" }
        }
    }
}

extension Settings {
    /// Where single stages' results are kept.
    var stageCache: URL { cacheFolder ?? URL(fileURLWithPath: "dev_cache", isDirectory: true) }
}

extension StageName: ExpressibleByArgument {
    public init?(argument: String) {
        guard let stage = StageName(rawValue: argument), StageName.six.contains(stage) else { return nil }
        self = stage
    }

    public static var allValueStrings: [String] { six.map(\.rawValue) }
}

/// One stage and what it is given.
struct PlayOptions: ParsableArguments {
    @Option(help: "The stage.") var stage: StageName
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "An audio file, a cached result's name, or the folder of a result or a run; may be repeated.",
            valueName: "input"))
    var input: [String]
    @Flag(help: "Also run earlier stages whose results are lacking.") var auto = false
    @Option(help: ArgumentHelp("The speaker to replace; the one who talks most by default.", valueName: "speaker"))
    var targetSpeaker: String?
    @Option(help: ArgumentHelp("The voice for the synthesizer.", valueName: "voice")) var replacementVoice: String?
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Say nothing but errors.") var quiet = false
    @OptionGroup var programme: ProgrammeOptions
    @OptionGroup var resources: ResourceOptions
    @OptionGroup var place: PlaygroundCommand.CacheOptions

    func validate() throws {
        if input.isEmpty { throw ValidationError("Name an input with --input.") }
        if targetSpeaker != nil && replacementVoice == nil {
            throw ValidationError("--target-speaker needs --replacement-voice.")
        }
    }

    func settings() throws -> Settings { try place.settings(programme.flags + resources.flags) }

    func playground(_ settings: Settings) throws -> Playground {
        let display = ProgressDisplay(isQuiet: quiet)
        return Playground(
            runner: try settings.runner { display.show($0) }, cache: ResultCache(settings.stageCache))
    }

    func request(_ settings: Settings) throws -> StageRequest {
        let argument = replacementVoice.map { voice in targetSpeaker.map { "\($0)=\(voice)" } ?? voice }
        return StageRequest(
            stage: stage, inputs: input, voices: try argument.map { [try VoiceChoice(argument: $0)] } ?? [],
            runsEarlier: auto, knowledge: settings.knowledge)
    }
}
