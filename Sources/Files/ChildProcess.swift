import Foundation
import Synchronization

/// A process that was started by this one and inherits nothing but what it is given: no descriptors, no signals kept away.
public struct ChildProcess: Sendable {
    public enum Ending: Equatable, Sendable {
        case exit(Int32)
        case signal(Int32)

        /// - Parameter status: as `waitpid` gives it.
        public init(status: Int32) {
            let signal = status & 0x7f
            self = signal == 0 ? .exit(status >> 8 & 0xff) : .signal(signal)
        }
    }

    /// The system would not start it.
    public struct Failure: Error {
        /// errno.
        public let code: Int32
        public var reason: String { String(cString: strerror(code)) }
    }

    public let identifier: pid_t

    /// Between the making of a pipe and its being marked as ours alone, no other process may begin.
    private static let beginning = Mutex(())

    /// - Parameters:
    ///   - arguments: without the program's own name.
    ///   - environment: "NAME=value"; nil: this process's.
    ///   - input: a descriptor; nil: nothing to read.
    ///   - errors: a descriptor; nil: nowhere.
    /// - Throws: `Failure`.
    public init(
        _ program: URL, _ arguments: [String], environment: [String]? = nil, input: Int32? = nil, output: Int32,
        errors: Int32? = nil
    ) throws {
        identifier = try Self.beginning.withLock { _ in
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            for (own, given, mode) in [(STDIN_FILENO, input, O_RDONLY), (STDERR_FILENO, errors, O_WRONLY)] {
                if let given {
                    posix_spawn_file_actions_adddup2(&actions, given, own)
                } else {
                    posix_spawn_file_actions_addopen(&actions, own, "/dev/null", mode, 0)
                }
            }
            posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
            for inherited in Self.strangers { posix_spawn_file_actions_addclose(&actions, inherited) }
            var attributes = Self.attributes
            defer { posix_spawnattr_destroy(&attributes) }
            func texts(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] { strings.map { strdup($0) } + [nil] }
            var words = texts([program.path] + arguments)
            var variables = texts(environment ?? ProcessInfo.processInfo.environment.map { "\($0)=\($1)" })
            defer { (words + variables).forEach { free($0) } }
            var process: pid_t = 0
            let code = posix_spawn(&process, program.path, &actions, &attributes, &words, &variables)
            guard code == 0 else { throw Failure(code: code) }
            return process
        }
    }

    /// A pipe whose ends no child inherits by itself.
    /// - Throws: `Failure`.
    public static func pipe() throws -> (readEnd: Int32, writeEnd: Int32) {
        try beginning.withLock { _ in
            var ends: [Int32] = [-1, -1]
            guard Foundation.pipe(&ends) == 0 else { throw Failure(code: errno) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return (ends[0], ends[1])
        }
    }

    /// Threads may keep signals away from themselves, and hand that on; a limit or an interruption must reach the process.
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

    /// Descriptors that whoever started this process left open for its children.
    private static var strangers: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { $0 > 2 && fcntl($0, F_GETFD) == 0 }
    }
}
