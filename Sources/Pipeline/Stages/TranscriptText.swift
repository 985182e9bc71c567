import AudioCore

/// A transcript as plain text: `[00:01:02.500 --> 00:01:05.000] Speaker_A: text`, a line a passage.
enum TranscriptText {
    static func text(of transcript: Transcript) -> String {
        transcript.passages.filter { !$0.words.isEmpty }.map { passage in
            "[\(TranscriptTime.text(passage.span.start)) --> \(TranscriptTime.text(passage.span.end))] "
                + "\(passage.speaker): \(passage.text)\n"
        }.joined()
    }

    static func transcript(from text: String, language: String, subject: String) throws -> Transcript {
        var lines: [TranscriptLine] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            guard line.hasPrefix("["), let close = line.firstIndex(of: "]"),
                let span = TranscriptTime.span(line[line.index(after: line.startIndex)..<close])
            else {
                throw AudioError(
                    .badData, operation: "read", subject: subject,
                    cause: "line \(number + 1) does not begin with [start --> end]")
            }
            let (speaker, words) = TranscriptSubtitles.speaker(of: line[line.index(after: close)...])
            lines.append(TranscriptLine(speaker: speaker, span: span, text: words))
        }
        return TranscriptLine.transcript(lines, language: language)
    }
}
