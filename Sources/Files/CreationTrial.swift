import Foundation

/// Finds out whether a file can be created, before work is spent on what it shall hold.
public enum CreationTrial {
    /// Where a file is written before it takes its place, beside it.
    public static func draft(of file: URL) -> URL {
        file.deletingLastPathComponent().appendingPathComponent(".draft-" + file.lastPathComponent)
    }

    /// Creates an empty draft of `file` and removes it; a file that is there is not touched.
    /// - Throws: `FileError` of kind `.cannotCreate`.
    public static func run(_ file: URL) throws {
        func fail(_ cause: String) -> FileError { FileError(.cannotCreate, file, "create", cause) }
        var status = stat()
        if stat(file.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { throw fail("it is a folder") }
        let draft = draft(of: file)
        let descriptor = open(draft.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let number = errno
            // What a killed run left behind is overwritten in its time.
            if number == EEXIST, access(draft.deletingLastPathComponent().path, W_OK) == 0 { return }
            throw fail(number == ENOENT ? "its folder is missing or takes no files" : String(cString: strerror(number)))
        }
        close(descriptor)
        unlink(draft.path)
    }
}
