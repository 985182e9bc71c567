import AudioCore
import Foundation

/// Reads the truth files of the usual collections. What a file is, its name and its header say.
///
/// | file | what it is |
/// |---|---|
/// | `.rttm` | NIST RTTM: `SPEAKER file channel start seconds <NA> <NA> speaker ...` |
/// | `.stm` | NIST STM: `file channel speaker start end [<labels>] words` |
/// | `.wrd` | TIMIT words: `first-sample last-sample word`, 16 kHz |
/// | `.phn` | TIMIT phones, of which only speech and silence are used |
/// | `.tsv` with `start end speaker text` | a passage a line |
/// | `.tsv` with `start end speaker token [kind]` | a word a line; lines of another kind than `word` are passed over |
/// | `.tsv` with `utt text [speaker]` | a recording a line, found by the audio file's name |
/// | `.json`, a list of `{speaker, word, start, end}` | a word an entry |
/// | `.txt` | all that is said, by one person; TIMIT's two leading sample numbers are dropped |
public struct TruthReader: Sendable {
    /// TIMIT's positions are in samples of this rate.
    private static let timitRate = 16000.0
    /// Words of one speaker that lie no farther apart than this make one passage where a file has words only.
    private static let passageGapSeconds = 1.0

    /// The name that speech has where the file names nobody.
    public static let onlySpeaker = SpeakerID("speaker")

    public init() {}

    /// - Parameter audio: whose truth is wanted, for files that hold that of many.
    public func read(_ file: URL, audio: URL) throws -> Truth {
        let text: String
        do { text = try String(contentsOf: file, encoding: .utf8) } catch {
            throw AudioError(
                .noInput, operation: "read", subject: file.path, cause: "the truth file is missing or no text",
                mend: "check the suite's paths")
        }
        let truth = try parse(text, file: file, audio: audio)
        guard !truth.passages.isEmpty || file.pathExtension == "rttm" else {
            throw Self.bad(file, "it holds nothing about \(audio.lastPathComponent)")
        }
        return truth
    }

    private func parse(_ text: String, file: URL, audio: URL) throws -> Truth {
        switch file.pathExtension.lowercased() {
        case "rttm":
            let entries = try RTTM.entries(in: text, name: file.lastPathComponent)
            return Truth(
                entries.map { TruePassage(speaker: SpeakerID($0.speaker), span: $0.span, words: []) }, form: "RTTM")
        case "stm": return Truth(try stm(text, file), form: "STM")
        case "wrd": return Truth(try timitWords(text, file), form: "TIMIT words")
        case "phn": return Truth(try timitSpeech(text, file), form: "TIMIT phones")
        case "tsv": return try table(text, file, audio)
        case "json": return Truth(try wordList(text, file), form: "word list")
        case "txt": return Truth([plain(text)], form: "text")
        default: throw Self.bad(file, "no truth file is known by .\(file.pathExtension)")
        }
    }

    private static func bad(_ file: URL, _ cause: String) -> AudioError {
        AudioError(
            .badData, operation: "read", subject: file.lastPathComponent, cause: cause,
            mend: "docs/evaluation.md lists the forms of truth files")
    }
}

// MARK: - Lines

extension TruthReader {
    /// Lines with their numbers from 1 on; blank ones and comments (`;;`) are left out.
    private func lines(_ text: String) -> [(number: Int, line: Substring)] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            .map { (number: $0.offset + 1, line: $0.element) }
            .filter { !$0.line.allSatisfy(\.isWhitespace) && !$0.line.hasPrefix(";;") }
    }

    private func span(_ start: Substring, _ end: Substring, _ file: URL, _ number: Int, rate: Double = 1) throws
        -> TimeSpan
    {
        guard let start = Double(start), let end = Double(end),
            case let span = TimeSpan(start: start / rate, end: end / rate), span.isPlausible
        else { throw Self.bad(file, "line \(number) has no start and end in order") }
        return span
    }

    private func stm(_ text: String, _ file: URL) throws -> [TruePassage] {
        try lines(text).map { number, line in
            let fields = line.split(maxSplits: 5, whereSeparator: \.isWhitespace)
            guard fields.count >= 5 else { throw Self.bad(file, "line \(number) has fewer than five fields") }
            // The channel may be missing; then the speaker's field is followed by two numbers.
            let isShort = Double(fields[4]) == nil && Double(fields[3]) != nil
            let all = line.split(maxSplits: isShort ? 4 : 5, whereSeparator: \.isWhitespace)
            let first = isShort ? 2 : 3
            var said = all.count > first + 2 ? all[first + 2].trimmingPrefix(while: \.isWhitespace) : ""
            if said.hasPrefix("<"), let end = said.firstIndex(of: ">") { said = said[said.index(after: end)...] }
            return TruePassage(
                speaker: SpeakerID(String(all[first - 1])), span: try span(all[first], all[first + 1], file, number),
                text: String(said))
        }
    }

    private func timitWords(_ text: String, _ file: URL) throws -> [TruePassage] {
        let words = try timit(text, file).map { TrueWord(text: $0.label, span: $0.span) }
        guard let first = words.first?.span, let last = words.last?.span else { return [] }
        let whole = TimeSpan(start: first.start, end: last.end)
        return [TruePassage(speaker: Self.onlySpeaker, span: whole, words: words)]
    }

    /// Runs of phones that are speech.
    private func timitSpeech(_ text: String, _ file: URL) throws -> [TruePassage] {
        let silences: Set<String> = ["h#", "pau", "epi"]
        return TimeSpan.union(try timit(text, file).filter { !silences.contains($0.label) }.map(\.span))
            .map { TruePassage(speaker: Self.onlySpeaker, span: $0, words: []) }
    }

    private func timit(_ text: String, _ file: URL) throws -> [(span: TimeSpan, label: String)] {
        try lines(text).map { number, line in
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count == 3 else { throw Self.bad(file, "line \(number) has not three fields") }
            return (try span(fields[0], fields[1], file, number, rate: Self.timitRate), String(fields[2]))
        }
    }

    private func plain(_ text: String) -> TruePassage {
        var words = text.split(whereSeparator: \.isWhitespace)
        if words.count > 2, Int(words[0]) != nil, Int(words[1]) != nil { words.removeFirst(2) }
        return TruePassage(
            speaker: Self.onlySpeaker, span: nil, words: words.map { TrueWord(text: String($0)) })
    }
}

