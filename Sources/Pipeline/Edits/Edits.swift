import AudioCore
import Files
import Foundation

/// What a person changed between the stages, in the order in which it was changed: a layer over the results, never a
/// change of them. `edits.json`, version 2; version 1 held lines only and is read as such.
public struct Edits: Sendable, Equatable {
    public var changes: [Edit]
    /// The changes with which the programme was first heard. Tone and level of the new voices are measured on it, so that
    /// a later change leaves everything else as it was, bit for bit. nil: it was first heard without any.
    public var basis: [Edit]?

    public init(_ changes: [Edit] = [], basis: [Edit]? = nil) {
        self.changes = changes
        self.basis = basis
    }

    /// Reads `edits.json`; no file means no edits.
    init(file: URL) throws {
        guard FileManager.default.fileExists(atPath: file.path) else {
            self.init()
            return
        }
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw FileError(.inputOutput, file, "read", FileError.reason(error))
        }
        do {
            self = try JSONDecoder().decode(Edits.self, from: data)
        } catch let error as Unreadable {
            throw AudioError(
                .badData, operation: "read", subject: file.path, cause: "its version is \(error.version), not 1 or 2",
                mend: "use the program that wrote it")
        } catch {
            throw AudioError(
                .badData, operation: "read", subject: file.path, cause: "it is not valid: \(Self.reason(error))",
                mend: "mend it (docs/edits.md), or take the last change back with `hyperaudio edits undo`")
        }
    }

    private static func reason(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            let parts = path.map { key in key.intValue.map { "change \($0 + 1)" } ?? "\"\(key.stringValue)\"" }
            return parts.filter { $0 != "\"changes\"" && $0 != "\"lines\"" }.joined(separator: ", ")
        }
        func within(_ path: [any CodingKey]) -> String { path.isEmpty ? "" : " in \(place(path))" }
        switch error as? DecodingError {
        case .keyNotFound(let key, let context):
            return "\"\(key.stringValue)\" is missing\(within(context.codingPath))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(place(context.codingPath)) has the wrong type"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "\(place(context.codingPath)): \(context.debugDescription)"
        default: return "it is not JSON"
        }
    }

    /// Adds a change. One that says again what another said takes its place, if nothing in between moved words.
    public mutating func add(_ edit: Edit) {
        if let last = changes.lastIndex(where: { $0.moves || $0.isSucceeded(by: edit) }),
            changes[last].isSucceeded(by: edit)
        {
            var edit = edit
            if case .line(let old) = changes[last], case .line(var new) = edit {
                new.was = old.was
                edit = .line(new)
            }
            changes.remove(at: last)
            changes.append(edit)
        } else {
            changes.append(edit)
        }
    }

    /// Takes back what was written into a turn, where that is a change that nothing built upon.
    /// - Returns: false where there is no such change.
    mutating func removeLine(of passage: Int) -> Bool {
        let isStructural = changes.contains(where: \.moves)
        guard !isStructural, let index = changes.lastIndex(where: { $0.line?.passage == passage }) else { return false }
        changes.remove(at: index)
        return true
    }
}

extension Edits: Codable {
    private enum Key: CodingKey { case version, changes, basis, lines }
    /// A version of the file that this program does not know.
    private struct Unreadable: Error { var version: Int }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let version = try container.decode(Int.self, forKey: .version)
        switch version {
        case 1:
            self.init(try container.decode([Edit.Line].self, forKey: .lines).map(Edit.line))
        case 2:
            self.init(
                try container.decode([Edit].self, forKey: .changes),
                basis: try container.decodeIfPresent([Edit].self, forKey: .basis))
        default: throw Unreadable(version: version)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(2, forKey: .version)
        try container.encode(changes, forKey: .changes)
        try container.encodeIfPresent(basis, forKey: .basis)
    }
}

extension Edit {
    var line: Line? {
        if case .line(let line) = self { line } else { nil }
    }

    /// Changes which words a turn has, or which turns there are: what comes later builds upon it.
    var moves: Bool {
        switch self {
        case .merge, .assign, .edges: true
        case .line, .name, .take, .stretch: false
        }
    }

    /// True where `later` says the same thing anew.
    func isSucceeded(by later: Edit) -> Bool {
        switch (self, later) {
        case (.line(let a), .line(let b)): a.passage == b.passage
        case (.name(let a), .name(let b)): a.speaker == b.speaker
        case (.take(let a), .take(let b)): a.passage == b.passage
        case (.edges(let a), .edges(let b)): a.passage == b.passage
        case (.stretch(let a), .stretch(let b)): a.span == b.span && a.speaker == b.speaker
        default: false
        }
    }
}
