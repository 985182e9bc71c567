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

    /// The folder of an installed model whose bytes are those of the manifest.
    /// - Throws: `AudioError` of kind `.unavailable`, naming the command that installs it, where it is missing or damaged.
    public func installed(_ id: String) throws -> URL {
        let manifest = try manifest(id)
        func refusal(_ cause: String) -> AudioError {
            AudioError(
                .unavailable, operation: "use", subject: "the model \(id)", cause: cause,
                mend: "run `hyperaudio models install\(manifest.isDefault ? "" : " \(id)")`")
        }
        guard state(of: manifest) != .missing else { throw refusal("it is not installed") }
        let damaged = damagedFiles(of: manifest)
        guard damaged.isEmpty else { throw refusal("\(damaged.joined(separator: ", ")) of it is damaged") }
        return path(of: id)
    }

    /// What `verify` would find; files that did not change since they were found right are not read again.
    public func damagedFiles(of manifest: ModelManifest) -> [String] {
        let home = path(of: manifest.id)
        // Taken before the bytes are read: what changes meanwhile is read again next time.
        let seal = ModelSeal(manifest, in: home)
        if let seal, seal.isKept(in: home) { return [] }
        let damaged = verify(manifest)
        if damaged.isEmpty { seal?.keep(in: home) }
        return damaged
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
