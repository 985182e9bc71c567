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

    public var description: String { "Cannot \(operation) \(url.path): \(cause)." }

    /// The system's own words for an error, without Foundation's wrapping.
    public static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
        if underlying.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(underlying.code))) }
        switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: return "there is no such file or folder"
        case .fileWriteNoPermission, .fileReadNoPermission: return "permission was denied"
        case .fileWriteFileExists: return "something of that name is there"
        case .fileWriteOutOfSpace: return "there is no space left"
        case .fileWriteVolumeReadOnly: return "it can only be read there"
        // Foundation's sentence for everything else says no more than this, and in more words.
        default: return error.domain == NSCocoaErrorDomain ? "the system refused" : error.localizedDescription
        }
    }
}
