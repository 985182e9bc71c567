import AudioCore
import Foundation

/// Voices of a synthesizer that their makers publish one file each, with the digests of those that are known here.
public struct VoiceManifest: Codable, Sendable, Equatable {
    /// The model they belong to.
    public var model: String
    public var licence: String
    /// The page of those who made them.
    public var upstream: String
    /// What `<name>.bin` is put behind, at one commit of the upstream.
    public var address: String
    /// Of each file.
    public var bytes: Int
    /// SHA-256 of each file, by name.
    public var voices: [String: String]

    public init(
        model: String, licence: String, upstream: String, address: String, bytes: Int, voices: [String: String]
    ) {
        self.model = model
        self.licence = licence
        self.upstream = upstream
        self.address = address
        self.bytes = bytes
        self.voices = voices
    }

    /// Kokoro's, as they are built into the program.
    public static func kokoro() throws -> VoiceManifest {
        guard
            let file = Bundle.module.resourceURL?.appendingPathComponent("Manifests/voices/kokoro.json"),
            let manifest = try? JSONDecoder().decode(VoiceManifest.self, from: Data(contentsOf: file))
        else {
            throw AudioError(
                .internal, operation: "find", subject: "the voices' digests",
                cause: "the folder HyperAudio_ModelLibrary.resources is missing beside the program",
                mend: "install the program again, together with its .resources folders")
        }
        return manifest
    }

    /// The upstream's name of a file with this SHA-256; nil where it is none that is known.
    public func name(of digest: String) -> String? { voices.first { $0.value == digest }?.key }
}
