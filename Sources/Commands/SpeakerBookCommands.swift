import ArgumentParser
import AudioCore
import Files
import Foundation
import Pipeline
import Store

/// Where the speaker book and the runs are.
struct SpeakerBookOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The database of queue and speaker book.", valueName: "file")) var store: String?
    @OptionGroup var place: RunPlace

    var book: SpeakerBook {
        get throws { try SpeakerBook(Store(store.map { URL(fileURLWithPath: $0) } ?? Places.store)) }
    }

    /// - Parameter name: a run's folder, its name in the folder for runs, or a programme that was diarized.
    func run(_ name: String) throws -> FinishedRun { try FinishedRun(place.home.folder(of: name)) }
}

/// A programme's voice prints and what made them.
struct ProgrammeVoices {
    let run: FinishedRun
    let programme: EditedProgramme
    let encoder: String

    var diarization: Diarization { programme.diarization }

    init(_ run: FinishedRun) throws {
        guard let programme = try run.edited, !programme.diarization.voicePrints.isEmpty else {
            throw AudioError(
                .noInput, operation: "find the speakers of", subject: run.folder.lastPathComponent,
                cause: "nobody was looked for in it yet",
                mend: "run `hyperaudio diarize \(run.inputPath)` first")
        }
        self.run = run
        self.programme = programme
        encoder = try Assembly.speakerEncoder(run.models)
    }

    /// - Parameter speaker: an id or what a person called the speaker; nil for the only one.
    func print(of speaker: String?) throws -> VoicePrint {
        let speakers = programme.speakers
        let id = try speaker.map { try programme.speaker($0) } ?? (speakers.count == 1 ? speakers[0] : nil)
        guard let id, let vector = diarization.voicePrints[id] else {
            let there = speakers.filter { diarization.voicePrints[$0] != nil }.map {
                "\(programme.title(of: $0)) (\(Output.clock(diarization.seconds(of: $0))))"
            }
            throw AudioError(
                .usage, operation: "learn from", subject: run.folder.lastPathComponent,
                cause: speaker.map { "nothing is known of how \($0) sounds" }
                    ?? "it does not say which of its speakers",
                mend: "add one of \(there.joined(separator: ", ")) after a colon")
        }
        return VoicePrint(
            vector: vector, encoder: encoder, seconds: diarization.seconds(of: id),
            source: "\(run.folder.lastPathComponent):\(id)")
    }
}

/// `hyperaudio speakers learn`.
struct SpeakersLearnCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn", abstract: "Learn a voice, from one programme or several.",
        discussion: """
            The more programmes, the surer somebody is found in the next one:

              hyperaudio speakers learn Anna --from episode1.mp3:Speaker_A --from episode2.mp3:Speaker_B

            A programme is named by its file or by its run (`hyperaudio runs list`), a speaker by Speaker_A or by what
            `speakers rename` called him.
            """)
    @Argument(help: "What to call this person.") var name: String
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A programme that was diarized, and who it is there.", valueName: "run:speaker"))
    var from: [String]
    @OptionGroup var options: SpeakerBookOptions

    /// Speech below this makes a poor print.
    private static let fewSeconds = 10.0

    func validate() throws {
        if from.isEmpty { throw ValidationError("Name a programme with --from RUN:Speaker_A.") }
    }

    func run() throws {
        try SpeakerBook.check(name: name)
        let book = try options.book
        let prints = try from.map(learnt)
        let before = try book.speakers
        try book.add([KnownSpeaker(name: name, prints: prints)])
        for print in prints {
            Terminal.output.write("Learnt \(name) from \(Output.clock(print.seconds)) of speech in \(print.source).\n")
            doubts(print, before).forEach { Terminal.error.write($0 + "\n") }
        }
    }

    private func learnt(_ from: String) throws -> VoicePrint {
        // A file's name may hold a colon itself.
        let whole = FileManager.default.fileExists(atPath: from) ? from : nil
        let parts = from.split(separator: ":", omittingEmptySubsequences: false)
        let run = whole ?? (parts.count > 1 ? parts.dropLast().joined(separator: ":") : from)
        let speaker = whole == nil && parts.count > 1 ? parts.last.map(String.init) : nil
        return try ProgrammeVoices(options.run(run)).print(of: speaker)
    }

    /// What a person should listen to again.
    private func doubts(_ print: VoicePrint, _ before: [KnownSpeaker]) -> [String] {
        var doubts: [String] = []
        if print.seconds < Self.fewSeconds {
            doubts.append("That is little speech; learn \(name) from more if you can.")
        }
        let matching = SpeakerMatching(before, encoder: print.encoder)
        for match in matching.all(print.vector) {
            let likeness = SpeakerMatching.text(match.cosine)
            if match.name == name, match.cosine < matching.threshold {
                doubts.append("It sounds unlike what was learnt of \(name) before (likeness \(likeness)).")
            } else if match.name != name, match.cosine >= matching.threshold {
                doubts.append("It sounds like \(match.name) (likeness \(likeness)): the two may be mixed up.")
            }
        }
        return doubts
    }
}

