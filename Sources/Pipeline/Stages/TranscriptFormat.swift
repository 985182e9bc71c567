import AudioCore
import Files
import Foundation

/// The ways a transcript is written down; raw values are file extensions.
public enum TranscriptFormat: String, Sendable, Codable, CaseIterable {
    /// A line a passage: `[00:01:02.500 --> 00:01:05.000] Speaker_A: text`.
    case text = "txt"
    /// SubRip subtitles, the speaker before the text.
    case subRip = "srt"
    /// WebVTT subtitles, the speaker as a voice tag.
    case webVTT = "vtt"
    /// Everything: words with start, end and confidence.
    case json

    /// - Returns: the file's text.
    public func text(of transcript: Transcript) throws -> String {
        switch self {
        case .text: TranscriptText.text(of: transcript)
        case .subRip: TranscriptSubtitles.subRip(transcript)
        case .webVTT: TranscriptSubtitles.webVTT(transcript)
        case .json: try TranscriptDocument(transcript).text()
        }
    }

    /// Reads what `text(of:)` wrote, or the like from elsewhere. All but JSON know no word times: a line's words share
    /// its time by their lengths, with confidence 1.
    /// - Parameters:
    ///   - language: ISO 639-1, for the formats that do not say.
    ///   - subject: what errors call the text.
    public func transcript(from text: String, language: String = "en", subject: String) throws -> Transcript {
        switch self {
        case .text: try TranscriptText.transcript(from: text, language: language, subject: subject)
        case .subRip, .webVTT: try TranscriptSubtitles.transcript(from: text, language: language, subject: subject)
        case .json: try TranscriptDocument(text: text, subject: subject).transcript
        }
    }

    public func write(_ transcript: Transcript, to file: URL) throws {
        let text = try text(of: transcript)
        do {
            try Data(text.utf8).write(to: file, options: .atomic)
        } catch {
            throw FileError(.cannotCreate, file, "write", FileError.reason(error))
        }
    }

    /// Writes `transcript.txt`, `.srt`, `.vtt` and `.json`.
    static func writeAll(_ transcript: Transcript, in folder: URL) throws {
        for format in allCases {
            try format.write(transcript, to: folder.appendingPathComponent("transcript.\(format.rawValue)"))
        }
    }

    /// Reads a transcript; the extension says its form.
    public static func read(_ file: URL, language: String = "en") throws -> Transcript {
        guard let format = TranscriptFormat(rawValue: file.pathExtension.lowercased()) else {
            throw AudioError(
                .badData, operation: "read", subject: file.path, cause: "its extension says no form of transcript",
                mend: "name it .\(allCases.map(\.rawValue).joined(separator: ", ."))")
        }
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            throw FileError(.noInput, file, "read", FileError.reason(error))
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw FileError(.badData, file, "read", "it is not UTF-8")
        }
        return try format.transcript(from: text, language: language, subject: file.lastPathComponent)
    }
}

/// A line of a transcript: who, when, what.
struct TranscriptLine: Equatable {
    var speaker: SpeakerID
    var span: TimeSpan
    var text: String

    /// The line as a passage whose words share the time by their lengths.
    func passage(id: Int, language: String) -> Passage {
        let texts = text.split(whereSeparator: \.isWhitespace).map(String.init)
        let total = Double(max(1, texts.reduce(0) { $0 + $1.count + 1 }))
        var at = span.start
        let words = texts.map { text in
            let seconds = span.seconds * Double(text.count + 1) / total
            defer { at += seconds }
            return Word(text: text, span: TimeSpan(start: at, end: at + seconds), confidence: 1)
        }
        return Passage(id: id, speaker: speaker, span: span, language: language, words: words)
    }

    static func transcript(_ lines: [TranscriptLine], language: String) -> Transcript {
        let sorted = lines.sorted { ($0.span.start, $0.speaker) < ($1.span.start, $1.speaker) }
        return Transcript(
            language: language,
            passages: sorted.enumerated().map { $1.passage(id: $0, language: language) })
    }
}

/// Times as subtitles write them.
enum TranscriptTime {
    /// `01:02:03.456`; SubRip puts a comma before the milliseconds.
    static func text(_ seconds: Double, separator: Character = ".") -> String {
        let milliseconds = Int((max(0, seconds) * 1000).rounded())
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(milliseconds / 3_600_000, 2) + ":" + digits(milliseconds / 60_000 % 60, 2) + ":"
            + digits(milliseconds / 1000 % 60, 2) + String(separator) + digits(milliseconds % 1000, 3)
    }

    /// `[hours:]minutes:seconds[.,]milliseconds`; nil where it is no time.
    static func seconds(_ text: some StringProtocol) -> Double? {
        let parts = String(text.map { $0 == "," ? "." : $0 }).split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        var total = 0.0
        for part in parts {
            guard let value = Double(part), value >= 0, !part.hasPrefix("+") else { return nil }
            total = total * 60 + value
        }
        return total
    }

    /// `start --> end`, whatever follows ignored.
    static func span(_ line: some StringProtocol) -> TimeSpan? {
        let halves = line.split(separator: "-->", maxSplits: 1)
        guard halves.count == 2, let last = halves[1].split(separator: " ").first,
            let start = seconds(String(halves[0].filter { !$0.isWhitespace })), let end = seconds(last),
            TimeSpan(start: start, end: end).isPlausible
        else { return nil }
        return TimeSpan(start: start, end: end)
    }
}
