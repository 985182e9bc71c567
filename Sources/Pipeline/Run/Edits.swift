import AudioCore
import Files
import Foundation

/// What a person changed between the stages: a layer over the results, never a change of them.
public struct Edits: Codable, Sendable, Equatable {
    /// New words for a passage of the transcript.
    public struct Line: Codable, Sendable, Equatable {
        /// `Passage.id`.
        public var passage: Int
        public var text: String

        public init(passage: Int, text: String) {
            self.passage = passage
            self.text = text
        }
    }

    public var version: Int
    public var lines: [Line]

    public init(lines: [Line] = []) {
        version = 1
        self.lines = lines
    }

    /// Reads `edits.json`; no file means no edits.
    init(file: URL) throws {
        guard FileManager.default.fileExists(atPath: file.path) else {
            self.init()
            return
        }
        do {
            self = try JSONDecoder().decode(Edits.self, from: Data(contentsOf: file))
        } catch {
            throw AudioError(
                .badData, operation: "read", subject: file.path, cause: "it is not valid: \(Self.reason(error))",
                mend: #"write it as {"version": 1, "lines": [{"passage": 3, "text": "..."}]}"#)
        }
        guard version == 1 else {
            throw AudioError(
                .badData, operation: "read", subject: file.path, cause: "its version is \(version), not 1",
                mend: "use the program that wrote it")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) has the wrong type"
        default: "it is not JSON"
        }
    }

    /// The transcript with the changed lines in it.
    public func applied(to transcript: Transcript) throws -> Transcript {
        var transcript = transcript
        for line in lines {
            guard let index = transcript.passages.firstIndex(where: { $0.id == line.passage }) else {
                throw AudioError(
                    .badData, operation: "apply", subject: "edits.json",
                    cause: "the transcript has no passage \(line.passage)",
                    mend: "`hyperaudio transcribe --json` lists the passages")
            }
            transcript.passages[index].words = Self.words(line.text, over: transcript.passages[index])
        }
        return transcript
    }

    /// Words that stayed keep their times; new ones share the time between their neighbours by their length. The times
    /// only guide the lock, which finds where the words really are.
    static func words(_ text: String, over passage: Passage) -> [Word] {
        let old = passage.words
        let new = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard !new.isEmpty else { return [] }
        let head = zip(old, new).prefix { $0.text == $1 }.count
        let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0.text == $1 }.count
        let start = head > 0 ? old[head - 1].span.end : old.first?.span.start ?? passage.span.start
        let end = tail > 0 ? old[old.count - tail].span.start : old.last?.span.end ?? passage.span.end
        let middle = new[head..<new.count - tail]
        let letters = Double(max(1, middle.reduce(0) { $0 + $1.count }))
        var time = start
        let spread = middle.map { text -> Word in
            let wordEnd = time + (end - start) * Double(text.count) / letters
            defer { time = wordEnd }
            return Word(text: text, span: TimeSpan(start: time, end: wordEnd), confidence: 1)
        }
        return Array(old.prefix(head)) + spread + Array(old.suffix(tail))
    }
}
