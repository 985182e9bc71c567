import AudioCore
import Files
import Foundation
import Pipeline
import Synchronization

/// Workers on this machine.
struct LocalWorkers: WorkerEngine {
    var program: URL
    var arguments = [BatchWorkerCommand.name]
    let takesAllAtOnce = false

    func start(_ orders: [WorkerOrder]) throws -> [any EpisodeWorker] {
        try orders.map { try WorkerProcess(program, arguments, order: $0) }
    }
}

/// A worker that runs: one pipe to it, kept open as long as somebody waits for it, and one from it. Used by one thread.
final class WorkerProcess: EpisodeWorker {
    let process: pid_t
    /// Where its words arrive; never blocks.
    var descriptor: Int32? { output }
    private let input: Int32
    private let output: Int32
    private var lines = WorkerLines()
    private var status: Int32?

    var lastWords: [String] { lines.lastWords }

    /// - Parameters:
    ///   - arguments: without the program's own name.
    ///   - order: written to its standard input, which stays open.
    init(_ program: URL, _ arguments: [String], order: some Encodable) throws {
        let (toWorker, fromWorker) = try (Self.makePipe(), Self.makePipe())
        defer {
            close(toWorker.read)
            close(fromWorker.write)
        }
        input = toWorker.write
        output = fromWorker.read
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
        do {
            process = try Self.spawn(program, arguments, input: toWorker.read, output: fromWorker.write)
        } catch {
            close(input)
            close(output)
            throw error
        }
        var line = Array(try CanonicalJSON.encode(order)) + [UInt8(ascii: "\n")]
        // One that has ended already does not read; its end tells more.
        while !line.isEmpty {
            let count = write(input, line, line.count)
            guard count > 0 else { break }
            line.removeFirst(count)
        }
    }

    deinit {
        close(input)
        close(output)
    }

    func messages() -> [WorkerMessage] {
        var buffer = [UInt8](repeating: 0, count: 65536)
        var messages: [WorkerMessage] = []
        while true {
            let count = read(output, &buffer, buffer.count)
            guard count > 0 else { return messages }
            messages += lines.take(buffer[..<count])
        }
    }

    var ending: WorkerEnding? {
        if status == nil {
            var status: Int32 = 0
            guard waitpid(process, &status, WNOHANG) == process else { return nil }
            self.status = status
        }
        return status.map { status in
            let signal = status & 0x7f
            return signal == 0 ? .exit((status >> 8) & 0xff) : .signal(signal)
        }
    }

    func interrupt() { if status == nil { kill(process, SIGTERM) } }

    func end() {
        guard status == nil else { return }
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        self.status = status
    }

    /// 0 where it is gone.
    var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(getpagesize())
    }

    // MARK: Starting

    private static func makePipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw failure(errno) }
        // Workers must not hold the ends of others open: all are started by one thread, so none comes in between.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ program: URL, _ arguments: [String], input: Int32, output: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        var words: [UnsafeMutablePointer<CChar>?] = ([program.path] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program.path, &actions, nil, &words, environ)
        guard code == 0 else { throw failure(code) }
        return process
    }

    private static func failure(_ code: Int32) -> AudioError {
        AudioError(
            .internal, operation: "start", subject: "a worker", cause: String(cString: strerror(code)),
            mend: "try again with a smaller --jobs")
    }
}
