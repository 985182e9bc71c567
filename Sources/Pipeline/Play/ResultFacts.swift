import AudioCore
import Files
import Foundation

/// What `stage.json` beside a cached result says: what it is, and what it was made of.
public struct ResultFacts: Codable, Sendable, Equatable {
    public var version = 1
    public var stage: StageName
    /// Digest of everything that determined it, the same as in a run folder.
    public var key: String
    public var inputPath: String
    /// SHA-256 of the input file.
    public var inputDigest: String
    /// The stage's options in canonical JSON.
    public var options: String
    public var models: [String: String]
    public var runtime: [String: String]
    /// Keys of the results it read, its stages' and theirs.
    public var read: [StageName: String]
    /// Seconds of processor time that it took, all threads together.
    public var processorSeconds: Double
}

/// A finished result of one stage that lies in a cache, or in a run's folder.
public struct CachedResult: Sendable, Equatable {
    public var folder: URL
    public var stage: StageName
    public var key: String
    /// nil where the programme's file is not known any more.
    public var inputPath: String?
    public var inputDigest: String
    /// Keys of what it read; empty where that was not written down, as in a run's folder.
    public var read: [StageName: String]
    public var made: Date

    static let factsFile = "stage.json"
    static let resultFile = "result.json"

    /// What it is called: its folder's name, and in a run's folder the stage before it.
    public var name: String {
        let own = folder.lastPathComponent
        return own == key ? "\(stage.rawValue)/\(own)" : own
    }

    /// The result in a folder; nil where there is none.
    public init?(folder: URL) {
        if let facts = Self.decoded(ResultFacts.self, folder.appendingPathComponent(Self.factsFile)) {
            self.init(
                folder: folder, stage: facts.stage, key: facts.key, inputPath: facts.inputPath,
                inputDigest: facts.inputDigest, read: facts.read, made: Self.date(of: folder))
            return
        }
        // <run>/stages/<stage>/<key>
        let home = folder.deletingLastPathComponent()
        let run = home.deletingLastPathComponent().deletingLastPathComponent()
        guard let stage = StageName(rawValue: home.lastPathComponent),
            FileManager.default.fileExists(atPath: folder.appendingPathComponent(Self.resultFile).path),
            let facts = Self.decoded(RunFacts.self, run.appendingPathComponent("run.json"))
        else { return nil }
        self.init(
            folder: folder, stage: stage, key: folder.lastPathComponent, inputPath: facts.inputPath,
            inputDigest: facts.inputDigest, read: [:], made: Self.date(of: folder))
    }

    private init(
        folder: URL, stage: StageName, key: String, inputPath: String?, inputDigest: String,
        read: [StageName: String], made: Date
    ) {
        self.folder = folder
        self.stage = stage
        self.key = key
        self.inputPath = inputPath
        self.inputDigest = inputDigest
        self.read = read
        self.made = made
    }

    /// How it was made; nil where that was not written down.
    var facts: ResultFacts? { Self.decoded(ResultFacts.self, folder.appendingPathComponent(Self.factsFile)) }

    /// The product, which `Product` must be the type of.
    func stored<Product: Codable>(_ type: Product.Type) throws -> StoredResult<Product> {
        let file = folder.appendingPathComponent(Self.resultFile)
        guard let found = Self.decoded(StoredResult<Product>.self, file) else {
            throw AudioError(
                .badData, operation: "read", subject: file.path,
                cause: "it is no result of this program's \(stage.rawValue)", mend: "run the stage again")
        }
        guard found.seal.holds(for: found.product, in: folder) else {
            throw AudioError(
                .badData, operation: "use", subject: folder.path, cause: "its files are not as they were written",
                mend: "run the stage again")
        }
        return found
    }

    private static func decoded<Value: Decodable>(_ type: Value.Type, _ file: URL) -> Value? {
        (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Value.self, from: $0) }
    }

    private static func date(of folder: URL) -> Date {
        // The result's own file: folders change their dates when a picture is put into them.
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: folder.appendingPathComponent(resultFile).path)
        return attributes?[.modificationDate] as? Date ?? .distantPast
    }
}
