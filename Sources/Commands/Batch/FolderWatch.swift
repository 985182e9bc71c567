import AudioCore
import Files
import Foundation

/// Sees files come into a folder. A file has come when whoever wrote it has closed it or moved it there and it has not
/// grown since for a moment. Files that lie there at the beginning count as come, too.
final class FolderWatch {
    /// Can be read when something has happened.
    let descriptor: Int32
    private let folder: URL
    private var pending: [String: (size: Int, changed: Double, since: ContinuousClock.Instant)] = [:]
    private let settle: Duration

    private static let wanted = UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO)
    private static let ends = UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_UNMOUNT) | UInt32(IN_IGNORED)
    private static let fieldBytes = 16
    /// What podcasts come as; other files are let lie.
    static let extensions: Set<String> = [
        "aac", "aif", "aiff", "avi", "flac", "m4a", "m4v", "mka", "mkv", "mov", "mp2", "mp3", "mp4", "mpg", "oga",
        "ogg",
        "opus", "ts", "wav", "webm", "wma", "wv",
    ]

    /// - Parameter settleSeconds: a file that was closed is taken when it has not changed for so long.
    init(_ folder: URL, settleSeconds: Double = 2) throws {
        self.folder = folder
        settle = .seconds(settleSeconds)
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0, inotify_add_watch(descriptor, folder.path, Self.wanted | Self.ends) >= 0 else {
            let cause = errno == ENOENT ? "there is no such folder" : String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw AudioError(
                .noInput, operation: "watch", subject: folder.path, cause: cause, mend: "name a folder that is there")
        }
        try look()
    }

    deinit { close(descriptor) }

    /// Files that have come since the last call, by name.
    func arrivals() throws -> [URL] {
        try readEvents()
        let now = ContinuousClock.now
        var come: [URL] = []
        for (name, seen) in pending {
            let file = folder.appendingPathComponent(name)
            guard let (size, changed) = Self.state(file) else {
                pending[name] = nil
                continue
            }
            if size != seen.size || changed != seen.changed {
                pending[name] = (size, changed, now)
            } else if size > 0, now - seen.since >= settle, !Self.isBeingWritten(file) {
                pending[name] = nil
                come.append(file)
            }
        }
        return come.sorted { $0.path < $1.path }
    }

    /// Everything that lies there.
    private func look() throws {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
            throw AudioError(
                .noInput, operation: "watch", subject: folder.path, cause: FileError.reason(error),
                mend: "name a folder that can be read")
        }
        names.forEach(notice)
    }

    private func notice(_ name: String) {
        let file = folder.appendingPathComponent(name)
        guard !name.hasPrefix("."), Self.extensions.contains(file.pathExtension.lowercased()),
            let (size, changed) = Self.state(file)
        else { return }
        pending[name] = (size, changed, .now)
    }

    /// inotify(7): `wd`, `mask`, `cookie`, `len`, four bytes each, then `len` bytes of name, padded with zeros.
    private func readEvents() throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return }
            var place = 0
            while place + Self.fieldBytes <= count {
                let (mask, length) = buffer.withUnsafeBytes {
                    (
                        $0.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self),
                        Int($0.loadUnaligned(fromByteOffset: place + 12, as: UInt32.self))
                    )
                }
                let name = buffer[place + Self.fieldBytes..<place + Self.fieldBytes + length].prefix { $0 != 0 }
                place += Self.fieldBytes + length
                if mask & Self.ends != 0 {
                    throw AudioError(
                        .noInput, operation: "watch", subject: folder.path, cause: "the folder was removed or renamed",
                        mend: "start again where it is now")
                }
                // Too much happened at once to be told one by one.
                if mask & UInt32(IN_Q_OVERFLOW) != 0 {
                    try look()
                } else {
                    notice(String(decoding: name, as: UTF8.self))
                }
            }
        }
    }

    /// nil for what is no file.
    private static func state(_ file: URL) -> (size: Int, changed: Double)? {
        var status = stat()
        guard stat(file.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return (Int(status.st_size), Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9)
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
