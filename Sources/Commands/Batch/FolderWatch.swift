import AudioCore
import Files
import Foundation

/// Sees files come into a folder. A file has come when nobody has it open for writing and it has not changed for a
/// moment. Files that lie there at the beginning count as come, too.
final class FolderWatch {
    private let folder: URL
    private let settle: Duration
    private var watch = FileWatch([])
    /// Files that have not come yet, and since when they are as they are.
    private var pending: [URL: ContinuousClock.Instant] = [:]
    private var lastLook: ContinuousClock.Instant?

    /// What podcasts come as; other files are let lie.
    static let extensions: Set<String> = [
        "aac", "aif", "aiff", "avi", "flac", "m4a", "m4v", "mka", "mkv", "mov", "mp2", "mp3", "mp4", "mpg", "oga",
        "ogg",
        "opus", "ts", "wav", "webm", "wma", "wv",
    ]

    /// - Parameter settleSeconds: a file is taken when it has not changed for so long.
    init(_ folder: URL, settleSeconds: Double = 2) throws {
        self.folder = folder
        settle = .seconds(settleSeconds)
        _ = try files()
    }

    /// Files that have come since the last call, by name.
    func arrivals() throws -> [URL] {
        let now = ContinuousClock.now
        if let lastLook, now - lastLook < min(settle, FileWatch.interval) { return [] }
        lastLook = now
        watch.files = try files()
        for file in watch.changes() { pending[file] = now }
        let there = Set(watch.files)
        pending = pending.filter { there.contains($0.key) }
        let come = pending.filter { now - $0.value >= settle && Self.isWhole($0.key) }.keys
        for file in come { pending[file] = nil }
        return come.sorted { $0.path < $1.path }
    }

    /// What lies there now and could be a programme.
    private func files() throws -> [URL] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { !$0.hasPrefix(".") }
                .map { folder.appendingPathComponent($0) }
                .filter { Self.extensions.contains($0.pathExtension.lowercased()) }
        } catch {
            throw AudioError(
                .noInput, operation: "watch", subject: folder.path, cause: FileError.reason(error),
                mend: "name a folder that is there and can be read")
        }
    }

    private static func isWhole(_ file: URL) -> Bool {
        var status = stat()
        return stat(file.path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size > 0
            && !isBeingWritten(file)
    }

    /// The kernel grants a read lease only where nobody has a file open for writing (fcntl(2)). Where leases do not work
    /// (another owner's file, a network), that the file does not grow must do.
    private static func isBeingWritten(_ file: URL) -> Bool {
        let (setLease, noLease): (Int32, Int32) = (1024, Int32(F_UNLCK))
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard fcntl(descriptor, setLease, Int32(F_RDLCK)) == 0 else { return errno == EAGAIN }
        _ = fcntl(descriptor, setLease, noLease)
        return false
    }
}
