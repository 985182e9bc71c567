import Foundation

/// Keeps other processes out of a folder for as long as it lives; the kernel lets go when the process dies.
public final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `FileError` of kind `.busy` where another process holds the folder.
    public init(_ folder: URL) throws {
        let url = folder.appendingPathComponent(".lock")
        descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw FileError(.cannotCreate, url, "write", String(cString: strerror(errno)))
        }
        // Closed by `deinit`, which runs in any case from here on: closed twice, it would be somebody else's descriptor.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw FileError(.busy, folder, "use", "another process is working in it")
        }
    }

    deinit { close(descriptor) }
}
