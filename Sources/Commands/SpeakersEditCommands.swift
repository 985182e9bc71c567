import ArgumentParser
import AudioCore
import Foundation
import Pipeline

/// `hyperaudio speakers rename`.
struct SpeakersRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a speaker a name.",
        discussion: """
              hyperaudio speakers rename episode.mp3 Speaker_A "Anna"

            The report shows the name, subtitles carry it, and --voice Anna=jf_alpha understands it; Speaker_A stays
            Speaker_A for all else.
            """)
    @OptionGroup var run: RunArgument
    @Argument(help: ArgumentHelp("Who.", valueName: "speaker")) var speaker: String
    @Argument(help: ArgumentHelp("What the speaker is called; the id takes a name away.", valueName: "name"))
    var name: String
    @Flag(help: "Print the result as JSON.") var json = false

    func run() async throws {
        var desk = try await run.desk(isQuiet: json)
        let edit = Edit.name(.init(speaker: try desk.speaker(speaker), name: name))
        let outcome = try desk.change([edit], operation: "rename", subject: speaker)
        try EditReport.print([edit], outcome, desk: desk, json: json)
    }
}

/// `hyperaudio speakers merge`.
struct SpeakersMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Say that two speakers are one person.",
        discussion: """
              hyperaudio speakers merge episode.mp3 Speaker_A Speaker_C

            What Speaker_C says is Speaker_A's afterwards.
            """)
    @OptionGroup var run: RunArgument
    @Argument(help: ArgumentHelp("Who the person is.", valueName: "speaker")) var speaker: String
    @Argument(help: ArgumentHelp("Who is the same person.", valueName: "other")) var others: [String]
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        if others.isEmpty { throw ValidationError("Name the speaker, and who is the same person.") }
    }

    func run() async throws {
        var desk = try await run.desk(isQuiet: json)
        let speaker = try desk.speaker(speaker)
        let edits = try others.map { Edit.merge(.init(speaker: try desk.speaker($0), into: speaker)) }
        let before = desk
        let outcome = try desk.change(edits, operation: "merge", subject: others.joined(separator: ", "))
        try EditReport.print(edits, outcome, desk: before, json: json)
    }
}

/// Turns by number, or a stretch of time.
struct PlaceOptions: ParsableArguments {
    @Option(
        name: [.customLong("turns"), .customLong("turn")],
        help: ArgumentHelp("Turns by number, as `transcript export` shows them: 3,5,7.", valueName: "numbers"))
    var turns: String?
    @Option(help: ArgumentHelp("Where it begins: seconds, or 1:02.5.", valueName: "time")) var from: TimeArgument?

    func validate() throws {
        if turns == nil, from == nil { throw ValidationError("Say which: --turns 3,5,7, or a stretch with --from.") }
        if turns != nil, from != nil { throw ValidationError("--turns and --from do not go together.") }
        _ = try numbers
    }

    var numbers: [Int] {
        get throws {
            try (turns ?? "").split(separator: ",", omittingEmptySubsequences: turns == nil).map { part in
                guard let number = Int(part.trimmingCharacters(in: .whitespaces)) else {
                    throw ValidationError("--turns takes numbers with commas between them, such as 3,5,7.")
                }
                return number
            }
        }
    }

    /// - Parameters:
    ///   - end: of the stretch.
    ///   - name: what the option for the end is called.
    static func span(from: TimeArgument?, to end: TimeArgument?, name: String) throws -> TimeSpan {
        guard let from, let end else { throw ValidationError("A stretch needs --from and \(name).") }
        guard end.seconds > from.seconds else { throw ValidationError("\(name) must be later than --from.") }
        return TimeSpan(start: from.seconds, end: end.seconds)
    }
}

/// `hyperaudio speakers split`.
struct SpeakersSplitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Make a new speaker of some of another's turns.",
        discussion: """
              hyperaudio speakers split episode.mp3 Speaker_A --turns 3,5,7
              hyperaudio speakers split episode.mp3 Speaker_A --from 12.5 --to 30 --name Ben
            """)
    @OptionGroup var run: RunArgument
    @Argument(help: ArgumentHelp("Whose turns they are now.", valueName: "speaker")) var speaker: String
    @OptionGroup var place: PlaceOptions
    @Option(
        name: [.customLong("to"), .customLong("until")],
        help: ArgumentHelp("Where the stretch ends.", valueName: "time"))
    var end: TimeArgument?
    @Option(help: ArgumentHelp("What the new speaker is called.", valueName: "name")) var name: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        if place.turns == nil { _ = try PlaceOptions.span(from: place.from, to: end, name: "--to") }
        if place.turns != nil, end != nil { throw ValidationError("--turns and --to do not go together.") }
    }

    func run() async throws {
        var desk = try await run.desk(isQuiet: json)
        let speaker = try desk.speaker(speaker)
        let passages = try desk.passages(place.numbers)
        if let other = passages.first(where: { $0.speaker != speaker }) {
            throw AudioError(
                .usage, operation: "split", subject: self.speaker,
                cause: "turn \(other.id) is \(desk.programme.title(of: other.speaker))'s",
                mend: "name that speaker, or leave the turn out")
        }
        let spans =
            passages.isEmpty
            ? [try PlaceOptions.span(from: place.from, to: end, name: "--to")] : passages.map(\.span)
        let new = desk.programme.freshSpeaker
        var edits = [Edit.assign(.init(from: speaker, to: new, spans: spans))]
        if let name { edits.append(.name(.init(speaker: new, name: name))) }
        let outcome = try desk.change(edits, operation: "split", subject: self.speaker)
        try EditReport.print(edits, outcome, desk: desk, json: json)
    }
}

/// `hyperaudio speakers reassign`.
struct SpeakersReassignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reassign", abstract: "Give turns to the one who really speaks there.",
        discussion: """
              hyperaudio speakers reassign episode.mp3 --turn 12 --to Speaker_B
              hyperaudio speakers reassign episode.mp3 --from 1:12.5 --until 1:14 --to Speaker_B
            """)
    @OptionGroup var run: RunArgument
    @OptionGroup var place: PlaceOptions
    @Option(help: ArgumentHelp("Where the stretch ends.", valueName: "time")) var until: TimeArgument?
    @Option(help: ArgumentHelp("Whose speech in the stretch, where several speak.", valueName: "speaker"))
    var of: String?
    @Option(help: ArgumentHelp("Who really speaks.", valueName: "speaker")) var to: String
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        if place.turns == nil { _ = try PlaceOptions.span(from: place.from, to: until, name: "--until") }
        if place.turns != nil, until != nil { throw ValidationError("--turns and --until do not go together.") }
    }

    func run() async throws {
        var desk = try await run.desk(isQuiet: json)
        let speaker = try desk.speaker(to)
        let subject = place.turns.map { "turn \($0)" } ?? "the stretch"
        var edits: [Edit] = []
        if place.turns != nil {
            let passages = try desk.passages(place.numbers)
            for (from, own) in Dictionary(grouping: passages, by: \.speaker).sorted(by: { $0.key < $1.key }) {
                edits.append(.assign(.init(from: from, to: speaker, spans: own.map(\.span))))
            }
        } else {
            let span = try PlaceOptions.span(from: place.from, to: until, name: "--until")
            let from = try of.map { try desk.speaker($0) } ?? desk.speaker(in: span, besides: speaker)
            edits.append(.assign(.init(from: from, to: speaker, spans: [span])))
        }
        let before = desk
        let outcome = try desk.change(edits, operation: "reassign", subject: subject)
        try EditReport.print(edits, outcome, desk: before, json: json)
    }
}
