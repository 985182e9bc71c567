import AudioCore
import Files
import Foundation
import Pipeline

/// Workers on a Slurm cluster: one job array, a task for each episode. What they say goes into files of a folder that all
/// machines share, beside the run folders, and is read there.
struct SlurmWorkers: WorkerEngine {
    /// This program, where every machine finds it.
    var program: URL
    /// Run folders, shared by all machines.
    var workFolder: URL
    /// Tasks at once.
    var jobs: Int
    /// For each task.
    var threads: Int
    var bytesPerTask: Int
    /// Further options of sbatch(1), as on its command line.
    var options: [String] = []
    let takesAllAtOnce = true

    /// For each task where nobody says how many.
    static let usualThreads = 2

    func start(_ orders: [WorkerOrder]) throws -> [any EpisodeWorker] {
        let array = try SlurmArray(script: { try lay(orders, in: $0) }, under: workFolder)
        return (1...orders.count).map { SlurmTask(number: $0, of: array) }
    }

    /// - Returns: the script that is submitted.
    private func lay(_ orders: [WorkerOrder], in folder: URL) throws -> String {
        var lines = Data()
        for order in orders { lines += try CanonicalJSON.encode(order) + [UInt8(ascii: "\n")] }
        try WholeFolder.write(lines, to: folder.appendingPathComponent("orders.jsonl"))
        let megabytes = bytesPerTask / 1_000_000 + 1
        let header =
            [
                "--job-name=hyperaudio", "--array=1-\(orders.count)%\(jobs)", "--cpus-per-task=\(threads)",
                "--mem=\(megabytes)M", "--output=\(folder.path)/%a.log",
            ] + options
        // The exit code is written last and at once: a task without one did not end by itself.
        return """
            #!/bin/sh
            \(header.map { "#SBATCH \($0)" }.joined(separator: "\n"))
            cd \(quoted(folder.path)) || exit 1
            task=$SLURM_ARRAY_TASK_ID
            \(quoted(program.path)) \(BatchWorkerCommand.name) --orders orders.jsonl --line "$task" > "$task.jsonl"
            echo $? > "$task.code" && mv "$task.code" "$task.exit"
            """ + "\n"
    }

    private func quoted(_ path: String) -> String { "'" + path.replacingOccurrences(of: "'", with: "'\\''") + "'" }
}

/// A job array that was submitted. Used by one thread.
final class SlurmArray {
    /// Of the whole array.
    let job: String
    let folder: URL
    private var listed: Set<Int> = []
    private var lastAsked: ContinuousClock.Instant?
    private var isCancelled = false

    /// squeue(1) is asked no oftener; a busy cluster's controller has better to do.
    private static let askEvery = Duration.seconds(2)

    /// - Parameter script: lays down what the tasks read and gives the job script.
    init(script: (URL) throws -> String, under workFolder: URL) throws {
        let stamp = "\(Int(Date().timeIntervalSince1970))-\(getpid())"
        folder = workFolder.appendingPathComponent("slurm", isDirectory: true)
            .appendingPathComponent(stamp, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw AudioError(
                .cannotCreate, operation: "create", subject: folder.path, cause: FileError.reason(error),
                mend: "choose another place with --work-dir")
        }
        let file = folder.appendingPathComponent("job.sh")
        try WholeFolder.write(Data(try script(folder).utf8), to: file)
        let said = try Slurm.call("sbatch", "--parsable", file.path)
        // "1234" or "1234;cluster".
        guard let job = said.split(whereSeparator: { $0 == ";" || $0.isWhitespace }).first, Int(job) != nil else {
            throw AudioError(
                .unavailable, operation: "submit", subject: file.path, cause: "sbatch answered: \(said)",
                mend: "look at the cluster with sinfo")
        }
        self.job = String(job)
    }

    /// True while Slurm has the task waiting, running or ending.
    func has(_ task: Int) throws -> Bool {
        if lastAsked.map({ ContinuousClock.now - $0 >= Self.askEvery }) ?? true {
            listed = Set(try numbers())
            lastAsked = .now
        }
        return listed.contains(task)
    }

    private func numbers() throws -> [Int] {
        do {
            let said = try Slurm.call("squeue", "--noheader", "--array", "--jobs=\(job)", "--format=%K")
            return said.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        } catch let error as AudioError where error.cause.contains("Invalid job id") {
            // Slurm forgets a job some minutes after its end.
            return []
        }
    }

    func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        _ = try? Slurm.call("scancel", job)
    }
}

/// One task of the array.
private final class SlurmTask: EpisodeWorker {
    private let number: Int
    private let array: SlurmArray
    private var lines = WorkerLines()
    private var readBytes = 0
    /// Since when Slurm does not have it any more though it left no exit code.
    private var missedSince: ContinuousClock.Instant?

    let descriptor: Int32? = nil
    let residentBytes = 0
    /// Shared file systems may show a file this much later.
    private static let patience = Duration.seconds(10)
    private static let logBytes = 2000
    /// Slurm kills what does not end when it is cancelled; that takes its KillWait, 30 s where nobody changed it.
    private static let endWithin = Duration.seconds(60)

    init(number: Int, of array: SlurmArray) {
        self.number = number
        self.array = array
    }

    var lastWords: [String] {
        let log = (try? Data(contentsOf: file("log")).suffix(Self.logBytes)) ?? Data()
        let said = String(decoding: log, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        return said.isEmpty ? lines.lastWords : said.suffix(1)
    }

    func messages() throws -> [WorkerMessage] {
        guard let handle = try? FileHandle(forReadingFrom: file("jsonl")) else { return [] }
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(readBytes))
        let bytes = try handle.readToEnd() ?? Data()
        readBytes += bytes.count
        return lines.take(bytes)
    }

    var ending: WorkerEnding? {
        let text = (try? String(contentsOf: file("exit"), encoding: .utf8))?.trimmingCharacters(
            in: .whitespacesAndNewlines)
        // The shell's own way to say that a signal ended it.
        if let code = text.flatMap({ Int32($0) }) { return code > 128 ? .signal(code - 128) : .exit(code) }
        // A controller that does not answer has not lost the task.
        guard let isThere = try? array.has(number), !isThere else {
            missedSince = nil
            return nil
        }
        let since = missedSince ?? .now
        missedSince = since
        guard ContinuousClock.now - since >= Self.patience else { return nil }
        return .lost(
            "Slurm ended task \(array.job)_\(number) before it had a result, for want of time or memory perhaps")
    }

    func interrupt() { array.cancel() }

    func end() {
        array.cancel()
        let deadline = ContinuousClock.now + Self.endWithin
        while ContinuousClock.now < deadline, (try? array.has(number)) ?? false { usleep(200_000) }
    }

    private func file(_ kind: String) -> URL { array.folder.appendingPathComponent("\(number).\(kind)") }
}

/// Slurm's programs.
enum Slurm {
    /// - Returns: what the program printed.
    static func call(_ name: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // Both are short: neither pipe fills.
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        let wrong = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let reason = String(decoding: wrong, as: UTF8.self).split(whereSeparator: \.isNewline).joined(
                separator: " ")
            throw AudioError(
                .unavailable, operation: "run", subject: name,
                cause: process.terminationStatus == 127 ? "it is not installed here" : reason,
                mend: "look at the cluster with sinfo, or leave --engine slurm out")
        }
        return String(decoding: said, as: UTF8.self)
    }
}
