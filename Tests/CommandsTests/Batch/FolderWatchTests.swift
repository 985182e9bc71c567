import AudioCore
import Foundation
import Testing

@testable import Commands

/// Files are taken when they are whole, and once.
@Suite struct FolderWatchTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("watch \(UUID())")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    /// What comes within the time given.
    private func arrivals(_ watch: FolderWatch, seconds: Double, until count: Int = .max) throws -> [String] {
        var come: [String] = []
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end, come.count < count {
            come += try watch.arrivals().map(\.lastPathComponent)
            usleep(20_000)
        }
        return come
    }

    @Test func filesThatLieThereAndFilesThatComeAreTakenOnce() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("one".utf8).write(to: file("one.mp3"))
        let watch = try FolderWatch(folder, settleSeconds: 0.1)
        #expect(try arrivals(watch, seconds: 5, until: 1) == ["one.mp3"])
        try Data("two".utf8).write(to: file("two.wav"))
        try Data("notes".utf8).write(to: file("notes.txt"))
        try Data("hidden".utf8).write(to: file(".three.mp3"))
        try Data().write(to: file("empty.mp3"))
        #expect(try arrivals(watch, seconds: 1) == ["two.wav"])
        // A download that gets its name when it is whole.
        try FileManager.default.moveItem(at: file(".three.mp3"), to: file("three.mp3"))
        #expect(try arrivals(watch, seconds: 5, until: 1) == ["three.mp3"])
        #expect(try arrivals(watch, seconds: 0.5).isEmpty)
    }

    @Test func aFileThatIsStillBeingWrittenIsLeftAlone() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let slow = open(file("slow.mp3").path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        _ = write(slow, "half", 4)
        // It lies there at the beginning, does not grow, and is open.
        let watch = try FolderWatch(folder, settleSeconds: 0.1)
        #expect(try arrivals(watch, seconds: 0.6).isEmpty)
        _ = write(slow, "more", 4)
        close(slow)
        #expect(try arrivals(watch, seconds: 5, until: 1) == ["slow.mp3"])
    }

    @Test func aFolderThatIsNotThereOrGoesIsSaid() throws {
        let watch = try FolderWatch(folder, settleSeconds: 0.1)
        try FileManager.default.removeItem(at: folder)
        #expect(throws: AudioError.self) { try arrivals(watch, seconds: 2) }
        #expect(#expect(throws: AudioError.self) { try FolderWatch(folder) }?.kind == .noInput)
    }
}
