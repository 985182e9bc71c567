import AudioCore
import Files
import Foundation

/// A fitted voice as one file: JSON with everything in it, the consent too, sealed by a digest.
public enum FittedVoiceFile {
    public static let pathExtension = "voice"
    private static let format = "Hyper Audio voice"
    /// 1 had no levels in its map, and says so by its length.
    private static let version = 2

    private struct Content: Codable {
        var name: String
        var base: FittedVoice.Base
        /// `TimbreMap.bytes`, base 64.
        var map: Data
        var pitch: PitchRange
        var variety: Double
        var recordings: [FittedVoice.Recording]
        var likeness: [VoiceFitLikeness]
        /// Little-endian float32, base 64.
        var prints: [String: Data]
        var consent: Consent
        var made: String
    }

    private struct Envelope: Codable {
        var format: String
        var version: Int
        /// SHA-256 of the voice in canonical JSON.
        var digest: String
        var voice: Content
    }

    /// What is read first, to say what is wrong with the rest.
    private struct Head: Decodable {
        struct Voice: Decodable { var consent: Anything? }
        /// Whatever a field holds.
        struct Anything: Decodable { init(from decoder: any Decoder) {} }
        var format: String?
        var version: Int?
        var voice: Voice?
    }

    public static func encode(_ voice: FittedVoice) throws -> Data {
        let content = Content(
            name: voice.name, base: voice.base, map: Data(voice.map.bytes), pitch: voice.pitch,
            variety: voice.variety, recordings: voice.recordings, likeness: voice.likeness,
            prints: voice.prints.mapValues(Self.bytes), consent: voice.consent, made: voice.made)
        return try CanonicalJSON.pretty(
            Envelope(
                format: format, version: version, digest: Digest.of(try CanonicalJSON.encode(content)),
                voice: content))
    }

    /// - Parameter subject: the file, for errors.
    /// - Throws: `AudioError` of kind `.notPermitted` where there is no consent, `.badData` where the file is damaged or
    ///   none of ours.
    public static func decode(_ data: Data, subject: String) throws -> FittedVoice {
        func refusal(_ cause: String, _ mend: String) -> AudioError {
            AudioError(.badData, operation: "read", subject: subject, cause: cause, mend: mend)
        }
        guard let head = try? JSONDecoder().decode(Head.self, from: data), head.format == format else {
            throw refusal("it is no voice of Hyper Audio", "give a file that `hyperaudio voices export` wrote")
        }
        guard let found = head.version, (1...version).contains(found) else {
            throw refusal(
                "it is of version \(head.version.map(String.init) ?? "?") where this program reads up to \(version)",
                "use the version of the program that wrote it")
        }
        if let voice = head.voice, voice.consent == nil {
            throw Consent.refusal("\(subject) holds no consent of the person")
        }
        let envelope: Envelope
        do { envelope = try JSONDecoder().decode(Envelope.self, from: data) } catch let error as AudioError {
            throw error
        } catch {
            throw refusal("it is damaged", "export it again")
        }
        let content = envelope.voice
        guard try Digest.of(CanonicalJSON.encode(content)) == envelope.digest else {
            throw refusal("it was changed after it had been written", "export it again")
        }
        guard let map = TimbreMap(bytes: Array(content.map)), isSound(content) else {
            throw refusal("it is damaged", "export it again")
        }
        return FittedVoice(
            name: content.name, base: content.base, map: map, pitch: content.pitch, variety: content.variety,
            recordings: content.recordings, likeness: content.likeness,
            prints: content.prints.mapValues(Self.numbers), consent: content.consent, made: content.made)
    }

    private static func isSound(_ content: Content) -> Bool {
        let pitch = content.pitch
        return FittedVoiceLibrary.isName(content.name) && (0...1).contains(content.variety)
            && [pitch.medianLog, pitch.deviationLog, pitch.lowLog, pitch.highLog].allSatisfy { (0...10).contains($0) }
    }

    private static func bytes(_ values: [Float]) -> Data {
        Data(values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } })
    }

    private static func numbers(_ data: Data) -> [Float] {
        let bytes = Array(data)
        return stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) })
        }
    }
}
