import AudioCore
import Foundation

/// Compares a corrected transcript with the one of a run: what a person wrote otherwise, and nothing else.
struct TranscriptImport {
    /// The run as it is now.
    let programme: EditedProgramme
    /// Times in the file may differ from the run's by so much; a row that differs more belongs to something else.
    static let timeTolerance = 0.5

    /// New words for turns, and turns that are somebody else's.
    struct Changes: Equatable {
        var lines: [Edit.Line] = []
        var assignments: [Edit.Assign] = []
    }

    /// - Throws: `TranscriptFault`.
    func changes(in text: String, format: TranscriptExchange) throws -> Changes {
        guard text.contains(where: { !$0.isWhitespace && $0 != "\u{FEFF}" }) else {
            throw TranscriptFault(cause: "it is empty", mend: "export the transcript again")
        }
        switch format {
        case .csv, .tsv: return try compared(rows: table(text))
        case .json: return try compared(rows: document(text))
        case .srt, .vtt: return try SubtitleImport(programme: programme).changes(in: text)
        }
    }

    /// A turn as a file has it.
    private struct Row {
        /// Of the file, from 1 on.
        var line: Int
        var passage: Int
        var start: Double?
        var end: Double?
        var speaker: String?
        var text: String
    }

    private func compared(rows: [Row]) throws -> Changes {
        guard !rows.isEmpty else {
            throw TranscriptFault(cause: "it holds no turns", mend: "export the transcript again")
        }
        var changes = Changes()
        var seen: [Int: Int] = [:]
        for row in rows {
            let passage = try passage(of: row)
            if let before = seen.updateValue(row.line, forKey: row.passage) {
                throw TranscriptFault(line: row.line, cause: "turn \(row.passage) stands in line \(before) already")
            }
            let text = Self.plain(row.text)
            if text != Self.plain(passage.text) {
                changes.lines.append(Edit.Line(passage: passage.id, text: text, was: passage.text))
            }
            if let speaker = try speaker(of: row), speaker != passage.speaker {
                changes.assignments.append(Edit.Assign(from: passage.speaker, to: speaker, spans: [passage.span]))
            }
        }
        return changes
    }

    private func passage(of row: Row) throws -> Passage {
        guard let passage = programme.passage(row.passage) else {
            let near = programme.transcript.passages.map(\.id).nearest(to: row.passage)
            throw TranscriptFault(
                line: row.line,
                cause: "the run has no turn \(row.passage)"
                    + (near.isEmpty ? "" : "; the nearest are \(near.map(String.init).joined(separator: ", "))"))
        }
        for (time, own, what) in [(row.start, passage.span.start, "begins"), (row.end, passage.span.end, "ends")] {
            guard let time, abs(time - own) > Self.timeTolerance else { continue }
            throw TranscriptFault(
                line: row.line,
                cause: String(
                    format: "turn %d %@ at %.2f s there and at %.2f s in the run", row.passage, what, time, own),
                mend: "times are changed with `hyperaudio edits move`")
        }
        return passage
    }

    private func speaker(of row: Row) throws -> SpeakerID? {
        guard let name = row.speaker?.trimmingCharacters(in: .whitespaces), !name.isEmpty else { return nil }
        guard let speaker = programme.known(name) else { throw unknownSpeaker(name, line: row.line) }
        return speaker
    }

    private func unknownSpeaker(_ name: String, line: Int) -> TranscriptFault {
        TranscriptFault(
            line: line,
            cause: "nobody is called \"\(name.shortened)\"; there are "
                + programme.speakers.map(programme.title).joined(separator: ", "),
            mend: "a new speaker is made with `hyperaudio speakers split`")
    }

