import Foundation

/// A file that could not be read or written: kind, which, what was attempted, why.
public struct FileError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        case noInput
        case badData
        case cannotCreate
        case inputOutput
        case busy
    }

    public var kind: Kind
    public var url: URL
    public var operation: String
    public var cause: String

    public init(_ kind: Kind, _ url: URL, _ operation: String, _ cause: String) {
        self.kind = kind
        self.url = url
        self.operation = operation
        self.cause = cause
    }

    public var description: String { "Cannot \(operation) \(url.path): \(cause)" + (mend.isEmpty ? "." : "; \(mend).") }

    /// What can be done about it; empty where that is plain.
    public var mend: String {
        let fullness = [ENOSPC, EDQUOT].map { String(cString: strerror($0)) } + [Self.noRoom]
        if fullness.contains(cause) { return "make room there and run the same command again" }
        let isRefused =
            [EACCES, EPERM, EROFS].map { String(cString: strerror($0)) } + [Self.notPermitted, Self.readOnly]
        return kind == .cannotCreate && isRefused.contains(cause) ? "choose another place" : ""
    }

    private static let noRoom = "there is no space left"
    private static let notPermitted = "permission was denied"
    private static let readOnly = "it can only be read there"

    /// True where the system would not let a file be made: the place is wrong, not the disk.
    static func isRefusal(_ error: any Error) -> Bool {
        let error = error as NSError
        let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
        if underlying.domain == NSPOSIXErrorDomain {
            return [EACCES, EPERM, EROFS, ENOENT, ENOTDIR].contains(Int32(underlying.code))
        }
        let codes: [CocoaError.Code] = [.fileWriteNoPermission, .fileWriteVolumeReadOnly, .fileNoSuchFile]
        return (error as? CocoaError).map { codes.contains($0.code) } ?? false
    }

    /// The system's own words for an error, without Foundation's wrapping.
    public static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
        if underlying.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(underlying.code))) }
        switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: return "there is no such file or folder"
        case .fileWriteNoPermission, .fileReadNoPermission: return notPermitted
        case .fileWriteFileExists: return "something of that name is there"
        case .fileWriteOutOfSpace: return noRoom
        case .fileWriteVolumeReadOnly: return readOnly
        // Foundation's sentence for everything else says no more than this, and in more words.
        default: return error.domain == NSCocoaErrorDomain ? "the system refused" : error.localizedDescription
        }
    }
}
