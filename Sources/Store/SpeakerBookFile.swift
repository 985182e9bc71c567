import AudioCore
import Files
import Foundation
import Pipeline

/// The speaker book as a JSON file.
public struct SpeakerBookFile: Codable, Sendable, Equatable {
    public var version: Int
    public var speakers: [KnownSpeaker]

    public init(_ speakers: [KnownSpeaker]) {
        version = 1
        self.speakers = speakers
    }

    public init(reading file: URL) throws {
        func fail(_ kind: AudioError.Kind, _ cause: String, _ mend: String) -> AudioError {
            AudioError(kind, operation: "read", subject: file.path, cause: cause, mend: mend)
        }
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw fail(.noInput, FileError.reason(error), "name a file that `hyperaudio speakers export` wrote")
        }
        guard let book = try? JSONDecoder().decode(Self.self, from: data) else {
            throw fail(.badData, "it is no speaker book", "name a file that `hyperaudio speakers export` wrote")
        }
        guard book.version == 1 else {
            throw fail(.badData, "its version is \(book.version), not 1", "use the program that wrote it")
        }
        self = book
    }

    public func write(to file: URL) throws {
        try WholeFolder.write(CanonicalJSON.pretty(self), to: file)
    }
}
