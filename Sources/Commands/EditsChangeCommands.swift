import ArgumentParser
import AudioCore
import Foundation
import Pipeline

/// `hyperaudio edits move`.
struct EditsMoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move the edges of a turn.",
        discussion: """
              hyperaudio edits move episode.mp3 --turn 12 --from 1:12.35

            The new voice speaks from there on; words before it stay the original.
            """)
    @OptionGroup var run: RunArgument
    @Option(help: ArgumentHelp("The turn's number, as `transcript export` shows it.", valueName: "number")) var turn:
        Int
    @Option(help: ArgumentHelp("Where it begins: seconds, or 1:02.5.", valueName: "time")) var from: TimeArgument?
    @Option(
        name: [.customLong("to"), .customLong("until")], help: ArgumentHelp("Where it ends.", valueName: "time"))
    var end: TimeArgument?
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        if from == nil, end == nil { throw ValidationError("Say where the turn begins with --from or ends with --to.") }
    }

    func run() async throws {
        var desk = try await run.desk(isQuiet: json)
        let passage = try desk.passages([turn])[0]
        let span = TimeSpan(start: from?.seconds ?? passage.span.start, end: end?.seconds ?? passage.span.end)
        let edit = Edit.edges(.init(passage: turn, span: span))
        let outcome = try desk.change([edit], operation: "move", subject: "turn \(turn)")
        try EditReport.print([edit], outcome, desk: desk, json: json)
    }
}

/// `hyperaudio edits take`.
struct EditsTakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take", abstract: "Choose another rendition of a turn.",
        discussion: """
              hyperaudio edits take episode.mp3 --turn 12 --take 2

            Take 1 is the usual one; 2 to 9 speak the same words in the same time with another of the voice's deliveries,
            and some of them hear the old voice or read numbers otherwise (docs/edits.md). A take that was made once is
            kept, so that going back costs nothing.
            """)
    @OptionGroup var run: RunArgument
    @Option(
        name: [.customLong("turn"), .customLong("turns")],
        help: ArgumentHelp("The turn's number, as `transcript export` shows it; several: 3,5.", valueName: "numbers"))
    var turns: String
    @Option(help: ArgumentHelp("1 to 9.", valueName: "number")) var take: Int
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        let numbers = try turns.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let number = Int(part) else { throw ValidationError("--turn takes numbers, such as 3 or 3,5.") }
            return number
        }
        var desk = try await run.desk(isQuiet: json)
        let edits = try desk.passages(numbers).map { Edit.take(.init(passage: $0.id, take: take)) }
        let outcome = try desk.change(edits, operation: "choose a take of", subject: "turn \(turns)")
        try EditReport.print(edits, outcome, desk: desk, json: json)
    }
}

/// A stretch of time, whose voice, and what it is.
struct StretchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where it begins: seconds, or 1:02.5.", valueName: "time")) var from: TimeArgument
    @Option(
        name: [.customLong("to"), .customLong("until")], help: ArgumentHelp("Where it ends.", valueName: "time"))
    var end: TimeArgument
    @Option(help: ArgumentHelp("Whose voice; by default that of all who speak there.", valueName: "speaker"))
    var speaker: String?
    @Option(help: ArgumentHelp("What it is, for the list: laugh.", valueName: "word")) var label: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws { _ = try span }

    var span: TimeSpan { get throws { try PlaceOptions.span(from: from, to: end, name: "--to") } }

    func apply(_ policy: Edit.Stretch.Policy, to run: RunArgument) async throws {
        var desk = try await run.desk(isQuiet: json)
        let span = try span
        var speakers: [SpeakerID?] = [try speaker.map { try desk.speaker($0) }]
        if speaker == nil, policy != .keep {
            speakers = desk.speakers(in: span)
            guard !speakers.isEmpty else {
                throw AudioError(
                    .usage, operation: "\(policy.rawValue)", subject: "a stretch in which nobody is heard",
                    cause: "it is not clear whose voice it is", mend: "say it with --speaker")
            }
        }
        let edits = speakers.map { Edit.stretch(.init(policy: policy, span: span, speaker: $0, label: label)) }
        let outcome = try desk.change(edits, operation: "\(policy.rawValue)", subject: label ?? "the stretch")
        let others = desk.speakers(in: span).filter { !speakers.contains($0) }
        if policy != .keep, let other = others.first {
            Terminal.error.write(
                "\(desk.programme.title(of: other)) speaks there, too; what is heard of both at once goes together.\n")
        }
        try EditReport.print(edits, outcome, desk: desk, json: json)
    }
}

/// `hyperaudio edits keep`.
struct EditsKeepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep", abstract: "Let a stretch stay the original, sample by sample.",
        discussion: "  hyperaudio edits keep episode.mp3 --from 1:12.5 --to 1:14 --label laugh")
    @OptionGroup var run: RunArgument
    @OptionGroup var stretch: StretchOptions

    func run() async throws { try await stretch.apply(.keep, to: run) }
}

/// `hyperaudio edits mute`.
struct EditsMuteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mute", abstract: "Let a voice go silent in a stretch; what lies under it stays.",
        discussion: "  hyperaudio edits mute episode.mp3 --from 1:12.5 --to 1:13 --speaker Anna --label cough")
    @OptionGroup var run: RunArgument
    @OptionGroup var stretch: StretchOptions

    func run() async throws { try await stretch.apply(.mute, to: run) }
}

/// `hyperaudio edits replace`.
struct EditsReplaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace", abstract: "Replace a stretch whatever is heard there.",
        discussion: """
              hyperaudio edits replace episode.mp3 --from 1:12.5 --to 1:14

            Doubtful words are spoken all the same, others speaking at the same time go too, and between the words
            (breaths, laughs) nothing of the old voice stays.
            """)
    @OptionGroup var run: RunArgument
    @OptionGroup var stretch: StretchOptions

    func run() async throws { try await stretch.apply(.replace, to: run) }
}
