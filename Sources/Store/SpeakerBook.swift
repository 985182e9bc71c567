import AudioCore
import Foundation
import GRDB

/// People known by voice, on this machine only. `exported` and `add` carry the book elsewhere as JSON.
public struct SpeakerBook: Sendable {
    private let store: Store

    public init(_ store: Store) { self.store = store }

    static let definition = """
        CREATE TABLE voicePrint (
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL,
          encoder TEXT NOT NULL,
          vector BLOB NOT NULL,
          seconds REAL NOT NULL,
          source TEXT NOT NULL,
          UNIQUE (name, encoder, source)
        );
        """

    /// Everybody, by name; each with the prints in the order in which they were learnt.
    public var speakers: [KnownSpeaker] {
        get throws {
            let rows = try store.read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM voicePrint ORDER BY name, id")
                    .map { (name: $0["name"] as String, print: Self.print($0)) }
            }
            return rows.reduce(into: []) { speakers, row in
                if speakers.last?.name != row.name { speakers.append(KnownSpeaker(name: row.name, prints: [])) }
                speakers[speakers.count - 1].prints.append(row.print)
            }
        }
    }

    /// Adds a print to a person's; one from the same source takes the place of the earlier one.
    public func learn(_ name: String, _ print: VoicePrint) throws {
        try add([KnownSpeaker(name: name, prints: [print])])
    }

    /// Adds all of these or, where one of them cannot be, none.
    public func add(_ speakers: [KnownSpeaker]) throws {
        for speaker in speakers { try Self.check(speaker) }
        try store.write { database in
            for speaker in speakers {
                for print in speaker.prints {
                    try database.execute(
                        sql: """
                            INSERT OR REPLACE INTO voicePrint (name, encoder, vector, seconds, source)
                            VALUES (?, ?, ?, ?, ?)
                            """,
                        arguments: [
                            speaker.name, print.encoder, Self.bytes(print.vector), print.seconds, print.source,
                        ])
                }
            }
        }
    }

    /// Removes a person and everything known of the voice.
    public func forget(_ name: String) throws {
        let removed = try store.write { database in
            try database.execute(sql: "DELETE FROM voicePrint WHERE name = ?", arguments: [name])
            return database.changesCount
        }
        guard removed == 0 else { return }
        let known = try speakers.map(\.name)
        throw AudioError(
            .usage, operation: "forget", subject: name, cause: "nobody of that name is known",
            mend: known.isEmpty ? "the book is empty" : "known are \(known.joined(separator: ", "))")
    }

    /// Names stand before "=" in --voice and must not be taken for a programme's own.
    public static func check(name: String) throws {
        func fail(_ cause: String) -> AudioError {
            AudioError(
                .usage, operation: "use", subject: "the name \"\(name)\"", cause: cause,
                mend: "choose a name like Anna or \"Ben Miller\"")
        }
        guard !name.isEmpty, name == name.trimmingCharacters(in: .whitespacesAndNewlines) else {
            throw fail("it is empty or begins or ends with a space")
        }
        guard !name.contains("="), !name.contains(where: \.isNewline) else {
            throw fail("it holds \"=\" or a line break")
        }
        guard !name.hasPrefix("Speaker_") else { throw fail("programmes call their speakers so") }
    }

    private static func check(_ speaker: KnownSpeaker) throws {
        try check(name: speaker.name)
        for print in speaker.prints {
            let length = print.vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            guard print.vector.count > 1, abs(length - 1) < 0.01, print.seconds.isFinite, print.seconds >= 0 else {
                throw AudioError(
                    .badData, operation: "use", subject: "the voice print of \(speaker.name) from \(print.source)",
                    cause: "it is no vector of length 1", mend: "learn the voice again with `hyperaudio speakers learn`"
                )
            }
        }
    }

    // MARK: Rows

    private static func print(_ row: Row) -> VoicePrint {
        VoicePrint(
            vector: numbers(row["vector"]), encoder: row["encoder"], seconds: row["seconds"], source: row["source"])
    }

    /// Little-endian float32.
    private static func bytes(_ numbers: [Float]) -> Data {
        numbers.reduce(into: Data(capacity: 4 * numbers.count)) { data, number in
            withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
    }

    private static func numbers(_ data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
    }
}
