import AudioCore

/// Compares corrected subtitles with a run. Each cue is matched with what would have been exported at its time; cues may
/// have been joined, cut, or left out: what a file does not hold stays as it is.
struct SubtitleImport {
    let programme: EditedProgramme

    /// A cue as the file has it.
    struct Cue: Equatable {
        /// Of the file, from 1 on.
        var line: Int
        var span: TimeSpan
        /// In a voice tag: it is a speaker for certain.
        var voice: String?
        var text: String
    }

    /// A cue as it was exported.
    private struct Exported {
        var passage: Int
        var span: TimeSpan
        var text: String
    }

    /// - Throws: `TranscriptFault`.
    func changes(in text: String) throws -> TranscriptImport.Changes {
        let cues = try Self.cues(of: text)
        guard !cues.isEmpty else { throw TranscriptFault(cause: "it holds no subtitles") }
        let exported = programme.transcript.passages.flatMap { passage in
            TranscriptSubtitles.cues(of: Transcript(language: passage.language, passages: [passage])).map {
                Exported(passage: passage.id, span: $0.span, text: $0.text)
            }
        }
        // Texts by the exported cue in whose place they stand.
        var written: [Int: [String]] = [:]
        var replaced: Set<Int> = []
        var speakers: [Int: [(cue: Cue, speaker: SpeakerID?)]] = [:]
        for cue in cues.sorted(by: { $0.span.start < $1.span.start }) {
            let (speaker, text) = try label(of: cue)
            let match = try match(cue, speaker: speaker, among: exported)
            let passage = exported[match].passage
            let joined = exported.indices.filter { index in
                exported[index].passage == passage
                    && exported[index].span.overlap(with: cue.span) > 0.5 * exported[index].span.seconds
            }
            written[min(match, joined.first ?? match), default: []].append(text)
            replaced.formUnion(joined + [match])
            speakers[passage, default: []].append((cue, speaker))
        }
        var changes = TranscriptImport.Changes()
        for passage in programme.transcript.passages where speakers[passage.id] != nil {
            let own = exported.indices.filter { exported[$0].passage == passage.id }
            let parts = own.flatMap { index in
                (written[index] ?? []) + (replaced.contains(index) ? [] : [exported[index].text])
            }
            let text = TranscriptImport.plain(parts.joined(separator: " "))
            if text != TranscriptImport.plain(passage.text) {
                changes.lines.append(Edit.Line(passage: passage.id, text: text, was: passage.text))
            }
            changes.assignments += assignments(
                of: passage, speakers[passage.id] ?? [], isWhole: own.allSatisfy(replaced.contains))
        }
        return changes
    }

    private func assignments(
        of passage: Passage, _ cues: [(cue: Cue, speaker: SpeakerID?)], isWhole: Bool
    ) -> [Edit.Assign] {
        let named = Set(cues.map { $0.speaker ?? passage.speaker })
        if isWhole, named.count == 1, let speaker = named.first {
            guard speaker != passage.speaker else { return [] }
            return [Edit.Assign(from: passage.speaker, to: speaker, spans: [passage.span])]
        }
        return named.subtracting([passage.speaker]).sorted().map { speaker in
            Edit.Assign(
                from: passage.speaker, to: speaker, spans: cues.filter { $0.speaker == speaker }.map(\.cue.span))
        }
    }

    /// The exported cue that a cue stands for.
    private func match(_ cue: Cue, speaker: SpeakerID?, among exported: [Exported]) throws -> Int {
        func fit(_ index: Int) -> Double {
            let other = exported[index]
            let overlap = other.span.overlap(with: cue.span) / max(0.01, min(other.span.seconds, cue.span.seconds))
            let isSame = abs(other.span.start - cue.span.start) < 0.05 && abs(other.span.end - cue.span.end) < 0.05
            guard overlap > 0.5 || isSame else { return 0 }
            let isTheirs = speaker != nil && programme.passage(other.passage)?.speaker == speaker
            return overlap + (isSame ? 2 : 0) + (isTheirs ? 1 : 0)
        }
        if let best = exported.indices.max(by: { (fit($0), $1) < (fit($1), $0) }), fit(best) > 0 { return best }
        let near = exported.min { abs($0.span.start - cue.span.start) < abs($1.span.start - cue.span.start) }
        throw TranscriptFault(
            line: cue.line,
            cause: "nothing is said from \(TranscriptTime.text(cue.span.start)) to \(TranscriptTime.text(cue.span.end))"
                + (near.map { "; the nearest is turn \($0.passage) at \(TranscriptTime.text($0.span.start))" } ?? ""),
            mend: "leave the times as they were exported")
    }

    /// Who speaks, and what: a name in front of the words counts where somebody has it.
    private func label(of cue: Cue) throws -> (SpeakerID?, String) {
        if let voice = cue.voice {
            guard let speaker = programme.known(voice) else { throw unknown(voice, cue) }
            return (speaker, cue.text)
        }
        guard let colon = cue.text.firstIndex(of: ":") else { return (nil, cue.text) }
        let name = String(cue.text[..<colon])
        if let speaker = programme.known(name) {
            return (speaker, String(cue.text[cue.text.index(after: colon)...]))
        }
        guard !name.hasPrefix("Speaker_") else { throw unknown(name, cue) }
        return (nil, cue.text)
    }

    private func unknown(_ name: String, _ cue: Cue) -> TranscriptFault {
        TranscriptFault(
            line: cue.line,
            cause: "nobody is called \"\(name.shortened)\"; there are "
                + programme.speakers.map(programme.title).joined(separator: ", "),
            mend: "a new speaker is made with `hyperaudio speakers split`")
    }

    // MARK: Reading

    /// SubRip and WebVTT: blocks that hold a line with times; other blocks (header, notes, styles) are none.
    static func cues(of text: String) throws -> [Cue] {
        let unified = text.replacing("\r\n", with: "\n").replacing("\u{FEFF}", with: "")
        var cues: [Cue] = []
        var block: [(line: Int, text: Substring)] = []
        func close() throws {
            defer { block = [] }
            guard let at = block.firstIndex(where: { $0.text.contains("-->") }) else { return }
            guard let span = TranscriptTime.span(block[at].text) else {
                throw TranscriptFault(line: block[at].line, cause: "\"\(block[at].text)\" is no pair of times")
            }
            var body = block[(at + 1)...].map(\.text).joined(separator: " ").drop { $0.isWhitespace }
            var voice: String?
            if body.hasPrefix("<v"), let end = body.firstIndex(of: ">") {
                let tag = body[..<end]
                voice = tag.firstIndex(of: " ").map { String(tag[tag.index(after: $0)...]) }
                body = body[body.index(after: end)...]
            }
            let words = TranscriptSubtitles.withoutTags(String(body))
            cues.append(
                Cue(
                    line: block[at].line, span: span, voice: voice,
                    text: voice == nil ? words : TranscriptSubtitles.unescaped(words)))
        }
        for (index, line) in unified.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.contains(where: { !$0.isWhitespace }) { block.append((index + 1, line)) } else { try close() }
        }
        try close()
        return cues
    }
}
