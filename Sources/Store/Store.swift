import AudioCore
import Files
import Foundation
import GRDB

/// The program's database: the queue of batches, the book of known speakers, an index of run folders.
///
/// Results never depend on it. Without the file the queue is empty, the book must be learnt or imported again, and the
/// index is made anew from the folders. Several processes may use it at once, on one machine: SQLite's write-ahead log
/// needs shared memory.
public struct Store: Sendable {
    private let database: DatabasePool
    private let file: URL

    /// Counts up with every change of the tables.
    private static let version = 1
    /// How long a writer waits for another one.
    private static let patienceSeconds = 20.0

    /// Opens the database, or makes an empty one.
    /// - Throws: `AudioError` where the file is no database of ours or cannot be written.
    public init(_ file: URL) throws {
        self.file = file
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.patienceSeconds)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            database = try DatabasePool(path: file.path, configuration: configuration)
        } catch {
            throw Self.failure("open", file, error)
        }
        try write { try Self.prepare($0, file) }
    }

    /// The version of SQLite that is in use.
    public var engineVersion: String {
        get throws { try read { try String.fetchOne($0, sql: "SELECT sqlite_version()") ?? "unknown" } }
    }

    /// Reads one state of the database, whatever others write meanwhile.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do { return try database.read(body) } catch { throw Self.failure("read", file, error) }
    }

    /// Writes all of it or nothing; no other process writes meanwhile, so what `body` reads stays true until the end.
    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do {
            return try database.writeWithoutTransaction { connection in
                var result: Result?
                try connection.inTransaction(.immediate) {
                    result = try body(connection)
                    return .commit
                }
                guard let result else { throw CancellationError() }
                return result
            }
        } catch { throw Self.failure("write to", file, error) }
    }

    private static func prepare(_ connection: Database, _ file: URL) throws {
        let found = try Int.fetchOne(connection, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw AudioError(
                .badData, operation: "open", subject: file.path,
                cause: "a newer version of the program wrote it (\(found), this one knows \(version))",
                mend: "use that version, or another file with --store")
        }
        guard found < version else { return }
        for table in [JobTable.definition, SpeakerBook.definition, RunIndex.definition] {
            try connection.execute(sql: table)
        }
        try connection.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// What SQLite says, in a sentence; errors of ours pass through.
    private static func failure(_ operation: String, _ file: URL, _ error: any Error) -> any Error {
        func describe(_ kind: AudioError.Kind, _ cause: String, _ mend: String) -> AudioError {
            AudioError(kind, operation: operation, subject: file.path, cause: cause, mend: mend)
        }
        guard let error = error as? DatabaseError else {
            if error is AudioError || error is FileError || error is CancellationError { return error }
            return describe(.cannotCreate, FileError.reason(error), "name another file with --store")
        }
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return describe(
                .badData, "it is damaged or no database",
                "move it away: only the queue and the speaker book are lost, the book can be imported again")
        case .SQLITE_BUSY, .SQLITE_LOCKED: return describe(.tryAgain, "another process keeps it busy", "try again")
        case .SQLITE_FULL: return describe(.inputOutput, "there is no space left", "make room")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return describe(.cannotCreate, "it cannot be written there", "name another file with --store")
        default:
            let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
            return describe(.inputOutput, reason, "check the disk, or name another file with --store")
        }
    }
}
