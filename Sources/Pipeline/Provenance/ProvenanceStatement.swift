import AudioCore
import Files
import Foundation

/// Where a voice comes from.
public struct VoiceOrigin: Sendable, Codable, Equatable {
    /// True for a voice made from a person's recording.
    public var isFitted: Bool
    /// What names the record of that person's consent; nil for a voice that is nobody's.
    public var consent: String?

    public init(isFitted: Bool = false, consent: String? = nil) {
        self.isFitted = isFitted
        self.consent = consent
    }
}

extension Engines {
    func voiceOrigin(_ name: String) throws -> VoiceOrigin {
        guard let person = try fittedVoice(name) else { return VoiceOrigin() }
        return VoiceOrigin(isFitted: true, consent: person.consent.sentence)
    }
}

/// How the statement of what is synthetic is left behind.
public struct ProvenanceRequest: Sendable, Equatable {
    /// Write `<output>.provenance.json`.
    public var leavesSidecar = true
    /// A PEM file with an Ed25519 private key; nil: not signed.
    public var signingKey: URL?
    /// The program's version.
    public var programVersion = ""

    public init() {}
}

/// What of a programme is synthetic: the same for the same work, so that a file can name its digest.
public struct ProvenanceStatement: Codable, Sendable, Equatable {
    public struct Interval: Codable, Sendable, Equatable {
        public var start: Double
        public var end: Double
        public var speaker: SpeakerID
        public var voice: String
        /// SHA-256 of the voice.
        public var voiceDigest: String
        public var origin: VoiceOrigin
    }

    public var version = 1
    public var program: String
    /// SHA-256 of the file that the programme was made from.
    public var inputSHA256: String
    /// Models that made the speech: id to digest.
    public var models: [String: String]
    public var intervals: [Interval]
    /// The new speech carries the mark of synthetic speech.
    public var isMarked: Bool
    public var sentence: String

    /// SHA-256 of the canonical JSON.
    public var digest: String { get throws { Digest.of(try CanonicalJSON.encode(self)) } }

    /// What the file's own metadata say.
    public var tags: [String: String] {
        get throws {
            guard !intervals.isEmpty else { return [:] }
            let seconds = intervals.reduce(0) { $0 + $1.end - $1.start }
            return [
                "comment": sentence,
                "synthetic_speech": String(
                    format: "%d intervals, %.1f s; made with %@; provenance sha256 %@", intervals.count, seconds,
                    program,
                    try digest),
            ]
        }
    }
}

/// `<output>.provenance.json`.
public struct ProvenanceSidecar: Codable, Sendable, Equatable {
    public struct Signature: Codable, Sendable, Equatable {
        public var algorithm = "Ed25519"
        /// PEM.
        public var publicKey: String
        /// Base 64, of the canonical JSON of the sidecar without its signature.
        public var value: String
    }

    public var statement: ProvenanceStatement
    public var outputSHA256: String
    public var signature: Signature?

    public init(_ statement: ProvenanceStatement, outputSHA256: String, key: SigningKey?) throws {
        self.statement = statement
        self.outputSHA256 = outputSHA256
        guard let key else { return }
        let signed = try key.sign(try CanonicalJSON.encode(self))
        signature = Signature(publicKey: key.publicKey, value: signed.base64EncodedString())
    }

    /// - Throws: `AudioError` where the file cannot be read or is no sidecar.
    public init(_ file: URL) throws {
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw FileError(.noInput, file, "read", FileError.reason(error))
        }
        do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
            throw AudioError(
                .badData, operation: "read", subject: file.path, cause: "it is no statement of provenance",
                mend: "name the .provenance.json that `hyperaudio replace` left beside its output")
        }
    }

    /// Where the sidecar of a file lies.
    public static func place(beside file: URL) -> URL {
        file.deletingLastPathComponent().appendingPathComponent(file.lastPathComponent + ".provenance.json")
    }

    /// Whether the signature is that of a key over what the sidecar says; nil: it is not signed.
    /// - Parameter publicKey: PEM; nil: the key that the sidecar names itself.
    public func isSigned(by publicKey: String?) throws -> Bool? {
        guard let signature else { return nil }
        var unsigned = self
        unsigned.signature = nil
        guard let value = Data(base64Encoded: signature.value) else { return false }
        return try SigningKey.verify(
            value, of: CanonicalJSON.encode(unsigned), publicKey: publicKey ?? signature.publicKey)
    }
}