/// `hyperaudio speakers list`.
struct SpeakersListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show who is known by voice, and from where.")
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: SpeakerBookOptions

    struct Row: Encodable {
        struct Source: Encodable { var source: String, seconds: Double, encoder: String }
        var name: String
        var sources: [Source]
    }

    func run() throws {
        let rows = try options.book.speakers.map { speaker in
            Row(
                name: speaker.name,
                sources: speaker.prints.map { .init(source: $0.source, seconds: $0.seconds, encoder: $0.encoder) })
        }
        guard !json else { return try Output.json(rows) }
        Output.table(
            ["name", "speech", "learnt from"],
            rows.map { row in
                [
                    row.name, Output.clock(row.sources.reduce(0) { $0 + $1.seconds }),
                    row.sources.map(\.source).joined(separator: ", "),
                ]
            })
    }
}

/// `hyperaudio speakers find`.
struct SpeakersFindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Show who of the known people speaks in a programme that was diarized.")
    @Argument(help: ArgumentHelp("The programme or its run.", valueName: "run")) var name: String
    @Option(help: "How alike voices must be, 0 to 1.") var threshold = SpeakerMatching.defaultThreshold
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: SpeakerBookOptions

    struct Row: Encodable {
        var speaker: String, seconds: Double, mostAlike: String, cosine: Double, isFound: Bool
    }

    func run() throws {
        let voices = try ProgrammeVoices(options.run(name))
        let matching = SpeakerMatching(try options.book.speakers, encoder: voices.encoder, threshold: threshold)
        let found = Set(matching.matches(voices.diarization.voicePrints).map(\.speaker))
        let rows = matching.nearest(voices.diarization.voicePrints).map {
            Row(
                speaker: $0.speaker.name, seconds: voices.diarization.seconds(of: $0.speaker), mostAlike: $0.name,
                cosine: $0.cosine, isFound: found.contains($0.speaker))
        }
        guard !json else { return try Output.json(rows) }
        Output.table(
            ["speaker", "speech", "most alike", "likeness", "taken for"],
            rows.map {
                [
                    $0.speaker, Output.clock($0.seconds), $0.mostAlike, SpeakerMatching.text($0.cosine),
                    $0.isFound ? $0.mostAlike : "nobody known",
                ]
            })
    }
}

/// `hyperaudio speakers forget`.
struct SpeakersForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Remove people and all that is known of their voices.")
    @Argument(help: "Whom to forget.") var names: [String]
    @OptionGroup var options: SpeakerBookOptions

    func run() throws {
        let book = try options.book
        for name in names {
            try book.forget(name)
            Terminal.output.write("Forgot \(name).\n")
        }
    }
}

/// `hyperaudio speakers export`.
struct SpeakersExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the speaker book as JSON, to standard output or a file.")
    @Argument(help: "The file; standard output by default.") var file: String?
    @OptionGroup var writing: OutputOptions
    @OptionGroup var options: SpeakerBookOptions

    func run() throws {
        let book = SpeakerBookFile(try options.book.speakers)
        guard let file else { return try Output.json(book) }
        try book.write(to: writing.file(file))
    }
}

/// `hyperaudio speakers import`.
struct SpeakersImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Add the people of a book that `speakers export` wrote.")
    @Argument(help: "The file.") var file: String
    @OptionGroup var options: SpeakerBookOptions

    func run() throws {
        let speakers = try SpeakerBookFile(reading: inputFile(file)).speakers
        try options.book.add(speakers)
        Terminal.output.write("Took in \(speakers.map(\.name).joined(separator: ", ")).\n")
    }
}
