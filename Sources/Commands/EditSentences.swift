import AudioCore
import Pipeline

/// What edits are and what follows from them, in plain words.
struct EditSentences {
    /// What is called how; nil: ids alone.
    var programme: EditedProgramme?

    private func title(_ speaker: SpeakerID) -> String { programme?.title(of: speaker) ?? speaker.name }

    private func range(_ span: TimeSpan) -> String { "\(Output.clock(span.start)) to \(Output.clock(span.end))" }

    func sentence(_ edit: Edit) -> String {
        switch edit {
        case .line(let line):
            return line.text.allSatisfy(\.isWhitespace)
                ? "turn \(line.passage) says nothing and stays the original"
                : "turn \(line.passage) says \"\(line.text)\""
        case .name(let name):
            return name.name == name.speaker.name
                ? "\(name.speaker) has no other name" : "\(name.speaker) is called \(name.name)"
        case .merge(let merge): return "\(title(merge.speaker)) is \(title(merge.into))"
        case .assign(let assign):
            return "\(assign.spans.map(range).joined(separator: ", ")): "
                + "not \(title(assign.from)) speaks, but \(title(assign.to))"
        case .edges(let edges): return "turn \(edges.passage) lasts from \(range(edges.span))"
        case .take(let take): return "turn \(take.passage) has take \(take.take)"
        case .stretch(let stretch):
            let what = stretch.label.map { " (\($0))" } ?? ""
            let whose = stretch.speaker.map { "\(title($0)), " } ?? ""
            let policy =
                switch stretch.policy {
                case .keep: "stays the original"
                case .mute: "goes silent"
                case .replace: "is replaced whatever is heard there"
                }
            return "\(whose)\(range(stretch.span))\(what) \(policy)"
        }
    }

    /// What will be made again.
    static func consequence(_ outcome: EditOutcome, hasVoices: Bool) -> String {
        guard !outcome.changed.isEmpty else { return "No turn changes." }
        let turns = "\(count(outcome.changed.count, "turn")) changed"
        guard hasVoices else { return "\(turns)." }
        guard !outcome.again.isEmpty else {
            return "\(turns), none of a speaker with a new voice: no speech will be made again."
        }
        let numbers = outcome.again.map(\.turn).sorted().prefix(8).map(String.init).joined(separator: ", ")
        return "\(turns); the same `hyperaudio replace` makes \(count(outcome.again.count, "turn")) again "
            + "(\(numbers)\(outcome.again.count > 8 ? ", …" : ""): \(Output.clock(outcome.secondsAgain)) of speech)."
    }

    static func count(_ number: Int, _ thing: String) -> String { "\(number) \(thing)\(number == 1 ? "" : "s")" }
}

/// What every command prints that changes a run.
struct EditReport: Encodable {
    var changes: [Edit]
    var changed: [Int]
    var again: [EditOutcome.Turn]

    /// - Parameter edits: what was asked for.
    static func print(_ edits: [Edit], _ outcome: EditOutcome, desk: EditDesk, json: Bool) throws {
        if json {
            return try Output.json(EditReport(changes: edits, changed: outcome.changed, again: outcome.again))
        }
        let sentences = EditSentences(programme: desk.programme)
        for edit in edits {
            let sentence = sentences.sentence(edit)
            Terminal.output.write(sentence.prefix(1).uppercased() + sentence.dropFirst() + ".\n")
        }
        Terminal.output.write(EditSentences.consequence(outcome, hasVoices: !desk.voices.isEmpty) + "\n")
    }
}
