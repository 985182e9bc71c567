import ArgumentParser
import AudioCore
import Files
import Foundation

/// The program: parses, runs, and ends with sysexits' codes and one sentence where something failed.
public enum Program {
    public static func main() async -> Int32 {
        // A reader that goes away (`hyperaudio ... | head`) is not an error of ours.
        signal(SIGPIPE, SIG_IGN)
        let work = Task { try await run() }
        let signals = interruptSignals { work.cancel() }
        defer { signals.forEach { $0.cancel() } }
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

    private static let graceSeconds = 2.0

    /// Ctrl-C and `kill` end the work in flight; a second one ends the process at once. What cannot be stopped in the
    /// middle (a large model being loaded) is not waited for: a run that is killed loses no more than one that stops.
    private static func interruptSignals(_ interrupt: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                interrupt()
                signal(number, SIG_DFL)
                DispatchQueue.global().asyncAfter(deadline: .now() + graceSeconds) {
                    _exit(report(CancellationError()))
                }
            }
            source.resume()
            return source
        }
    }

    static func report(_ error: any Error) -> Int32 {
        switch error {
        case let error as AudioError: fail(error.description, error.kind)
        case let error as FileError: fail(error.description, error.exitKind)
        case is CancellationError: fail("Interrupted; the same command goes on from here.", code: 130)
        default: HyperAudio.reportUsage(error)
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

extension FileError {
    var exitKind: AudioError.Kind {
        switch kind {
        case .noInput: .noInput
        case .badData: .badData
        case .cannotCreate: .cannotCreate
        case .inputOutput: .inputOutput
        case .busy: .tryAgain
        }
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
            ReportCommand.self, EvaluateCommand.self, VoicesCommand.self, ModelsCommand.self, DoctorCommand.self,
        ])

    /// Help, version and usage errors, as ArgumentParser words them.
    static func reportUsage(_ error: any Error) -> Int32 {
        let code = exitCode(for: error).rawValue
        let message = fullMessage(for: error)
        if !message.isEmpty { (code == 0 ? Terminal.output : Terminal.error).write(message + "\n") }
        return code
    }
}
