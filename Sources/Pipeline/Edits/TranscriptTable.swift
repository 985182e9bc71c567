import AudioCore
import Files
import Foundation

/// A transcript as a table for spreadsheets: a row a turn, RFC 4180.
struct TranscriptTable {
    /// "," or a tab.
    let separator: Character

    static let columns = ["turn", "start", "end", "speaker", "name", "text"]

    /// - Parameter names: what speakers are called.
    func text(of transcript: Transcript, names: [SpeakerID: String]) -> String {
        let rows = transcript.passages.map { passage in
            [
                "\(passage.id)", Self.seconds(passage.span.start), Self.seconds(passage.span.end),
                passage.speaker.name, names[passage.speaker] ?? "", passage.text,
            ]
        }
        return ([Self.columns] + rows).map { row in
            row.map(quoted).joined(separator: String(separator)) + "\r\n"
        }.joined()
    }

    private static func seconds(_ value: Double) -> String { String(format: "%.3f", value) }

    private func quoted(_ field: String) -> String {
        let isPlain = !field.contains { $0 == separator || $0 == "\"" || $0.isNewline }
        return isPlain ? field : "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    // MARK: Reading

    /// A row as it stands in a file.
    struct Row: Equatable {
        /// Of the file, from 1 on.
        var line: Int
        var fields: [String]
    }

    /// Splits a table into rows; empty lines are none. The separator is the one that the first line has most of: comma,
    /// semicolon (what spreadsheets write in half of Europe) or tab.
    /// - Throws: `TableFault`.
    static func rows(of text: String) throws -> [Row] {
        let first = text.prefix { !$0.isNewline }
        let separator = [",", ";", "\t"].map(Character.init).max { a, b in
            first.count { $0 == a } < first.count { $0 == b }
        }
        var rows: [Row] = []
        var row = Row(line: 1, fields: [])
        var field = ""
        var isQuoted = false
        var wasQuoted = false
        var line = 1
        var opened = 1
        func endField() {
            row.fields.append(field)
            (field, wasQuoted) = ("", false)
        }
        func endRow() {
            endField()
            if row.fields.contains(where: { !$0.isEmpty }) { rows.append(row) }
            row = Row(line: line, fields: [])
        }
        var rest = Substring(text.replacing("\u{FEFF}", with: ""))
        while let character = rest.popFirst() {
            if character.isNewline { line += 1 }
            if isQuoted {
                if character == "\"", rest.first == "\"" {
                    field.append("\"")
                    rest = rest.dropFirst()
                } else if character == "\"" {
                    isQuoted = false
                } else {
                    field.append(character.isNewline ? "\n" : character)
                }
            } else if character == "\"", field.isEmpty, !wasQuoted {
                (isQuoted, wasQuoted, opened) = (true, true, line)
            } else if character == separator {
                endField()
            } else if character.isNewline {
                endRow()
            } else {
                field.append(character)
            }
        }
        guard !isQuoted else {
            throw TranscriptFault(line: opened, cause: "a quotation mark is opened and never closed")
        }
        if !field.isEmpty || !row.fields.isEmpty { endRow() }
        return rows
    }
}

/// Why a file does not fit a run, and in which line.
struct TranscriptFault: Error {
    var line: Int?
    var cause: String
    var mend = ""
}
