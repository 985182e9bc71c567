import Files
import Foundation
import Testing

/// One process a folder; whoever is refused leaves the descriptors of others alone.
@Suite struct FolderLockTests {
    private func folder() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("lock-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    @Test func aFolderIsHeldUntilTheLockGoes() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var lock: FolderLock? = try FolderLock(folder)
        #expect(#expect(throws: FileError.self) { try FolderLock(folder) }?.kind == .busy)
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try FolderLock(folder)
    }

    /// A descriptor that is closed twice is by then another thread's.
    @Test func aRefusalClosesNobodyElsesFile() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let lock = try FolderLock(folder)
        let taken = DispatchQueue(label: "taken")
        nonisolated(unsafe) var lost = 0
        DispatchQueue.concurrentPerform(iterations: 2) { thread in
            for _ in 0..<20_000 {
                if thread == 0 {
                    _ = try? FolderLock(folder)
                } else {
                    let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
                    sched_yield()
                    if close(descriptor) != 0 { taken.sync { lost += 1 } }
                }
            }
        }
        #expect(taken.sync { lost } == 0)
        withExtendedLifetime(lock) {}
    }
}
