import ArgumentParser
import AudioCore
import Files
import Foundation
import Synchronization

/// The program: parses, runs, and ends with sysexits' codes and one sentence where something failed.
public enum Program {
    private static let hasBegun = Atomic<Bool>(false)

    /// False where something else than the program uses its parts.
    static var isRunning: Bool { hasBegun.load(ordering: .relaxed) }

    public static func main() async -> Int32 {
        hasBegun.store(true, ordering: .relaxed)
        let work = Task { try await run() }
        let signals = InterruptSignals { work.cancel() }
        defer { signals.stop() }
        do {
            try await work.value
            return 0
        } catch {
            return report(error)
        }
    }

    private static func run() async throws {
        var command = try HyperAudio.parseAsRoot()
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    }

    /// To be called before anything else: from here on an interruption is answered by a sentence, and a reader that goes
    /// away (`hyperaudio ... | head`) is not an error of ours.
    public static func prepareForSignals() {
        signal(SIGPIPE, SIG_IGN)
        InterruptSignals.arm()
    }

    static func report(_ error: any Error) -> Int32 {
        switch error {
        case let error as AudioError: fail(error.description, error.kind)
        case let error as FileError: fail(error.description, error.exitKind)
        case is CancellationError: fail(InterruptSignals.sentence, code: InterruptSignals.exitCode)
        default: reportOther(error)
        }
    }

    /// Help, version and wrong arguments are ArgumentParser's; anything else is a fault of ours.
    private static func reportOther(_ error: any Error) -> Int32 {
        let code = HyperAudio.exitCode(for: error)
        switch code {
        case .success:
            Terminal.output.write(HyperAudio.fullMessage(for: error) + "\n")
            return code.rawValue
        case .validationFailure: return fail(UsageSentence(error).text, .usage)
        default:
            if error is ExitCode { return code.rawValue }
            return fail("Cannot go on: \(FileError.reason(error)).", .internal)
        }
    }

    private static func fail(_ sentence: String, _ kind: AudioError.Kind) -> Int32 {
        fail(sentence, code: kind.rawValue)
    }

    private static func fail(_ sentence: String, code: Int32) -> Int32 {
        // In the place of a bar that will not go on.
        Terminal.error.write((Terminal.error.isInteractive ? "\r\u{1B}[K" : "") + "hyperaudio: \(sentence)\n")
        return code
    }
}

/// `hyperaudio`, the root of all commands.
struct HyperAudio: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hyperaudio",
        abstract: "Give chosen speakers of a podcast another voice; keep everything else as it was.",
        discussion: """
            Everything runs on this machine. A first job:

              hyperaudio replace episode.mp3 --voice jf_alpha

            replaces the one who talks most and writes episode.jf_alpha.mp3. Who speaks when:

              hyperaudio diarize episode.mp3
              hyperaudio replace episode.mp3 --voice Speaker_B=jm_kumo -o new.mp3

            What is installed and what is missing: hyperaudio doctor
            """,
        version: Version.text,
        subcommands: [
            ReplaceCommand.self, DiarizeCommand.self, TranscribeCommand.self, SeparateCommand.self,
            TranscriptCommand.self, SpeakersCommand.self, EditsCommand.self, ProjectCommand.self, BatchCommand.self,
            RunsCommand.self, ReportCommand.self, AnalyseCommand.self, ProvenanceCommand.self, EvaluateCommand.self,
            PlaygroundCommand.self,
            VoicesCommand.self,
            ModelsCommand.self, ConfigCommand.self, DoctorCommand.self, BatchWorkerCommand.self,
            MediaWorkerCommand.self,
        ])
}
