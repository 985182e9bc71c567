import AudioCore
import Files
import Foundation

/// A process that decodes, seen from the one that started it. Used by one thread.
final class DecoderProcess {
    /// The pipe is at its end.
    struct Silence: Error {}

    private let process: pid_t
    private let descriptor: Int32
    private var ending: ChildProcess.Ending?
    /// The most memory it had, bytes; known when it has ended, and only where it was more than this process had when it
    /// began: until it runs its own program, Linux counts its parent's as its own.
    private(set) var peakBytes = 0
    private let inheritedBytes: Int

    /// A process without a word for so long does nothing any more.
    private static let mostSilentSeconds = 600
    /// Rather large, so that decoding goes on while the sound is used.
    private static let pipeBytes: Int32 = 1 << 20
    /// F_SETPIPE_SZ, which Swift does not import.
    private static let setPipeBytes: Int32 = 1031

    init(_ program: URL, _ arguments: [String]) throws {
        inheritedBytes = Self.ownPeakBytes
        do {
            let (readEnd, writeEnd) = try ChildProcess.pipe()
            defer { close(writeEnd) }
            descriptor = readEnd
            do {
                process = try ChildProcess(
                    program, arguments, environment: Self.environment, output: writeEnd
                ).identifier
            } catch {
                close(readEnd)
                throw error
            }
        } catch let failure as ChildProcess.Failure {
            throw AudioError(
                .tryAgain, operation: "start", subject: "a process for decoding", cause: failure.reason.lowercased(),
                mend: "close other programs and try again")
        }
        _ = fcntl(descriptor, Self.setPipeBytes, Self.pipeBytes)
    }

    deinit { end() }

    /// Fills the buffer.
    /// - Throws: `Silence` where the process has nothing more to say.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws {
        var rest = buffer
        while let start = rest.baseAddress, !rest.isEmpty {
            try wait()
            let count = Foundation.read(descriptor, start, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Silence() }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// - Parameter count: of bytes.
    func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try read(into: $0) }
        return bytes
    }

    /// Counts seconds one by one: the time in which both processes were stopped is one of them.
    private func wait() throws {
        for _ in 0..<Self.mostSilentSeconds {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&watched, 1, 1000) > 0 { return }
        }
        kill(process, SIGXCPU)
        throw Silence()
    }

    /// Ends it and says how it ended; one that has ended by itself says how that was.
    /// - Parameter graceSeconds: how long one that has closed its pipe is waited for.
    @discardableResult func end(graceSeconds: Double = 0) -> ChildProcess.Ending {
        if let ending { return ending }
        let deadline = ContinuousClock.now + .seconds(graceSeconds)
        var (status, usage) = (Int32(0), rusage())
        while true {
            let found = wait4(process, &status, WNOHANG, &usage)
            if found == process { break }
            if found < 0, errno != EINTR { break }
            if ContinuousClock.now >= deadline {
                kill(process, SIGKILL)
                while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
                break
            }
            usleep(1000)
        }
        close(descriptor)
        peakBytes = usage.ru_maxrss * 1024 > inheritedBytes ? usage.ru_maxrss * 1024 : 0
        let ending = ChildProcess.Ending(status: status)
        self.ending = ending
        return ending
    }

    /// The most memory that this process ever had.
    private static var ownPeakBytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    /// What a decoder has use for, and no secrets. One arena, for each would take its share of the address space.
    private static var environment: [String] {
        let passed: Set<String> = ["LD_LIBRARY_PATH", "PATH", "LANG", "LC_ALL", "ASAN_OPTIONS", "TSAN_OPTIONS"]
        let own = ProcessInfo.processInfo.environment.filter { passed.contains($0.key) }
        return own.map { "\($0.key)=\($0.value)" } + ["MALLOC_ARENA_MAX=1", "SWIFT_BACKTRACE=enable=no"]
    }
}
