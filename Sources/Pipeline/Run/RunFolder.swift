import AudioCore
import Files
import Foundation

/// The folder of one programme's run: what is known of the input, what people changed, and every finished result.
///
/// A result's folder is renamed into place when it is whole, so a folder that exists is complete and the state of a
/// run is read from the folders alone.
public struct RunFolder: Sendable {
    public let url: URL
    /// SHA-256 of the input file.
    public let inputDigest: String
    private let lock: FolderLock

    /// Opens or creates the folder of `input` under `workFolder` and keeps other processes out of it.
    public init(input: URL, digest: String, under workFolder: URL) throws {
        let name = input.deletingPathExtension().lastPathComponent
        url = workFolder.appendingPathComponent("\(name)-\(digest.prefix(8))", isDirectory: true)
        inputDigest = digest
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw AudioError(
                .cannotCreate, operation: "create", subject: url.path, cause: FileError.reason(error),
                mend: "choose another place with --work-dir")
        }
        lock = try Self.lock(url)
    }

    /// Opens the folder of a run that was made before, and keeps other processes out of it.
    public init(existing url: URL) throws {
        self.url = url
        inputDigest = try RunFacts(of: url).inputDigest
        lock = try Self.lock(url)
    }

    private static func lock(_ url: URL) throws -> FolderLock {
        do { return try FolderLock(url) } catch let error as FileError where error.kind == .busy {
            throw AudioError(
                .tryAgain, operation: "work in", subject: url.path, cause: "another process is working there",
                mend: "wait until it has finished, or choose another folder with --work-dir")
        }
    }

    public func folder(of stage: StageName, key: String) -> URL {
        url.appendingPathComponent("stages/\(stage.rawValue)/\(key)", isDirectory: true)
    }

    /// The finished result under `key`, or the one that `make` makes.
    /// - Parameter make: fills the folder it is given and returns the product, which is stored beside the files.
    public func result<Product: Codable>(
        of stage: StageName, key: String, modelTimes: @escaping @Sendable () -> [ModelTime] = { [] },
        make: (URL) throws -> Product
    ) throws -> Checkpoint<Product> {
        let folder = folder(of: stage, key: key)
        if let found = StoredResult<Product>(intactIn: folder) {
            return Checkpoint(key: key, folder: folder, product: found.product, cost: found.cost, cached: true)
        }
        returnFreedMemory()
        let meter = CostMeter(modelTimes: modelTimes)
        let made = try WholeFolder.create(folder) { draft in
            let product = try make(draft)
            return try StoredResult(writing: product, cost: meter.cost, in: draft)
        }
        return Checkpoint(key: key, folder: folder, product: made.product, cost: made.cost, cached: false)
    }

    /// The product of a finished result, whatever its key; nil where the folder holds none.
    func finished<Product: Codable>(in folder: URL, as type: Product.Type) -> Product? {
        StoredResult<Product>(intactIn: folder)?.product
    }

    /// Throws away every finished result; edits stay.
    public func removeResults() throws {
        let stages = url.appendingPathComponent("stages")
        guard FileManager.default.fileExists(atPath: stages.path) else { return }
        do { try FileManager.default.removeItem(at: stages) } catch {
            throw FileError(.inputOutput, stages, "remove", FileError.reason(error))
        }
    }

    public func write<Value: Encodable>(_ value: Value, to name: String) throws {
        try WholeFolder.write(CanonicalJSON.pretty(value), to: url.appendingPathComponent(name))
    }

    /// What `report.json` says of the last finished replacement; nil where there was none.
    var report: Report? {
        (try? Data(contentsOf: url.appendingPathComponent("report.json"))).flatMap(Report.init(reading:))
    }
}

/// What `result.json` holds.
struct StoredResult<Product: Codable>: Codable {
    var product: Product
    var cost: Cost
    var seal: ResultSeal

    /// Seals what lies in a folder and writes itself beside it.
    init(writing product: Product, cost: Cost, in folder: URL) throws {
        self.product = product
        self.cost = cost
        seal = try ResultSeal(of: product, in: folder)
        try CanonicalJSON.pretty(self).write(to: folder.appendingPathComponent(ResultSeal.resultFile))
    }

    /// nil where there is none; one that was damaged after it had been written counts as none, and is made again.
    init?(intactIn folder: URL) {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent(ResultSeal.resultFile)),
            let found = try? JSONDecoder().decode(Self.self, from: data),
            found.seal.holds(for: found.product, in: folder)
        else { return nil }
        self = found
    }
}

/// A finished result and where its files lie.
public struct Checkpoint<Product> {
    public var key: String
    public var folder: URL
    public var product: Product
    public var cost: Cost
    public var cached: Bool

    /// A file of the result.
    public func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
}
