import ArgumentParser
import AudioCore
import Files
import Foundation
import Pipeline

/// `hyperaudio transcript`.
struct TranscriptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcript", abstract: "Correct the words of a run.",
        discussion: """
              hyperaudio transcript export episode.mp3 -o episode.csv
              (correct the texts)
              hyperaudio transcript import episode.mp3 episode.csv
            """,
        subcommands: [Export.self, Import.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write the words of a run down, to be corrected.",
            discussion: """
                csv and tsv have a row for each turn, for spreadsheets; srt and vtt are subtitles; json has every word
                with its time. The number of a turn is what other commands call --turn.
                """)
        @OptionGroup var run: RunArgument
        @Option(help: "json, srt, vtt, csv or tsv; by default what the output's extension says, else csv.")
        var format: TranscriptExchange?
        @Option(
            name: [.short, .long], help: ArgumentHelp("Where to write; standard output by default.", valueName: "file"))
        var output: String?
        @OptionGroup var writing: OutputOptions

        func run() async throws {
            let target = try output.map { try writing.file($0, from: [run.run]) }
            let format =
                format ?? target.flatMap { TranscriptExchange(rawValue: $0.pathExtension.lowercased()) } ?? .csv
            let text = try format.text(of: await run.desk().programme)
            guard let target else { return Terminal.output.write(text) }
            try WholeFolder.write(Data(text.utf8), to: target)
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Take corrected words over into a run.",
            discussion: """
                Only what differs becomes a change. A turn whose text was emptied stays the original. In a table and in
                json the speaker of a turn may be changed, too.
                """)
        @OptionGroup var run: RunArgument
        @Argument(help: ArgumentHelp("The corrected transcript: .json, .srt, .vtt, .csv or .tsv.", valueName: "file"))
        var file: String
        @Option(help: "The file's form, where its extension does not say it.") var format: TranscriptExchange?
        @Flag(help: "Print the result as JSON.") var json = false

        func run() async throws {
            let url = try inputFile(file)
            guard let format = format ?? TranscriptExchange(rawValue: url.pathExtension.lowercased()) else {
                throw AudioError(
                    .usage, operation: "import", subject: file, cause: "its extension says no form of transcript",
                    mend: "say it with --format \(TranscriptExchange.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            let text = try Self.text(of: url)
            var desk = try await run.desk(isQuiet: json)
            let imported = try desk.importTranscript(text, format: format, subject: url.lastPathComponent)
            if json { return try Output.json(imported) }
            guard imported.lines + imported.speakers > 0 else {
                return Terminal.output.write("Nothing differs: the run stays as it was.\n")
            }
            var parts: [String] = []
            if imported.lines > 0 { parts.append("\(EditReport.count(imported.lines, "line")) with other words") }
            if imported.speakers > 0 {
                parts.append("\(EditReport.count(imported.speakers, "turn")) with another speaker")
            }
            Terminal.output.write("Took over \(parts.joined(separator: " and ")).\n")
            let consequence = EditReport.consequence(imported.outcome, hasVoices: !desk.voices.isEmpty)
            Terminal.output.write(consequence + "\n")
        }

        /// UTF-8, or UTF-16 where the file begins with its mark, as spreadsheets write it.
        private static func text(of url: URL) throws -> String {
            let data: Data
            do { data = try Data(contentsOf: url) } catch {
                throw FileError(.noInput, url, "read", FileError.reason(error))
            }
            let isUTF16 = data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF])
            let text = isUTF16 ? String(data: data, encoding: .utf16) : String(validating: data, as: UTF8.self)
            guard let text else { throw FileError(.badData, url, "read", "it is not UTF-8") }
            return text
        }
    }
}

extension TranscriptExchange: ExpressibleByArgument {}
