import ArgumentParser
import AudioCore
import Foundation
import Pipeline

/// Where a run works and how much it says.
struct RunOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where runs are kept, so that work is never done twice.", valueName: "dir"))
    var workDir: String?
    @Flag(help: "Do everything anew, even what is already done.") var fresh = false
    @Option(help: "Where networks run: cpu or cuda.") var device = Device.cpu
    @Option(help: ArgumentHelp("Threads the networks may use; all cores by default.", valueName: "n"))
    var threads: Int?
    @Flag(help: "Print the result as JSON.") var json = false
    @Flag(help: "Say nothing but errors.") var quiet = false

    enum Device: String, ExpressibleByArgument, CaseIterable { case cpu, cuda }

    var workFolder: URL { workDir.map { URL(fileURLWithPath: $0) } ?? Places.runs }

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more.") }
    }

    /// The runner and the display that shows its events.
    func runner() throws -> PipelineRunner {
        let display = ProgressDisplay(isQuiet: quiet)
        let assembly = try Assembly(device: device, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
        return PipelineRunner(
            engines: assembly.engines, workFolder: workFolder, startsAfresh: fresh, events: { display.show($0) })
    }
}

/// What is known beforehand about the programme.
struct ProgrammeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The number of speakers, where you know it.", valueName: "n")) var speakers: Int?
    @Option(help: ArgumentHelp("The language spoken, as en or de; found out by default.", valueName: "code"))
    var language: String?
    @Option(help: ArgumentHelp("Names and terms that occur, to be spelled right.", valueName: "words"))
    var prompt: String?

    func validate() throws {
        if let speakers, speakers < 1 { throw ValidationError("--speakers must be 1 or more.") }
    }

    var knowledge: ProgrammeKnowledge {
        ProgrammeKnowledge(speakerCount: speakers, language: language?.lowercased(), prompt: prompt)
    }
}

/// A file named on the command line, which must be there.
func inputFile(_ path: String) throws -> URL {
    let url = URL(fileURLWithPath: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
        throw AudioError(
            .noInput, operation: "read", subject: path, cause: "there is no such file",
            mend: "check the name; a name with spaces needs quotes")
    }
    guard !isFolder.boolValue else {
        throw AudioError(
            .noInput, operation: "read", subject: path, cause: "it is a folder", mend: "name one audio file in it")
    }
    return url
}
