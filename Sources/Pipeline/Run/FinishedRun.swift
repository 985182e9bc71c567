import AudioCore
import Files
import Foundation

/// A run's folder, read as it lies there: nothing is locked and nothing changed.
public struct FinishedRun: Sendable {
    public let folder: URL
    /// The programme, as an absolute path; it may have been moved since.
    public let inputPath: String
    /// SHA-256 of the programme.
    public let inputDigest: String
    /// Models of the last run: id to digest, by the stage that uses them.
    public let models: [StageName: [String: String]]

    /// - Throws: `AudioError` where the folder is not a run's.
    public init(_ folder: URL) throws {
        let facts = try RunFacts(of: folder)
        self.folder = folder
        inputPath = facts.inputPath
        inputDigest = facts.inputDigest
        models = facts.models
    }

    /// nil where nothing was replaced yet.
    public var report: Report? {
        (try? Data(contentsOf: folder.appendingPathComponent("report.json"))).flatMap(Report.init(reading:))
    }

    /// Who speaks when, as it was found last; nil where nobody was looked for.
    public var diarization: Diarization? { newest(.diarizer, SpeakerDiarizerProduct.self)?.diarization }

    /// The same with a person's changes in it: names, and who is whom; nil where nobody was looked for.
    /// - Throws: `AudioError` where the changes do not fit what was found.
    public var edited: EditedProgramme? {
        get throws {
            guard let diarization else { return nil }
            let transcript = newest(.recognizer, SpeechRecognizerProduct.self)?.transcript
            let file = folder.appendingPathComponent("edits.json")
            return try EditedProgramme(
                transcript: transcript ?? Transcript(language: "", passages: []), diarization: diarization,
                edits: Edits(file: file).changes, subject: file.path)
        }
    }

    private func newest<Product: Codable>(_ stage: StageName, _ type: Product.Type) -> Product? {
        let home = folder.appendingPathComponent("stages/\(stage.rawValue)")
        let keys = (try? FileManager.default.contentsOfDirectory(atPath: home.path)) ?? []
        let results = keys.filter { !$0.hasPrefix(".") }.compactMap { key -> (made: Date, product: Product)? in
            let folder = home.appendingPathComponent(key)
            let file = folder.appendingPathComponent(ResultSeal.resultFile)
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
            guard let made = attributes?[.modificationDate] as? Date,
                let result = StoredResult<Product>(intactIn: folder)
            else { return nil }
            return (made, result.product)
        }
        return results.max { $0.made < $1.made }?.product
    }

    /// Folders of runs under the folder for runs, by name.
    public static func folders(under workFolder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: workFolder.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted().map {
            workFolder.appendingPathComponent($0, isDirectory: true)
        }.filter { FileManager.default.fileExists(atPath: $0.appendingPathComponent("run.json").path) }
    }

    /// Removes the run and all that was made in it, at once as far as anybody can see.
    /// - Throws: `AudioError` where a process works in it.
    public func remove() throws {
        let lock = try RunFolder(existing: folder)
        let gone = folder.deletingLastPathComponent().appendingPathComponent(".removed-" + folder.lastPathComponent)
        do {
            if FileManager.default.fileExists(atPath: gone.path) { try FileManager.default.removeItem(at: gone) }
            try FileManager.default.moveItem(at: folder, to: gone)
            try FileManager.default.removeItem(at: gone)
        } catch { throw FileError(.inputOutput, folder, "remove", FileError.reason(error)) }
        withExtendedLifetime(lock) {}
    }
}
