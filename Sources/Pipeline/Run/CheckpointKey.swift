import Files
import Foundation

/// Everything that determines a stage's result; its digest names the result's folder.
public struct CheckpointKey: Codable, Sendable {
    /// SHA-256 of the input file.
    public var input: String
    public var stage: StageName
    public var version: Int
    /// The stage's options in canonical JSON.
    public var options: String
    /// Model id to digest.
    public var models: [String: String]
    /// What else changes numbers: runtime version, device, threads.
    public var runtime: [String: String]
    /// Digests of the keys of the stages it reads.
    public var upstream: [String]
    /// Digest of the edits it heeds; empty for none.
    public var edits: String

    public init<Options: Encodable>(
        input: String, stage: StageName, version: Int, options: Options, models: [String: String],
        runtime: [String: String], upstream: [String], edits: String = ""
    ) throws {
        self.input = input
        self.stage = stage
        self.version = version
        self.options = String(decoding: try CanonicalJSON.encode(options), as: UTF8.self)
        self.models = models
        self.runtime = runtime
        self.upstream = upstream
        self.edits = edits
    }

    /// 32 hexadecimal digits.
    public var digest: String {
        get throws { String(Digest.of(try CanonicalJSON.encode(self)).prefix(32)) }
    }
}

/// JSON with sorted keys and no spare white space: equal values give equal bytes.
public enum CanonicalJSON {
    public static func encode<Value: Encodable>(_ value: Value) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// The same with line breaks, for files that people read.
    public static func pretty<Value: Encodable>(_ value: Value) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return try encoder.encode(value) + Data("\n".utf8)
    }
}
