import AudioCore
import Files
import Foundation
import Pipeline

/// Where runs are kept.
struct RunHome {
    let url: URL

    init(_ url: URL) { self.url = url }

    /// - Parameter name: a run's folder, its name here, or the programme's file.
    /// - Throws: `AudioError` that says how a run is made, or which there are.
    func folder(of name: String) throws -> URL {
        let file = URL(fileURLWithPath: name)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else {
            return try named(name).resolvingSymlinksInPath()
        }
        let digest = try Digest.ofFile(file)
        let found = FinishedRun.folders(under: url).filter { (try? RunFacts(of: $0))?.inputDigest == digest }
        // The programme may have been renamed since.
        let usual = "\(file.deletingPathExtension().lastPathComponent)-\(digest.prefix(8))"
        guard let folder = found.first(where: { $0.lastPathComponent == usual }) ?? found.first else {
            throw AudioError(
                .noInput, operation: "find", subject: "the run of \(name)", cause: "there is none in \(url.path)",
                mend: "run `hyperaudio replace`, `transcribe` or `diarize` on it first")
        }
        return folder
    }

    /// The run of a folder or a name.
    private func named(_ run: String) throws -> URL {
        func isRun(_ folder: URL) -> Bool {
            FileManager.default.fileExists(atPath: folder.appendingPathComponent("run.json").path)
        }
        let candidates = [URL(fileURLWithPath: run), url.appendingPathComponent(run)]
        if let found = candidates.first(where: isRun) { return found }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        let runs = names.filter { isRun(url.appendingPathComponent($0)) }.sorted()
        let some = runs.prefix(5).joined(separator: ", ") + (runs.count > 5 ? " and \(runs.count - 5) more" : "")
        throw AudioError(
            .noInput, operation: "find", subject: run, cause: "there is no such run in \(url.path)",
            mend: runs.isEmpty ? "run `hyperaudio replace` first" : "there are \(some)")
    }
}
