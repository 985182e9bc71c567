import ArgumentParser
import AudioCore
import Configuration
import Files
import Foundation
import Pipeline

/// `hyperaudio diarize`.
struct DiarizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diarize", abstract: "Find out who speaks when.",
        discussion: """
            Prints each speaker's share, first words and a sample to listen to:

              hyperaudio diarize episode.mp3
              hyperaudio diarize episode.mp3 --speakers 2 --rttm turns.rttm
            """)
    @Argument(help: ArgumentHelp("The programme.", valueName: "input")) var input: String
    @Option(help: ArgumentHelp("Write the turns as RTTM.", valueName: "file")) var rttm: String?
    @Flag(inversion: .prefixedNo, help: "Also write down the words, to show each speaker's first ones.")
    var words = true
    @OptionGroup var writing: OutputOptions
    @OptionGroup var programme: ProgrammeOptions
    @OptionGroup var run: RunOptions

    func run() async throws {
        let input = try inputFile(input)
        let target = try rttm.map { try writing.file($0, from: [input.path]) }
        let settings = try self.run.settings(programme.flags)
        let speakers = try await self.run.runner(settings).speakers(
            of: input, knowledge: settings.knowledge, withWords: words)
        if let target { try copy(speakers.rttm, to: target) }
        guard !run.json else { return try Output.json(speakers) }
        Output.table(
            ["speaker", "minutes", "share", "turns", "first words", "sample"],
            speakers.speakers.map {
                [
                    [$0.id.name, $0.name].compactMap(\.self).joined(separator: " "), Output.clock($0.seconds),
                    "\(Int(($0.share * 100).rounded())) %", "\($0.turns)",
                    $0.firstWords ?? "", $0.sample?.path ?? "",
                ]
            })
    }
}

/// `hyperaudio transcribe`.
struct TranscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcribe", abstract: "Write down who says what, and when.",
        discussion: """
              hyperaudio transcribe episode.mp3
              hyperaudio transcribe episode.mp3 --format srt -o episode.srt

            The words' times come from the lock, which finds half of the words within 17 ms of where they are; --quick takes
            the recognizer's own, half of which are within 67 ms, and is done sooner.
            """)

    @Argument(help: ArgumentHelp("The programme.", valueName: "input")) var input: String
    @Option(help: ArgumentHelp(OptionCatalogue.help("transcript.format"))) var format: TranscriptFormat?
    @Option(
        name: [.short, .long], help: ArgumentHelp("Where to write; standard output by default.", valueName: "file"))
    var output: String?
    @Flag(help: ArgumentHelp(OptionCatalogue.help("transcript.quick"))) var quick = false
    @OptionGroup var writing: OutputOptions
    @OptionGroup var programme: ProgrammeOptions
    @OptionGroup var run: RunOptions

    func run() async throws {
        let input = try inputFile(input)
        let target = try output.map { try writing.file($0, from: [input.path]) }
        let asked: [GivenOption?] = [
            .flag("--format", "transcript.format", format?.rawValue),
            .flag("--quick", "transcript.quick", quick ? "true" : nil),
        ]
        let settings = try self.run.settings(programme.flags + asked)
        let folder = try await self.run.runner(settings).transcript(
            of: input, knowledge: settings.knowledge, isTimedExactly: !settings.isQuick)
        let guessed = target.flatMap { TranscriptFormat(rawValue: $0.pathExtension.lowercased()) }
        let format = settings.transcriptFormat ?? guessed ?? (run.json ? .json : .text)
        let made = folder.appendingPathComponent("transcript.\(format.rawValue)")
        if let target {
            try copy(made, to: target)
        } else {
            Terminal.output.write(try String(contentsOf: made, encoding: .utf8))
        }
    }
}

/// `hyperaudio separate`.
struct SeparateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "separate", abstract: "Take voices and music apart.",
        discussion: """
            Writes <name>.vocals.wav and <name>.music.wav, 24 bit, which add up exactly to the programme:

              hyperaudio separate episode.mp3 --output-dir stems
            """)
    @Argument(help: ArgumentHelp("The programme.", valueName: "input")) var input: String
    @Option(help: ArgumentHelp("Where to write; beside the input by default.", valueName: "dir")) var outputDir: String?
    @Flag(help: "Overwrite stems that exist.") var force = false
    @OptionGroup var run: RunOptions

    struct Written: Encodable { var vocals: String, music: String }

    func run() async throws {
        let input = try inputFile(input)
        let folder = outputDir.map { URL(fileURLWithPath: $0) } ?? input.deletingLastPathComponent()
        let stems = try await self.run.runner().stems(of: input, into: folder, overwrites: force)
        let written = Written(vocals: stems.vocals.path, music: stems.music.path)
        if run.json { try Output.json(written) } else { Terminal.output.write("\(written.vocals)\n\(written.music)\n") }
    }
}

extension TranscriptFormat: ExpressibleByArgument {}

/// Copies a result to where the user wants it.
private func copy(_ source: URL, to target: URL) throws {
    do {
        try Data(contentsOf: source).write(to: target, options: .atomic)
    } catch {
        throw AudioError(
            .cannotCreate, operation: "write", subject: target.relativePath, cause: FileError.reason(error),
            mend: "choose another place")
    }
}
