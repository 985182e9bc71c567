import Foundation

/// Notices that files were written: their sizes and dates of modification, looked at from time to time. (Nothing to be
/// told by the kernel about files that are replaced, on network folders, or not there yet.)
public struct FileWatch: Sendable {
    /// Time between two looks.
    public static let interval = Duration.seconds(1)

    private struct State: Equatable {
        var size: Int
        var modified: Date
    }

    /// Files or folders, which need not be there yet. One that is added counts as written if it is there.
    public var files: [URL]
    private var states: [URL: State]

    public init(_ files: [URL]) {
        self.files = files
        states = Self.look(at: files)
    }

    /// Files that were written, made or taken away since the last question.
    public mutating func changes() -> [URL] {
        let now = Self.look(at: files)
        defer { states = now }
        return files.filter { now[$0] != states[$0] }
    }

    private static func look(at files: [URL]) -> [URL: State] {
        files.reduce(into: [:]) { states, file in
            guard let facts = try? FileManager.default.attributesOfItem(atPath: file.path) else { return }
            states[file] = State(
                size: (facts[.size] as? NSNumber)?.intValue ?? 0,
                modified: facts[.modificationDate] as? Date ?? .distantPast)
        }
    }
}
