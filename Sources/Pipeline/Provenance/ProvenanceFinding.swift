import AudioCore
import Files
import Foundation

/// What a file, its metadata and its sidecar say of synthetic speech.
public struct ProvenanceFinding: Codable, Sendable {
    public struct Sidecar: Codable, Sendable {
        public var path: String
        public var statement: ProvenanceStatement
        /// The file is, byte for byte, the one that the sidecar was written for.
        public var isOfThisFile: Bool
        /// The file's metadata name this statement; nil where they name none.
        @OrNull public var isNamedByFile: Bool?
        /// nil: it is not signed.
        @OrNull public var isSignatureValid: Bool?
        @OrNull public var publicKey: String?
        /// The signature is that of the key that was asked for; nil: none was.
        @OrNull public var isOfGivenKey: Bool?
    }

    public var path: String
    public var seconds: Double
    /// Stretches in which the mark was found.
    public var marked: [MarkedInterval]
    /// True where at least one was.
    public var isMarked: Bool
    /// The highest score anywhere; nil where none came near a mark's.
    @OrNull public var strongestScore: Double?
    /// How often a mark is found in an hour of sound that has none.
    public var falseAlarmsPerHour: Double
    /// What the metadata say; nil: nothing.
    @OrNull public var metadata: String?
    @OrNull public var sidecar: Sidecar?
}

/// Looks a file through for what is synthetic in it.
public struct ProvenanceSearch: Sendable {
    public let media: any MediaAccess

    public init(media: any MediaAccess) { self.media = media }

    /// - Parameters:
    ///   - tags: the file's metadata, name in lower case to text; read only after its sound was.
    ///   - sidecar: nil: the one beside the file, where there is one.
    ///   - publicKey: PEM file of the key that should have signed.
    public func run(
        _ file: URL, tags: @autoclosure () throws -> [String: String], sidecar: URL? = nil, publicKey: URL? = nil,
        progress: (Double) throws -> Void
    ) throws -> ProvenanceFinding {
        let (marked, strongest, seconds) = try marks(in: file, progress: progress)
        let tags = try tags()
        let text = ["synthetic_speech", "comment"].compactMap { tags[$0] }.joined(separator: "\n")
        let metadata = text.contains("synthetic") ? text : nil
        let read = try self.sidecar(of: file, named: sidecar, publicKey: publicKey, metadata: metadata)
        return ProvenanceFinding(
            path: file.path, seconds: seconds, marked: marked, isMarked: !marked.isEmpty,
            strongestScore: strongest,
            falseAlarmsPerHour: WatermarkDetector.falseAlarmsPerHour(atScore: WatermarkDetector.threshold),
            metadata: metadata, sidecar: read)
    }

    private func marks(
        in file: URL, progress: (Double) throws -> Void
    ) throws -> (marked: [MarkedInterval], strongest: Double?, seconds: Double) {
        let source = try media.open(file)
        let format = source.format
        let detector = WatermarkDetector()
        let resampler =
            format.sampleRate == WatermarkDetector.sampleRate
            ? nil : try media.resampler(from: format.sampleRate, to: WatermarkDetector.sampleRate, channelCount: 1)
        var frames = 0
        while let block = try source.read() {
            let mid = block.mid
            frames += mid.count
            detector.push(try resampler?.process([mid])[0] ?? mid)
            try progress(source.expectedFrames.map { Double(frames) / Double(max($0, frames, 1)) } ?? 0)
        }
        if let resampler { detector.push(try resampler.finish()[0]) }
        return (detector.finish(), detector.strongestScore, Double(frames) / Double(format.sampleRate))
    }

    private func sidecar(
        of file: URL, named: URL?, publicKey: URL?, metadata: String?
    ) throws -> ProvenanceFinding.Sidecar? {
        let place = named ?? ProvenanceSidecar.place(beside: file)
        guard named != nil || FileManager.default.fileExists(atPath: place.path) else {
            guard publicKey == nil else {
                throw AudioError(
                    .noInput, operation: "check the signature of", subject: file.path,
                    cause: "no statement of provenance lies beside it", mend: "name it with --sidecar")
            }
            return nil
        }
        let sidecar = try ProvenanceSidecar(place)
        let given = try publicKey.map { key in
            do { return try String(contentsOf: key, encoding: .utf8) } catch {
                throw FileError(.noInput, key, "read", FileError.reason(error))
            }
        }
        let digest = try sidecar.statement.digest
        let names = metadata?.contains("sha256") == true
        return ProvenanceFinding.Sidecar(
            path: place.path, statement: sidecar.statement,
            isOfThisFile: try Digest.ofFile(file) == sidecar.outputSHA256,
            isNamedByFile: names ? metadata?.contains(digest) : nil,
            isSignatureValid: try sidecar.isSigned(by: nil), publicKey: sidecar.signature?.publicKey,
            isOfGivenKey: try given.map { try sidecar.isSigned(by: $0) ?? false })
    }
}
