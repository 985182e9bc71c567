import Foundation

/// Files that appear all at once or not at all: written under a temporary name, renamed when whole.
public enum WholeFolder {
    /// - Parameters:
    ///   - target: the folder to be; what is there already is replaced.
    ///   - fill: writes the contents into the folder it is given.
    public static func create<Result>(_ target: URL, fill: (URL) throws -> Result) throws -> Result {
        let manager = FileManager.default
        let draft = target.deletingLastPathComponent().appendingPathComponent(".draft-" + target.lastPathComponent)
        do {
            try manager.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            if manager.fileExists(atPath: draft.path) { try manager.removeItem(at: draft) }
            try manager.createDirectory(at: draft, withIntermediateDirectories: false)
        } catch { throw FileError(.cannotCreate, target, "create", FileError.reason(error)) }
        let result: Result
        do {
            result = try fill(draft)
        } catch {
            try? manager.removeItem(at: draft)
            throw error
        }
        do {
            if manager.fileExists(atPath: target.path) { try manager.removeItem(at: target) }
            try manager.moveItem(at: draft, to: target)
            try synchronize(target.deletingLastPathComponent())
        } catch { throw FileError(.inputOutput, target, "write", FileError.reason(error)) }
        return result
    }

    /// Writes a file so that a reader sees the old bytes or the new ones, never a part; they survive a power cut.
    public static func write(_ data: Data, to url: URL) throws {
        let draft = url.deletingLastPathComponent().appendingPathComponent(".draft-" + url.lastPathComponent)
        do {
            try data.write(to: draft)
            try replace(url, by: draft)
        } catch {
            unlink(draft.path)
            throw FileError(
                FileError.isRefusal(error) ? .cannotCreate : .inputOutput, url, "write", FileError.reason(error))
        }
    }

    /// Puts a draft in a file's place for good: both its bytes and its name survive a power cut.
    public static func replace(_ url: URL, by draft: URL) throws {
        try synchronize(draft)
        guard rename(draft.path, url.path) == 0 else { throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno)) }
        try synchronize(url.deletingLastPathComponent())
    }

    /// Makes bytes, or the rename of something in a folder, survive a power cut.
    private static func synchronize(_ url: URL) throws {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
        }
    }
}
