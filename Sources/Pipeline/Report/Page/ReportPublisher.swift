import AudioCore
import Files
import Foundation

/// Shows a finished run's report to people: as a page, and as pictures.
public struct ReportPublisher {
    private let report: Report
    private let folder: RunFolder
    private let media: any MediaAccess

    /// Where the page lies.
    public var page: URL { folder.url.appendingPathComponent("report.html") }

    init(_ report: Report, in folder: RunFolder, media: any MediaAccess) {
        self.report = report
        self.folder = folder
        self.media = media
    }

    /// - Parameter run: a run folder in which `replace` has finished.
    public init(run: URL, media: any MediaAccess) throws {
        let file = run.appendingPathComponent("report.json")
        guard let data = try? Data(contentsOf: file) else {
            throw AudioError(
                .noInput, operation: "show", subject: run.lastPathComponent, cause: "it holds no report.json",
                mend: "let `hyperaudio replace` finish first")
        }
        guard let report = Report(reading: data) else {
            throw AudioError(
                .badData, operation: "read", subject: file.path,
                cause: "it is not a report of this program, or damaged",
                mend: "run the same `hyperaudio replace` again")
        }
        self.init(report, in: try RunFolder(existing: run), media: media)
    }

    /// Writes the page anew.
    public func writePage(progress: (Double) throws -> Void = { _ in }) throws {
        try ReportPage(material: material).write(to: page, progress: progress)
    }

    /// Writes the page unless it is this report's already.
    func refreshPage(progress: (Double) throws -> Void) throws {
        guard try !ReportPage.isCurrent(page, for: report) else { return }
        try writePage(progress: progress)
    }

    /// Writes pictures of every turn: `turn-001.svg` with everything, `turn-001-before.png` and `-after.png` with the
    /// spectrograms alone.
    /// - Returns: how many files were written.
    public func writePlots(to folder: URL, progress: (Double) throws -> Void = { _ in }) throws -> Int {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch { throw FileError(.cannotCreate, folder, "create", FileError.reason(error)) }
        let material = try material
        var written = 0
        for index in report.replacements.indices {
            try progress(Double(index) / Double(report.replacements.count))
            for (name, data) in try TurnPoster(index, of: material).files {
                try WholeFolder.write(data, to: folder.appendingPathComponent(name))
                written += 1
            }
        }
        try progress(1)
        return written
    }

    /// The report with its results.
    var material: ReportMaterial {
        get throws { try ReportMaterial(report, in: folder, media: media) }
    }
}