    /// Words with one blank between them.
    static func plain(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    // MARK: Tables

    private func table(_ text: String) throws -> [Row] {
        let rows = try TranscriptTable.rows(of: text)
        guard let header = rows.first?.fields.map({ $0.trimmingCharacters(in: .whitespaces).lowercased() }),
            let turn = header.firstIndex(where: { ["turn", "id", "passage"].contains($0) }),
            let words = header.firstIndex(of: "text")
        else {
            throw TranscriptFault(
                line: rows.first?.line ?? 1, cause: "it does not name the columns \"turn\" and \"text\"",
                mend: "keep the first line that the export wrote")
        }
        let columns = (start: header.firstIndex(of: "start"), end: header.firstIndex(of: "end"))
        let speaker = header.firstIndex(of: "speaker")
        return try rows.dropFirst().map { row in
            func field(_ column: Int?) -> String? {
                column.flatMap { row.fields.indices.contains($0) ? row.fields[$0] : nil }
            }
            guard let text = field(words) else {
                throw TranscriptFault(
                    line: row.line, cause: "it has \(row.fields.count) of \(header.count) columns",
                    mend: "put quotation marks around text that holds separators")
            }
            guard row.fields.count <= header.count else {
                throw TranscriptFault(
                    line: row.line, cause: "it has \(row.fields.count) columns instead of \(header.count)",
                    mend: "put quotation marks around text that holds separators")
            }
            let number = (field(turn) ?? "").trimmingCharacters(in: .whitespaces)
            guard let id = Int(number) else {
                throw TranscriptFault(line: row.line, cause: "\"\(number.shortened)\" is no number of a turn")
            }
            func time(_ column: Int?) throws -> Double? {
                guard let text = field(column)?.trimmingCharacters(in: .whitespaces), !text.isEmpty else { return nil }
                guard let time = Timecode.seconds(text.replacing(",", with: ".")) else {
                    throw TranscriptFault(line: row.line, cause: "\"\(text.shortened)\" is no time")
                }
                return time
            }
            return Row(
                line: row.line, passage: id, start: try time(columns.start), end: try time(columns.end),
                speaker: field(speaker), text: text)
        }
    }

    // MARK: JSON

    private func document(_ text: String) throws -> [Row] {
        // Line in which each passage begins, in order: of all the objects only they have an id.
        var places: [Int] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            places += [Int](repeating: index + 1, count: line.ranges(of: "\"id\"").count)
        }
        func place(_ index: Int) -> Int { places.indices.contains(index) ? places[index] : 1 }
        let document: TranscriptDocument
        do {
            document = try JSONDecoder().decode(TranscriptDocument.self, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw Self.fault(error, place: place)
        }
        guard document.version == 1 else {
            throw TranscriptFault(cause: "its version is \(document.version), not 1")
        }
        return try document.passages.enumerated().map { index, line in
            let own = programme.passage(line.id).map { Self.plain($0.text) }
            let joined = Self.plain(line.words.map(\.text).joined(separator: " "))
            let written = Self.plain(line.text)
            if written != joined, written != own, joined != own {
                throw TranscriptFault(
                    line: place(index), cause: "turn \(line.id) has other words in \"text\" than in \"words\"",
                    mend: "change one of them only")
            }
            return Row(
                line: place(index), passage: line.id, start: line.start, end: line.end, speaker: line.speaker.name,
                text: written != own ? written : joined)
        }
    }

    private static func fault(_ error: DecodingError, place: (Int) -> Int) -> TranscriptFault {
        func line(_ context: DecodingError.Context) -> Int? {
            context.codingPath.lazy.compactMap(\.intValue).first.map(place)
        }
        switch error {
        case .keyNotFound(let key, let context):
            return TranscriptFault(line: line(context), cause: "\"\(key.stringValue)\" is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let key = context.codingPath.last?.stringValue ?? "something"
            return TranscriptFault(line: line(context), cause: "\"\(key)\" has the wrong type")
        case .dataCorrupted(let context):
            let words = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String ?? ""
            let number = words.firstRange(of: "line ").flatMap { range in
                Int(words[range.upperBound...].prefix { $0.isNumber })
            }
            return TranscriptFault(line: number, cause: "it is not valid JSON")
        @unknown default: return TranscriptFault(cause: "it is not a transcript of the expected form")
        }
    }
}

/// Times as people type them.
public enum Timecode {
    /// `83.4`, `1:23.4` or `1:02:03.4`; nil where it is none.
    public static func seconds(_ text: String) -> Double? {
        if text.contains(":") { return TranscriptTime.seconds(text) }
        guard let value = Double(text), value >= 0, value.isFinite, text.first?.isNumber ?? false else { return nil }
        return value
    }
}
