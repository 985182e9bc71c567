import ArgumentParser
import AudioCore
import Files
import Foundation
import Pipeline

/// The run that a command means: its folder, its name, or the programme's file.
struct RunArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The programme, or its run's folder or name.", valueName: "run")) var run: String
    @Option(help: ArgumentHelp("Where runs are kept.", valueName: "dir")) var workDir: String?

    var home: URL { workDir.map { URL(fileURLWithPath: $0) } ?? Places.runs }

    /// - Throws: `AudioError` that says how a run is made, or which there are.
    func folder() throws -> URL {
        let file = URL(fileURLWithPath: run)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue else {
            return try ReportCommand.folder(of: run, under: home).resolvingSymlinksInPath()
        }
        let digest = try Digest.ofFile(file)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home.path)) ?? []
        let found = names.filter { $0.hasSuffix("-\(digest.prefix(8))") }.sorted().map {
            home.appendingPathComponent($0)
        }
        .filter { (try? RunFacts(of: $0))?.inputDigest == digest }
        // The programme may have been renamed since.
        let usual = "\(file.deletingPathExtension().lastPathComponent)-\(digest.prefix(8))"
        guard let folder = found.first(where: { $0.lastPathComponent == usual }) ?? found.first else {
            throw AudioError(
                .noInput, operation: "find", subject: "the run of \(run)", cause: "there is none in \(home.path)",
                mend: "run `hyperaudio replace` or `hyperaudio transcribe` on it first")
        }
        return folder
    }

    /// Opens the run; where nothing was finished there, its words and speakers are found out first.
    func desk(isQuiet: Bool = false) async throws -> EditDesk {
        let folder = try folder()
        if let desk = try EditDesk(finished: folder) { return desk }
        let facts = try RunFacts(of: folder)
        let device = facts.runtime["device"].flatMap(RunOptions.Device.init(rawValue:)) ?? .cpu
        let threads = facts.runtime["threads"].flatMap(Int.init) ?? ProcessInfo.processInfo.activeProcessorCount
        let display = ProgressDisplay(isQuiet: isQuiet)
        let runner = PipelineRunner(
            engines: try Assembly(device: device, threads: threads).engines, workFolder: home,
            events: { display.show($0) })
        return try await runner.desk(of: folder)
    }
}

/// A time on the command line: seconds, or minutes and seconds.
struct TimeArgument: ExpressibleByArgument {
    let seconds: Double

    init?(argument: String) {
        guard let seconds = Timecode.seconds(argument) else { return nil }
        self.seconds = seconds
    }

    var defaultValueDescription: String { Output.clock(seconds) }
}
