import AudioCore

@testable import Pipeline

/// Three people in five turns, two of which overlap; a word lasts 0.8 s of each second.
enum EditedTalk {
    static let (a, b, c) = (SpeakerID("Speaker_A"), SpeakerID("Speaker_B"), SpeakerID("Speaker_C"))

    static var programme: EditedProgramme {
        get throws {
            let lines: [(SpeakerID, Double, String)] = [
                (a, 10, "we sail at dawn"), (b, 15, "who told you"), (a, 19, "the captain said so himself"),
                (c, 23, "he did"), (b, 27, "then we sail"),
            ]
            let passages = lines.enumerated().map { index, line in
                let words = line.2.split(separator: " ").enumerated().map {
                    Word(
                        text: String($1), span: TimeSpan(start: line.1 + Double($0), end: line.1 + Double($0) + 0.8),
                        confidence: 0.5)
                }
                return Passage(
                    id: index, speaker: line.0, span: TimeSpan(start: line.1, end: line.1 + Double(words.count)),
                    language: "en", words: words)
            }
            let turns = passages.map { SpeakerTurn(speaker: $0.speaker, span: $0.span, confidence: 0.9) }
            return try EditedProgramme(
                transcript: Transcript(language: "en", passages: passages), diarization: Diarization(turns: turns))
        }
    }

    /// The programme after changes.
    static func after(_ edits: Edit...) throws -> EditedProgramme {
        var programme = try programme
        for edit in edits { try programme.apply(edit) }
        return programme
    }
}
