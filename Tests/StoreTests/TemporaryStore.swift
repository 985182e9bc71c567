import Foundation
import Store

/// A database in a folder of its own, removed with it.
final class TemporaryStore: Sendable {
    let folder: URL
    let file: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("store \(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        file = folder.appendingPathComponent("store.sqlite")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A connection of its own every time, as another process would have.
    func open() throws -> Store { try Store(file) }

    func write(_ text: String, to name: String) throws -> URL {
        let url = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: url)
        return url
    }
}
