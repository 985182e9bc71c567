import Foundation

/// Ctrl-C and `kill` end the work in flight; a second one ends the process at once. What cannot be stopped in the middle (a
/// large model being loaded) is not waited for: a run that is killed loses no more than one that stops.
///
/// The handler stands before anything else is done. While there is no work it ends the process itself, later it wakes
/// whoever can stop the work; so no moment is left in which a signal ends the process without a word.
final class InterruptSignals {
    static let sentence = "Interrupted; the same command goes on from here."
    static let exitCode: Int32 = 130
    private static let graceSeconds = 2.0
    private static let numbers = [SIGINT, SIGTERM]

    /// Where the handler writes a byte; negative while nobody reads it. Written once, before anybody else can read it.
    nonisolated(unsafe) private static var wakeUp: Int32 = -1
    private static let earlyWords: StaticString = "hyperaudio: Interrupted; the same command goes on from here.\n"

    private let source: (any DispatchSourceRead)?

    /// Installs the handler; it calls nothing that a signal handler may not call (signal-safety(7)).
    static func arm() {
        // What the handler reads is there before it can be called.
        _ = (wakeUp, earlyWords)
        for number in numbers {
            signal(number) { _ in
                guard InterruptSignals.wakeUp >= 0 else {
                    let words = InterruptSignals.earlyWords
                    _ = write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
                    _exit(InterruptSignals.exitCode)
                }
                var byte: UInt8 = 0
                _ = write(InterruptSignals.wakeUp, &byte, 1)
            }
        }
    }

    /// - Parameter interrupt: ends the work in flight; called on a thread of its own.
    init(_ interrupt: @escaping @Sendable () -> Void) {
        var ends: [Int32] = [-1, -1]
        // Without a pipe (no descriptor is free) the handler goes on ending the process by itself.
        guard pipe(&ends) == 0 else {
            source = nil
            return
        }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let source = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: .global())
        self.source = source
        source.setEventHandler {
            var byte: UInt8 = 0
            _ = read(readEnd, &byte, 1)
            interrupt()
            for number in Self.numbers { signal(number, SIG_DFL) }
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.graceSeconds) {
                _exit(Program.report(CancellationError()))
            }
        }
        source.resume()
        Self.wakeUp = writeEnd
    }

    func stop() { source?.cancel() }
}
