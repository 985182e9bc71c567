import ArgumentParser
import AudioCore
import Configuration
import Foundation
import Pipeline

/// `hyperaudio stage inspect`.
struct StageInspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what is in a result, or in an audio, RTTM or JSON file.",
        discussion: """
            Shapes, durations, levels, speakers and words are printed; a spectrogram and an MP3 of each sound are written:

              hyperaudio stage inspect --input separator_1732270000
              hyperaudio stage inspect --input truth.rttm
              hyperaudio stage inspect --input talk.wav --output pictures
            """)
    @Option(help: ArgumentHelp("A cached result's name, the folder of a result, or a file.", valueName: "input"))
    var input: String
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Where pictures and MP3s go; a new folder in the cache by default.", valueName: "dir"))
    var output: String?
    @Flag(inversion: .prefixedNo, help: "Write pictures and MP3s.") var files = true
    @Flag(help: "Print JSON, with all rows.") var json = false
    @OptionGroup var place: PlaygroundCommand.CacheOptions

    /// Rows of a table that fit on a screen.
    private static let mostRows = 20

    func run() async throws {
        let cache = ResultCache(try place.settings().stageCache)
        let home = output.map { URL(fileURLWithPath: $0, isDirectory: true) } ?? cache.newPlace(for: "inspect")
        let (input, target) = (input, files ? home : nil)
        let interruption = Interruption()
        let inspection = try await onOwnThread {
            interruption.trip()
        } _: {
            try StageInspector(media: Assembly.media, cache: cache, interruption: interruption)
                .inspect(input, writingTo: target)
        }
        guard !json else { return try Output.json(inspection) }
        Terminal.output.write("\(inspection.subject): \(inspection.kind)\n")
        if !inspection.figures.isEmpty {
            Output.table(["figure", "value"], inspection.figures.map { [$0.name, $0.text] })
        }
        for table in [inspection.soundTable].compactMap({ $0 }) + inspection.tables { Self.print(table) }
        for file in inspection.written { Terminal.output.write(file.relativePath + "\n") }
    }

    private static func print(_ table: StageTable) {
        Terminal.output.write("\n")
        Output.table(table.header, table.rows.prefix(mostRows).map { row in row.map { String($0.prefix(100)) } })
        guard table.rows.count > mostRows else { return }
        Terminal.output.write(
            "... \(table.rows.count - mostRows) more of \(table.rows.count) \(table.title); --json has all\n")
    }
}

/// `hyperaudio stage compare`.
struct StageCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare two results of one stage, in figures and by ear.",
        discussion: """
              hyperaudio stage compare separator_1732270000 separator_1732270100

            writes a page that needs nothing else, on which both can be heard at the same place.
            """)
    @Argument(help: "A cached result's name, the folder of a result, or a file.") var a: String
    @Argument(help: "Another of the same kind.") var b: String
    @Option(
        name: [.short, .long], help: ArgumentHelp("The page; a new one in the cache by default.", valueName: "file"))
    var output: String?
    @OptionGroup var writing: OutputOptions
    @Flag(inversion: .prefixedNo, help: "Write the page.") var page = true
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var place: PlaygroundCommand.CacheOptions

    func run() async throws {
        let cache = ResultCache(try place.settings().stageCache)
        let file =
            try output.map { try writing.file($0, from: [self.a, self.b]) }
            ?? cache.newPlace(for: "compare", extension: "html")
        let (a, b, target) = (a, b, page ? file : nil)
        let interruption = Interruption()
        let comparison = try await onOwnThread {
            interruption.trip()
        } _: {
            try StageComparer(media: Assembly.media, cache: cache, interruption: interruption).compare(
                a, b, page: target)
        }
        guard !json else { return try Output.json(comparison) }
        Terminal.output.write("A: \(comparison.a)\nB: \(comparison.b)\n\n")
        Output.table(["figure", "A", "B", "B - A"], comparison.figures.map(\.texts))
        if !comparison.options.isEmpty {
            Terminal.output.write("\n")
            Output.table(["chosen differently", "A", "B"], comparison.options.map { [$0.option, $0.a, $0.b] })
        }
        if !comparison.distances.isEmpty {
            Terminal.output.write("\n")
            Output.table(["distance", "value"], comparison.distances.map { [$0.name, $0.text] })
        }
        if let page = comparison.page { Terminal.output.write("\n\(page.relativePath)\n") }
    }
}
