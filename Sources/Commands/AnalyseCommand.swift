import ArgumentParser
import AudioCore
import Configuration
import Files
import Foundation
import Pipeline

/// `hyperaudio analyse`.
struct AnalyseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyse", abstract: "Measure how each speaker's voice sounds and speaks.",
        discussion: """
            Pitch, steadiness, noise, rate, pauses, level, spectrum and formants of every speaker and every turn, measured
            on the separated voices, with a summary in plain words (docs/analysis.md says what each figure is):

              hyperaudio analyse episode.mp3
              hyperaudio analyse episode.mp3 --speaker Speaker_B -o turns.csv
              hyperaudio analyse reading.wav --one-voice --json

            Emotion is not estimated: no validated means for it is part of the program.
            """,
        aliases: ["analyze"])
    @Argument(help: ArgumentHelp("The programme, or its run's folder or name.", valueName: "input|run"))
    var input: String
    @Option(help: "Only this speaker.") var speaker: String?
    @Flag(
        help: """
            The recording is one clean voice: it is measured as it is, nothing is separated, nobody is looked for, and \
            syllables are counted by loudness.
            """)
    var oneVoice = false
    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Write here: .json has everything, .csv and .tsv a row for each turn, .txt what is shown.",
            valueName: "file"))
    var output: String?
    @Option(
        help: ArgumentHelp(
            "Write pitch, level, harmonicity and formants every 10 ms as a table.", valueName: "file"))
    var curves: String?
    @OptionGroup var writing: OutputOptions
    @OptionGroup var programme: ProgrammeOptions
    @OptionGroup var run: RunOptions

    private enum Form: String { case json, csv, tsv, txt }

    func run() async throws {
        let form = try form()
        let target = try output.map { try writing.file($0, from: [input]) }
        let table = try curves.map { try CurveTable(writing.file($0, from: [input])) }
        var request = VoiceAnalysisRequest(speaker: speaker, isOneVoice: oneVoice)
        if let table { request.moments = { try table.add($0) } }
        let analysis = try await analysis(request)
        try table?.finish()
        let text = VoiceAnalysisText(analysis)
        if let target {
            let data =
                switch form {
                case .json: try CanonicalJSON.pretty(analysis)
                case .csv: Data(text.turns(separator: ",").utf8)
                case .tsv: Data(text.turns(separator: "\t").utf8)
                case .txt: Data(text.whole.utf8)
                }
            try WholeFolder.write(data, to: target)
        }
        if run.json { return try Output.json(analysis) }
        if output == nil { Terminal.output.write(text.whole) }
    }

    private func form() throws -> Form {
        guard let output else { return .txt }
        if let form = Form(rawValue: URL(fileURLWithPath: output).pathExtension.lowercased()) { return form }
        throw AudioError(
            .usage, operation: "write", subject: output, cause: "its extension says no form known here",
            mend: "use .json, .csv, .tsv or .txt")
    }

    /// A file is a programme; anything else is a run.
    private func analysis(_ request: VoiceAnalysisRequest) async throws -> VoiceAnalysis {
        let settings = try run.settings(programme.flags)
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: input, isDirectory: &isFolder)
        if isThere, !isFolder.boolValue {
            return try await run.runner(settings).voiceAnalysis(
                of: inputFile(input), knowledge: settings.knowledge, request: request)
        }
        let home = RunHome(settings.runsFolder)
        let looksLikeFile = !isThere && !URL(fileURLWithPath: input).pathExtension.isEmpty
        let folder: URL
        do { folder = try home.folder(of: input) } catch let error as AudioError where looksLikeFile {
            // What has an extension was meant as a file.
            _ = try inputFile(input)
            throw error
        }
        return try await run.runner(settings).voiceAnalysis(in: folder, request: request)
    }
}

/// Curves as a table, written as they come.
private final class CurveTable: Sendable {
    private let file: URL
    private let draft: URL
    private let handle: FileHandle

    init(_ file: URL) throws {
        self.file = file
        draft = CreationTrial.draft(of: file)
        guard FileManager.default.createFile(atPath: draft.path, contents: nil) else {
            throw FileError(.cannotCreate, file, "write", "the folder does not take it")
        }
        handle = try FileHandle(forWritingTo: draft)
        try handle.write(contentsOf: Data("speaker,seconds,f0_hz,level_db,hnr_db,f1_hz,f2_hz,f3_hz\r\n".utf8))
    }

    func add(_ moment: VoiceAnalysis.Moment) throws {
        func text(_ value: Double?, _ digits: Int) -> String { value.map { String(format: "%.\(digits)f", $0) } ?? "" }
        let formants = (0..<3).map { text($0 < moment.formants.count ? moment.formants[$0] : nil, 0) }
        let row =
            [
                moment.speaker.name, text(moment.seconds, 2), text(moment.hertz, 2), text(moment.decibels, 1),
                text(moment.harmonicsToNoise, 2),
            ] + formants
        try handle.write(contentsOf: Data((row.joined(separator: ",") + "\r\n").utf8))
    }

    func finish() throws {
        try handle.close()
        guard rename(draft.path, file.path) == 0 else {
            throw FileError(.cannotCreate, file, "write", String(cString: strerror(errno)))
        }
    }
}