// MARK: - Tables

extension TruthReader {
    private func table(_ text: String, _ file: URL, _ audio: URL) throws -> Truth {
        let rows = lines(text)
        guard let header = rows.first else { throw Self.bad(file, "it is empty") }
        let columns = header.line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        let cells = try rows.dropFirst().map { number, line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            // An empty last cell may have lost its tab.
            guard cells.count == columns.count || cells.count == columns.count - 1 else {
                throw Self.bad(file, "line \(number) has \(cells.count) cells where \(columns.count) are named")
            }
            return (number: number, cells: Dictionary(zip(columns, cells), uniquingKeysWith: { first, _ in first }))
        }
        let named = Set(columns)
        if named.isSuperset(of: ["start", "end", "speaker", "text"]) {
            return Truth(
                try cells.map { number, row in
                    TruePassage(
                        speaker: SpeakerID(String(row["speaker"] ?? "")),
                        span: try span(row["start"] ?? "", row["end"] ?? "", file, number),
                        text: String(row["text"] ?? ""))
                }, form: "turns")
        }
        if named.isSuperset(of: ["start", "end", "speaker", "token"]) {
            let words = try cells.filter { ($0.cells["kind"] ?? "word") == "word" }.map { number, row in
                (
                    speaker: SpeakerID(String(row["speaker"] ?? "")),
                    word: TrueWord(
                        text: String(row["token"] ?? ""),
                        span: try span(row["start"] ?? "", row["end"] ?? "", file, number))
                )
            }
            return Truth(passages(of: words), form: "word list")
        }
        guard named.isSuperset(of: ["utt", "text"]) else {
            throw Self.bad(file, "its columns are \(columns.joined(separator: ", "))")
        }
        let name = audio.deletingPathExtension().lastPathComponent
        let said = cells.filter { $0.cells["utt"].map { $0 == name } ?? false }.map(\.cells)
        return Truth(
            said.map { row in
                TruePassage(
                    speaker: row["speaker"].map { SpeakerID(String($0)) } ?? Self.onlySpeaker, span: nil,
                    text: String(row["text"] ?? ""))
            }, form: "transcript")
    }

    private func wordList(_ text: String, _ file: URL) throws -> [TruePassage] {
        struct Entry: Decodable { var speaker: String, word: String, start: Double, end: Double }
        guard let entries = try? JSONDecoder().decode([Entry].self, from: Data(text.utf8)) else {
            throw Self.bad(file, "it is no list of {speaker, word, start, end}")
        }
        if let wrong = entries.firstIndex(where: { !TimeSpan(start: $0.start, end: $0.end).isPlausible }) {
            throw Self.bad(file, "word \(wrong + 1) has no start and end in order")
        }
        return passages(
            of: entries.map {
                (
                    speaker: SpeakerID($0.speaker),
                    word: TrueWord(text: $0.word, span: TimeSpan(start: $0.start, end: $0.end))
                )
            })
    }

    /// Joins each speaker's words over short gaps.
    private func passages(of words: [(speaker: SpeakerID, word: TrueWord)]) -> [TruePassage] {
        var open: [SpeakerID: Int] = [:]
        var passages: [TruePassage] = []
        for (speaker, word) in words {
            guard let span = word.span else { continue }
            if let index = open[speaker], let end = passages[index].span?.end,
                span.start - end <= Self.passageGapSeconds
            {
                passages[index].words.append(word)
                passages[index].span?.end = max(end, span.end)
            } else {
                open[speaker] = passages.count
                passages.append(TruePassage(speaker: speaker, span: span, words: [word]))
            }
        }
        return passages
    }
}
