import AudioCore
import Foundation
import Synchronization

/// A process that decodes, seen from the one that started it. Used by one thread.
final class DecoderProcess {
    enum Ending: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    /// The pipe is at its end.
    struct Silence: Error {}

    private let process: pid_t
    private let descriptor: Int32
    private var ending: Ending?
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
    /// Between the making of a pipe and its being marked as ours alone, no other process may begin.
    private static let beginning = Mutex(())

    init(_ program: URL, _ arguments: [String]) throws {
        inheritedBytes = Self.ownPeakBytes
        (process, descriptor) = try Self.beginning.withLock { _ in
            let (readEnd, writeEnd) = try Self.makePipe()
            defer { close(writeEnd) }
            do { return (try Self.spawn(program, arguments, output: writeEnd), readEnd) } catch {
                close(readEnd)
                throw error
            }
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
    @discardableResult func end(graceSeconds: Double = 0) -> Ending {
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
        let ending = status & 0x7f == 0 ? Ending.exit(status >> 8 & 0xff) : .signal(status & 0x7f)
        self.ending = ending
        return ending
    }

    /// The most memory that this process ever had.
    private static var ownPeakBytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    // MARK: Starting

    private static func makePipe() throws -> (readEnd: Int32, writeEnd: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw failure(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(_ program: URL, _ arguments: [String], output: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        for inherited in strangers { posix_spawn_file_actions_addclose(&actions, inherited) }
        var attributes = Self.attributes
        defer { posix_spawnattr_destroy(&attributes) }
        func texts(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] { strings.map { strdup($0) } + [nil] }
        var words = texts([program.path] + arguments)
        var variables = texts(environment)
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program.path, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw failure(code) }
        return process
    }

    /// Threads may keep signals away from themselves, and hand that on; a limit must reach the process.
    private static var attributes: posix_spawnattr_t {
        var (attributes, none, all) = (posix_spawnattr_t(), sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        return attributes
    }

    /// What a decoder has use for, and no secrets. One arena, for each would take its share of the address space.
    private static var environment: [String] {
        let passed: Set<String> = ["LD_LIBRARY_PATH", "PATH", "LANG", "LC_ALL", "ASAN_OPTIONS", "TSAN_OPTIONS"]
        let own = ProcessInfo.processInfo.environment.filter { passed.contains($0.key) }
        return own.map { "\($0.key)=\($0.value)" } + ["MALLOC_ARENA_MAX=1", "SWIFT_BACKTRACE=enable=no"]
    }

    /// Descriptors that whoever started this process left open for its children.
    private static var strangers: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { $0 > 2 && fcntl($0, F_GETFD) == 0 }
    }

    private static func failure(_ code: Int32) -> AudioError {
        AudioError(
            .tryAgain, operation: "start", subject: "a process for decoding",
            cause: String(cString: strerror(code)).lowercased(), mend: "close other programs and try again")
    }
}
