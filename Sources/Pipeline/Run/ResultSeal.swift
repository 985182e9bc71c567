import AudioCore
import Files
import Foundation
import Synchronization

/// A product that needs files of other results: theirs is damage of its own.
protocol ReferringToFiles {
    /// Relative to the result's folder.
    var filesElsewhere: [String] { get }
}

extension [Replacement]: ReferringToFiles {
    var filesElsewhere: [String] { compactMap(\.speech).filter { $0.hasPrefix("../") } }
}

/// What a finished result looked like when it was written, so that one that was damaged since is found and made again.
struct ResultSeal: Codable, Equatable {
    struct File: Codable, Equatable {
        /// Relative to the result's folder.
        var name: String
        var bytes: Int
        /// Seconds since 1970, as the file system gives them.
        var modified: Double
        var sha256: String
    }

    /// SHA-256 of the product's canonical JSON.
    var product: String
    /// Its own in order of name, then those of other results that it refers to.
    var files: [File]

    static let resultFile = "result.json"

    /// - Parameter folder: holds all files of the result but `result.json`.
    init(of product: some Encodable, in folder: URL) throws {
        self.product = Digest.of(try CanonicalJSON.encode(product))
        let elsewhere = (product as? any ReferringToFiles)?.filesElsewhere ?? []
        files = try (Self.names(in: folder) + elsewhere).map { name in
            let url = folder.appendingPathComponent(name)
            guard let state = Self.state(of: url) else {
                throw FileError(.inputOutput, url, "read", "it vanished while it was written")
            }
            return File(
                name: name, bytes: state.bytes, modified: state.modified, sha256: try Digest.ofFile(url))
        }
    }

    /// Whether everything is as it was. Files whose size and time are those of then are taken to be, as reading hours of
    /// audio for each glance would cost more than a stage; the others are read.
    func holds(for product: some Encodable, in folder: URL) -> Bool {
        guard let data = try? CanonicalJSON.encode(product), Digest.of(data) == self.product else { return false }
        return files.allSatisfy { file in
            let url = folder.appendingPathComponent(file.name)
            guard let state = Self.state(of: url), state.bytes == file.bytes else { return false }
            return state.modified == file.modified || Self.digest(of: url, state) == file.sha256
        }
    }

    /// Stages ask for a result several times: hours of audio with another date, as after copying a run, are read once.
    private static func digest(of url: URL, _ state: (bytes: Int, modified: Double)) -> String? {
        let key = "\(url.standardizedFileURL.path) \(state.bytes) \(state.modified)"
        if let known = digests.withLock({ $0[key] }) { return known }
        let digest = try? Digest.ofFile(url)
        digests.withLock { $0[key] = digest }
        return digest
    }

    private static let digests = Mutex<[String: String]>([:])

    private static func names(in folder: URL) throws -> [String] {
        do {
            return try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { name in
                var isFolder: ObjCBool = false
                let path = folder.appendingPathComponent(name).path
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                    && name != resultFile
            }.sorted()
        } catch { throw FileError(.inputOutput, folder, "read", FileError.reason(error)) }
    }

    private static func state(of url: URL) -> (bytes: Int, modified: Double)? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path),
            let bytes = attributes[.size] as? Int, let modified = attributes[.modificationDate] as? Date
        else { return nil }
        return (bytes, modified.timeIntervalSince1970)
    }
}
