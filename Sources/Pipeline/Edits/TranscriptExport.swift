import AudioCore

/// The forms in which a transcript leaves a run to be corrected, and comes back; raw values are file extensions.
public enum TranscriptExchange: String, Sendable, CaseIterable {
    /// Everything: words with start, end and confidence.
    case json
    /// Subtitles.
    case srt, vtt
    /// A table with a row a turn, for spreadsheets.
    case csv, tsv

    /// - Returns: the file's text; speakers in subtitles have the names that people gave them.
    public func text(of programme: EditedProgramme) throws -> String {
        switch self {
        case .json: return try TranscriptFormat.json.text(of: programme.transcript)
        case .csv: return TranscriptTable(separator: ",").text(of: programme.transcript, names: programme.names)
        case .tsv: return TranscriptTable(separator: "\t").text(of: programme.transcript, names: programme.names)
        case .srt, .vtt:
            var transcript = programme.transcript
            for index in transcript.passages.indices {
                let speaker = transcript.passages[index].speaker
                transcript.passages[index].speaker = SpeakerID(programme.names[speaker] ?? speaker.name)
            }
            return try (self == .srt ? TranscriptFormat.subRip : .webVTT).text(of: transcript)
        }
    }
}
