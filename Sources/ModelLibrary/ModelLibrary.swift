import AudioCore
import Files
import Foundation

/// The models on this machine: a folder for each, checked against the manifests built into the program.
public struct ModelLibrary: Sendable {
    /// How an installed model stands.
    public enum State: String, Sendable, Codable {
        case installed
        case missing
        case damaged
    }

    public let folder: URL
    public let manifests: [ModelManifest]

    public init(folder: URL, manifests: [ModelManifest]) {
        self.folder = folder
        self.manifests = manifests.sorted { $0.id < $1.id }
    }

    /// The library with the program's own manifests.
    public init(folder: URL) throws {
        let home = Bundle.module.resourceURL?.appendingPathComponent("Manifests")
        let files = try home.map {
            try FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)
        }
        let manifests = try (files ?? []).filter { $0.pathExtension == "json" }.map { file in
            try JSONDecoder().decode(ModelManifest.self, from: Data(contentsOf: file))
        }
        guard !manifests.isEmpty else {
            throw AudioError(
                .internal, operation: "find", subject: "the model manifests",
                cause: "the folder HyperAudio_ModelLibrary.resources is missing beside the program",
                mend: "install the program again, together with its .resources folders")
        }
        self.init(folder: folder, manifests: manifests)
    }

    public func manifest(_ id: String) throws -> ModelManifest {
        guard let manifest = manifests.first(where: { $0.id == id }) else {
            throw AudioError(
                .usage, operation: "find", subject: "the model \(id)", cause: "there is none of that name",
                mend: "`hyperaudio models list` shows them all")
        }
        return manifest
    }

    public func path(of id: String) -> URL { folder.appendingPathComponent(id) }

    /// The folder of an installed model.
    /// - Throws: `AudioError` of kind `.unavailable`, naming the command that installs it.
    public func installed(_ id: String) throws -> URL {
        let manifest = try manifest(id)
        guard state(of: manifest) == .installed else {
            throw AudioError(
                .unavailable, operation: "use", subject: "the model \(id)", cause: "it is not installed",
                mend: "run `hyperaudio models install\(manifest.isDefault ? "" : " \(id)")`")
        }
        return path(of: id)
    }

    /// A quick look: are all files there, with the right sizes?
    public func state(of manifest: ModelManifest) -> State {
        let home = path(of: manifest.id)
        let sizes = manifest.files.map { file -> Int? in
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: home.appendingPathComponent(file.name).path)
            return (attributes?[.size] as? NSNumber)?.intValue
        }
        if sizes.allSatisfy({ $0 == nil }) { return .missing }
        return zip(sizes, manifest.files).allSatisfy { $0 == $1.bytes } ? .installed : .damaged
    }

    /// Reads every byte.
    /// - Returns: the files whose digest is wrong or that are missing; empty where all is well.
    public func verify(_ manifest: ModelManifest) -> [String] {
        manifest.files.filter { file in
            let digest = try? Digest.ofFile(path(of: manifest.id).appendingPathComponent(file.name))
            return digest != file.sha256
        }.map(\.name)
    }
}
