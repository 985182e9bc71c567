import AudioCore
import Pipeline

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
        let sentences = EditSentences(desk.programme)
        for edit in edits {
            let sentence = sentences.sentence(edit)
            Terminal.output.write(sentence.prefix(1).uppercased() + sentence.dropFirst() + ".\n")
        }
        Terminal.output.write(consequence(outcome, hasVoices: !desk.voices.isEmpty) + "\n")
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
