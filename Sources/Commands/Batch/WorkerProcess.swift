import AudioCore
import Files
import Foundation
import Pipeline

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
        do {
            let (toWorker, fromWorker) = try (ChildProcess.pipe(), ChildProcess.pipe())
            defer {
                close(toWorker.readEnd)
                close(fromWorker.writeEnd)
            }
            input = toWorker.writeEnd
            output = fromWorker.readEnd
            _ = fcntl(output, F_SETFL, O_NONBLOCK)
            do {
                process = try ChildProcess(
                    program, arguments, input: toWorker.readEnd, output: fromWorker.writeEnd,
                    errors: fromWorker.writeEnd
                ).identifier
            } catch {
                close(input)
                close(output)
                throw error
            }
        } catch let failure as ChildProcess.Failure {
            throw AudioError(
                .internal, operation: "start", subject: "a worker", cause: failure.reason,
                mend: "try again with a smaller --jobs")
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
            switch ChildProcess.Ending(status: status) {
            case .exit(let code): .exit(code)
            case .signal(let number): .signal(number)
            }
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
}
