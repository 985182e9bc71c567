import AudioCore
import Files
import Foundation

/// A run opened to be changed by a person: what was found, what is changed already. Nobody else works in the run's folder
/// as long as it lives.
public struct EditDesk: Sendable {
    public let folder: RunFolder
    public let facts: RunFacts
    /// As the diarizer and the recognizer found them.
    public let found: EditedProgramme
    public private(set) var edits: Edits
    /// With the changes in them.
    public private(set) var programme: EditedProgramme
    /// The new voices of the last finished replacement.
    public let voices: [SpeakerID: String]

    /// Opens a run whose words are known.
    /// - Returns: nil where no replacement was finished there, or its results are gone.
    public init?(finished folder: URL) throws {
        try self.init(RunFolder(existing: folder), facts: RunFacts(of: folder))
    }

    private init?(_ folder: RunFolder, facts: RunFacts) throws {
        guard let results = folder.report?.results, let diarizer = results[.diarizer],
            let recognizer = results[.recognizer],
            let diarized = folder.finished(
                in: folder.folder(of: .diarizer, key: diarizer), as: SpeakerDiarizerProduct.self),
            let recognized = folder.finished(
                in: folder.folder(of: .recognizer, key: recognizer), as: SpeechRecognizerProduct.self)
        else { return nil }
        try self.init(
            folder: folder, facts: facts, transcript: recognized.transcript, diarization: diarized.diarization)
    }

