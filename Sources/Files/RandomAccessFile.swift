import Foundation

/// A file that is read at random with pread(2): what was read is the caller's, and nothing of the file stays in the
/// process. (Mapped pages of a long file would count as the process's memory until the system wants them back.)
///
/// Reading is safe from several threads at once: the descriptor has no position that matters.
final class RandomAccessFile: Sendable {
    let url: URL
    /// When it was opened.
    let byteCount: Int
    private let descriptor: Int32

    init(_ url: URL) throws {
        self.url = url
        descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FileError(.noInput, url, "read", String(cString: strerror(errno)))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(.badData, url, "read", "it is not a file")
        }
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills `buffer` with the bytes from `offset` on.
    /// - Throws: `FileError` where the file is shorter by now, or the disk refuses.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        guard let start = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, start + done, buffer.count - done, off_t(offset + done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(.inputOutput, url, "read", String(cString: strerror(errno))) }
            guard count > 0 else { throw FileError(.badData, url, "read", "it ends early") }
            done += count
        }
    }

    /// - Returns: bytes; fewer than `count` where the file ends before.
    func bytes(_ count: Int, at offset: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, min(count, byteCount - offset)))
        try bytes.withUnsafeMutableBytes { try read(into: $0, at: offset) }
        return bytes
    }
}
