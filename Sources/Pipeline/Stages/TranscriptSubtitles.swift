import AudioCore

/// Transcripts as subtitles: short cues, each with its speaker.
enum TranscriptSubtitles {
    static func subRip(_ transcript: Transcript) -> String {
        cues(of: transcript).enumerated().map { index, cue in
            "\(index + 1)\n\(TranscriptTime.text(cue.span.start, separator: ",")) --> "
                + "\(TranscriptTime.text(cue.span.end, separator: ","))\n\(cue.speaker): \(cue.text)\n\n"
        }.joined()
    }

    static func webVTT(_ transcript: Transcript) -> String {
        "WEBVTT\n\n"
            + cues(of: transcript).map { cue in
                "\(TranscriptTime.text(cue.span.start)) --> \(TranscriptTime.text(cue.span.end))\n"
                    + "<v \(cue.speaker)>\(escaped(cue.text))\n\n"
            }.joined()
    }

    // MARK: Cues

    /// Characters and seconds that a viewer reads at once (two lines of 42).
    private static let longestText = 84
    private static let longestSeconds = 6.0
    private static let shortestSeconds = 0.3

    /// Passages cut where a sentence ends, a pause lies or a cue is full.
    static func cues(of transcript: Transcript) -> [TranscriptLine] {
        var cues: [TranscriptLine] = []
        for passage in transcript.passages {
            var words: [Word] = []
            func flush() {
                guard let first = words.first, let last = words.last else { return }
                cues.append(
                    TranscriptLine(
                        speaker: passage.speaker,
                        span: TimeSpan(
                            start: first.span.start, end: max(last.span.end, first.span.start + shortestSeconds)),
                        text: words.map(\.text).joined(separator: " ")))
                words = []
            }
            for word in passage.words {
                if let first = words.first, let last = words.last {
                    let length = words.reduce(0) { $0 + $1.text.count + 1 } + word.text.count
                    let ends = last.text.last.map { ".!?。！？".contains($0) } ?? false
                    if length > longestText || word.span.end - first.span.start > longestSeconds
                        || word.span.start - last.span.end > 1 || (ends && length > longestText / 2)
                    {
                        flush()
                    }
                }
                words.append(word)
            }
            flush()
        }
        return cues.sorted { ($0.span.start, $0.speaker) < ($1.span.start, $1.speaker) }
    }

    // MARK: Reading

    /// Reads both SubRip and WebVTT: blocks that hold a line with times; other blocks (header, notes, styles) are none.
    static func transcript(from text: String, language: String, subject: String) throws -> Transcript {
        let unified = text.replacing("\r\n", with: "\n").replacing("\u{FEFF}", with: "")
        var lines: [TranscriptLine] = []
        var block: [Substring] = []
        func close() throws {
            defer { block = [] }
            guard let at = block.firstIndex(where: { $0.contains("-->") }) else { return }
            guard let span = TranscriptTime.span(block[at]) else {
                throw AudioError(
                    .badData, operation: "read", subject: subject, cause: "\"\(block[at])\" is no pair of times")
            }
            let body = block[(at + 1)...].joined(separator: " ")
            let (speaker, words) = speaker(of: body)
            guard !words.isEmpty else { return }
            lines.append(TranscriptLine(speaker: speaker, span: span, text: words))
        }
        for line in unified.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.contains(where: { !$0.isWhitespace }) { block.append(line) } else { try close() }
        }
        try close()
        guard !lines.isEmpty || unified.allSatisfy(\.isWhitespace) || unified.hasPrefix("WEBVTT") else {
            throw AudioError(.badData, operation: "read", subject: subject, cause: "it holds no subtitles")
        }
        return TranscriptLine.transcript(lines, language: language)
    }

    /// The speaker in front of a line, as a voice tag or `Name: `, and the rest; `Speaker_A` where none is named.
    static func speaker(of line: some StringProtocol) -> (SpeakerID, String) {
        var text = line.drop { $0.isWhitespace }[...]
        var name = "Speaker_A"
        if text.hasPrefix("<v"), let close = text.firstIndex(of: ">") {
            let tag = text[text.index(text.startIndex, offsetBy: 2)..<close]
            if let space = tag.firstIndex(of: " ") { name = String(tag[tag.index(after: space)...]) }
            text = text[text.index(after: close)...]
            return (SpeakerID(name), unescaped(withoutTags(text)))
        }
        // A name has no blanks: "He said: no" is no speaker.
        if let colon = text.firstIndex(of: ":"), colon != text.startIndex,
            text[..<colon].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }),
            text[text.index(after: colon)...].first?.isWhitespace ?? true
        {
            name = String(text[..<colon])
            text = text[text.index(after: colon)...]
        }
        return (SpeakerID(name), String(withoutTags(text).drop { $0.isWhitespace }))
    }

    static func withoutTags(_ text: some StringProtocol) -> String {
        var result = ""
        var isTag = false
        for (index, character) in zip(text.indices, text) {
            // "<" opens a tag only where one can begin: "a < b" stays.
            if !isTag, character == "<" {
                let next = text.index(after: index)
                isTag = next < text.endIndex && (text[next].isLetter || text[next] == "/" || text[next].isNumber)
                if isTag { continue }
            }
            if isTag {
                if character == ">" { isTag = false }
            } else {
                result.append(character)
            }
        }
        return result
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    static func unescaped(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&nbsp;", with: " ")
            .replacing("&amp;", with: "&")
    }
}