    init(folder: RunFolder, facts: RunFacts, transcript: Transcript, diarization: Diarization) throws {
        self.folder = folder
        self.facts = facts
        found = try EditedProgramme(transcript: transcript, diarization: diarization)
        edits = try folder.edits
        programme = try EditedProgramme(
            transcript: transcript, diarization: diarization, edits: edits.changes,
            subject: folder.url.appendingPathComponent("edits.json").path)
        let speakers = folder.report?.speakers ?? []
        voices = Dictionary(
            speakers.compactMap { speaker in speaker.voice.map { (speaker.id, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Writes changes into the run's folder, all or none.
    /// - Parameter operation: what is attempted, for the sentence that refuses: "rename".
    /// - Returns: what follows from them.
    public mutating func change(_ changes: [Edit], operation: String, subject: String) throws -> EditOutcome {
        var edits = edits
        for change in changes { edits.add(change) }
        return try settle(edits, operation: operation, subject: subject)
    }

    /// Writes the edits as they shall be.
    mutating func settle(_ edits: Edits, operation: String, subject: String) throws -> EditOutcome {
        let before = programme
        var after = found
        for edit in edits.changes {
            do { try after.apply(edit) } catch let fault as EditedProgramme.Fault {
                throw AudioError(.badData, operation: operation, subject: subject, cause: fault.cause, mend: fault.mend)
            }
        }
        try folder.write(edits)
        self.edits = edits
        programme = after
        return EditOutcome(before: before, after: after, voices: voices)
    }

    // MARK: What people type

    /// The speaker of an id or a name.
    public func speaker(_ text: String) throws -> SpeakerID {
        try programme.speaker(text)
    }

    /// The one who speaks in a stretch.
    /// - Parameter other: does not count.
    public func speaker(in span: TimeSpan, besides other: SpeakerID? = nil) throws -> SpeakerID {
        let found = speakers(in: span).filter { $0 != other }
        guard let speaker = found.first else {
            throw AudioError(
                .usage, operation: "find",
                subject: "who speaks from \(EditSentences.clock(span.start)) to "
                    + EditSentences.clock(span.end),
                cause: "nobody" + (other.map { " but \(programme.title(of: $0))" } ?? "") + " is heard there",
                mend: "`hyperaudio transcript export` shows who speaks when")
        }
        guard found.count == 1 else {
            throw AudioError(
                .usage, operation: "find",
                subject: "who speaks from \(EditSentences.clock(span.start)) to "
                    + EditSentences.clock(span.end),
                cause: "\(found.map(programme.title).joined(separator: " and ")) do",
                mend: "say whom you mean with --of")
        }
        return speaker
    }

    /// All who speak in a stretch, in order of first appearance.
    public func speakers(in span: TimeSpan) -> [SpeakerID] {
        programme.speakers.filter { speaker in
            programme.diarization.turns(of: speaker).contains { $0.span.overlap(with: span) > 0.02 }
        }
    }

    /// The turns of the numbers.
    public func passages(_ numbers: [Int]) throws -> [Passage] {
        try numbers.map { number in
            if let passage = programme.passage(number) { return passage }
            let near = programme.transcript.passages.map(\.id).nearest(to: number)
            throw AudioError(
                .usage, operation: "find", subject: "turn \(number)",
                cause: near.isEmpty
                    ? "nobody says anything"
                    : "there is none; the nearest are \(near.map(String.init).joined(separator: ", "))",
                mend: "`hyperaudio transcript export` shows their numbers")
        }
    }
}

extension EditedProgramme {
    /// What people call a speaker.
    public func title(of speaker: SpeakerID) -> String {
        names[speaker].map { "\($0) (\(speaker))" } ?? speaker.name
    }

    /// The speaker of an id or a name, whatever the case.
    func known(_ text: String) -> SpeakerID? {
        let wanted = text.lowercased()
        return speakers.first { $0.name == text || names[$0] == text }
            ?? speakers.first { $0.name.lowercased() == wanted || names[$0]?.lowercased() == wanted }
    }

    /// - Throws: `AudioError` that names those there are.
    public func speaker(_ text: String) throws -> SpeakerID {
        if let speaker = known(text) { return speaker }
        throw AudioError(
            .usage, operation: "find", subject: text,
            cause: "no speaker has that name; there are \(speakers.map(title).joined(separator: ", "))",
            mend: "choose one of these")
    }
}

extension PipelineRunner {
    /// Opens a run to be changed; what is not known yet of its words and speakers is found out.
    public func desk(of folder: URL) async throws -> EditDesk {
        try await work(in: folder) { run in
            let diarized = try run.diarized().product.diarization
            let hasSpeech = !diarized.turns.isEmpty
            let transcript =
                hasSpeech ? try run.recognized().product.transcript : Transcript(language: "en", passages: [])
            return try EditDesk(
                folder: run.folder, facts: RunFacts(of: folder), transcript: transcript, diarization: diarized)
        }
    }
}

extension EditDesk {
    /// What an imported transcript changed.
    public struct Imported: Codable, Sendable, Equatable {
        /// Turns with other words.
        public var lines: Int
        /// Turns that went to another speaker.
        public var speakers: Int
        public var outcome: EditOutcome
    }

    /// Takes over a corrected transcript: what differs from the run becomes changes, all or none.
    /// - Parameter subject: what errors call the text.
    public mutating func importTranscript(
        _ text: String, format: TranscriptExchange, subject: String
    ) throws -> Imported {
        let changes: TranscriptImport.Changes
        do {
            changes = try TranscriptImport(programme: programme).changes(in: text, format: format)
        } catch let fault as TranscriptFault {
            throw AudioError(
                .badData, operation: "import", subject: fault.line.map { "\(subject), line \($0)" } ?? subject,
                cause: fault.cause, mend: fault.mend)
        }
        var edits = edits
        for line in changes.lines {
            // Who writes what was found takes the change back.
            let isBack = found.passage(line.passage).map { TranscriptImport.plain($0.text) } == line.text
            if !isBack || !edits.removeLine(of: line.passage) { edits.add(.line(line)) }
        }
        for assignment in changes.assignments { edits.add(.assign(assignment)) }
        let outcome = try settle(edits, operation: "import", subject: subject)
        return Imported(
            lines: changes.lines.count, speakers: changes.assignments.count, outcome: outcome)
    }
}
