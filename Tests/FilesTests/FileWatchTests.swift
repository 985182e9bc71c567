import Files
import Foundation
import Testing

/// Files that are written, made and taken away are noticed, each time once.
@Suite struct FileWatchTests {
    @Test func aWrittenFileIsNoticedOnce() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, other) = (folder.appendingPathComponent("watched.yaml"), folder.appendingPathComponent("other"))
        try Data("x".utf8).write(to: other)
        var watch = FileWatch([file, other])
        #expect(watch.changes().isEmpty)
        try Data("a".utf8).write(to: file)
        #expect(watch.changes() == [file] && watch.changes().isEmpty)
        try Data("ab".utf8).write(to: file)
        #expect(watch.changes() == [file])
        try FileManager.default.removeItem(at: file)
        #expect(watch.changes() == [file] && watch.changes().isEmpty)
        // One that is looked at from now on counts as written.
        watch.files = [other, folder]
        #expect(watch.changes() == [folder])
    }
}
