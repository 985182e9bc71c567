/// What went wrong, in the four parts a person needs: what was attempted, on what, why it failed, how to mend it.
public struct AudioError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure that end a program differently; raw values are sysexits' numbers.
    public enum Kind: Int32, Sendable, Codable {
        case usage = 64
        case badData = 65
        case noInput = 66
        case unavailable = 69
        case `internal` = 70
        case cannotCreate = 73
        case inputOutput = 74
        case tryAgain = 75
        case notPermitted = 77
    }

    public var kind: Kind
    /// What was attempted: "read", "load", "write".
    public var operation: String
    /// The file, model or option it was attempted on.
    public var subject: String
    /// Why it failed, in plain words.
    public var cause: String
    /// What the user can do about it; empty where nothing can be.
    public var mend: String

    public init(_ kind: Kind, operation: String, subject: String, cause: String, mend: String = "") {
        self.kind = kind
        self.operation = operation
        self.subject = subject
        self.cause = cause
        self.mend = mend
    }

    /// One sentence: "Cannot read talk.mp3: the file is empty; choose another file."
    public var description: String {
        "Cannot \(operation) \(subject): \(cause)" + (mend.isEmpty ? "." : "; \(mend).")
    }
}
