import AudioCore
import Foundation
import GRDB

enum JobTable {
    static let definition = """
        CREATE TABLE job (
          id INTEGER PRIMARY KEY,
          input TEXT NOT NULL,
          output TEXT NOT NULL UNIQUE,
          work TEXT NOT NULL,
          inputStamp TEXT NOT NULL,
          outputStamp TEXT,
          state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'skipped', 'failed')),
          attempts INTEGER NOT NULL DEFAULT 0,
          owner TEXT,
          threads INTEGER,
          notBefore REAL NOT NULL DEFAULT 0,
          sentence TEXT,
          failureCode INTEGER,
          runFolder TEXT,
          outcome BLOB,
          CHECK ((state = 'running') = (owner IS NOT NULL))
        );
        CREATE INDEX jobByState ON job (state, id);
        CREATE INDEX jobByInput ON job (input);
        """
}

/// What is to be done, what is being done and by whom, what came of it. Survives the process; any number of processes on
/// a machine may work on it, and none does what another one does.
public struct JobQueue<Work: Codable & Sendable & Equatable>: Sendable {
    private let store: Store
    private let owner: JobOwner

    public init(_ store: Store) { self.init(store, owner: .current) }

    /// - Parameter owner: in whose name jobs are claimed.
    init(_ store: Store, owner: JobOwner) {
        self.store = store
        self.owner = owner
    }

    /// An episode to be queued.
    public struct Order: Sendable {
        public var input: URL
        public var output: URL
        public var work: Work

        public init(input: URL, output: URL, work: Work) {
            self.input = input
            self.output = output
            self.work = work
        }
    }

    /// Queues what is not yet there, in this order. What was done before with the same work, from a file that has not
    /// changed since, and whose output is still as it was left, stays done; what failed or was skipped is queued again.
    /// - Parameter anew: true to queue even what is done.
    /// - Returns: one job an order.
    @discardableResult
    public func add(_ orders: [Order], anew: Bool = false) throws -> [Int64] {
        try store.write { database in
            try orders.map { order in try add(order, anew: anew, database) }
        }
    }

    private func add(_ order: Order, anew: Bool, _ database: Database) throws -> Int64 {
        let work = try Self.encode(order.work)
        let stamp = Self.stamp(order.input) ?? ""
        let found = try Row.fetchOne(
            database, sql: "SELECT * FROM job WHERE output = ?", arguments: [order.output.path])
        guard let found else {
            try database.execute(
                sql: "INSERT INTO job (input, output, work, inputStamp, state) VALUES (?, ?, ?, ?, 'queued')",
                arguments: [order.input.path, order.output.path, work, stamp])
            return database.lastInsertedRowID
        }
        let job = try Self.job(found)
        let isSame = job.input == order.input.path && job.work == order.work && found["inputStamp"] == stamp
        if job.state == .running, let other = job.owner, other.isAlive {
            // What changed under our own hands is seen when it is done.
            guard isSame || other == owner else { throw Self.isBusy(job, other) }
            return job.id
        }
        let outputStamp: String? = found["outputStamp"]
        let isKept = isSame && !anew && job.state == .done && outputStamp == Self.stamp(order.output)
        // A job whose owner died goes on where he stopped.
        if isKept || isSame && !anew && (job.state == .queued || job.state == .running) { return job.id }
        try database.execute(
            sql: """
                UPDATE job SET input = ?, work = ?, inputStamp = ?, state = 'queued', owner = NULL, notBefore = 0,
                  attempts = CASE WHEN ? THEN attempts ELSE 0 END, threads = CASE WHEN ? THEN threads ELSE NULL END,
                  sentence = NULL, failureCode = NULL, outcome = NULL, outputStamp = NULL WHERE id = ?
                """,
            arguments: [order.input.path, work, stamp, isSame && !anew, isSame && !anew, job.id])
        return job.id
    }

    /// Takes the first job that nobody works on, or whose owner has died, in one transaction: two processes never get the
    /// same. A programme that somebody works on is left alone, whatever is to become of it.
    /// - Parameters:
    ///   - ids: only these; nil for any.
    ///   - threads: the number for a first attempt; later ones keep theirs.
    public func claim(among ids: [Int64]?, threads: Int) throws -> Job<Work>? {
        try store.write { database in
            let now = Date().timeIntervalSince1970
            let wanted = ids.map(Set.init)
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM job WHERE state IN ('queued', 'running') ORDER BY id")
            var busyInputs: Set<String> = []
            var free: [Row] = []
            for row in rows {
                let name: String? = row["owner"]
                if let name, JobOwner(text: name)?.isAlive ?? false {
                    busyInputs.insert(row["input"])
                } else {
                    free.append(row)
                }
            }
            let next = free.first { row in
                !busyInputs.contains(row["input"]) && (row["notBefore"] ?? 0.0) <= now
                    && (wanted?.contains(row["id"]) ?? true)
            }
            guard let next else { return nil }
            let id: Int64 = next["id"]
            try database.execute(
                sql: """
                    UPDATE job SET state = 'running', owner = ?, attempts = attempts + 1,
                      threads = COALESCE(threads, ?) WHERE id = ?
                    """,
                arguments: [owner.text, threads, id])
            return try Row.fetchOne(database, sql: "SELECT * FROM job WHERE id = ?", arguments: [id]).map(Self.job)
        }
    }

    /// Says how an attempt ended; heeded only from the job's owner.
    /// - Returns: false where the job was somebody else's.
    @discardableResult
    public func finish(_ id: Int64, _ ending: JobEnding) throws -> Bool {
        try store.write { database in
            var arguments: StatementArguments
            let change: String
            switch ending {
            case .done(let outcome, let runFolder):
                let row = try Row.fetchOne(database, sql: "SELECT * FROM job WHERE id = ?", arguments: [id])
                let before: String? = row?["inputStamp"]
                let now = row.flatMap { Self.stamp(URL(fileURLWithPath: $0["input"])) }
                let output = row.flatMap { Self.stamp(URL(fileURLWithPath: $0["output"])) }
                // An episode that was written anew meanwhile is to be done again.
                let isOld = now != nil && before != now
                change = "state = ?, inputStamp = ?, outcome = ?, runFolder = ?, outputStamp = ?, sentence = NULL"
                arguments = [isOld ? "queued" : "done", now ?? before ?? "", outcome, runFolder, output]
            case .skipped(let sentence):
                change = "state = 'skipped', sentence = ?"
                arguments = [sentence]
            case .failed(let sentence, let code):
                change = "state = 'failed', sentence = ?, failureCode = ?"
                arguments = [sentence, code]
            case .returned(let waitSeconds):
                change = "state = 'queued', notBefore = ?"
                arguments = [waitSeconds > 0 ? Date().timeIntervalSince1970 + waitSeconds : 0]
            }
            arguments += [id, owner.text]
            try database.execute(
                sql: "UPDATE job SET owner = NULL, \(change) WHERE id = ? AND owner = ?", arguments: arguments)
            return database.changesCount == 1
        }
    }

    /// - Parameter ids: only these; nil for all.
    public func jobs(_ ids: [Int64]? = nil) throws -> [Job<Work>] {
        let wanted = ids.map(Set.init)
        return try store.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM job ORDER BY id")
                .filter { wanted?.contains($0["id"]) ?? true }.map(Self.job)
        }
    }

    /// Jobs that are queued or running, whoever queued them.
    public func unfinished() throws -> [Int64] {
        try store.read {
            try Int64.fetchAll($0, sql: "SELECT id FROM job WHERE state IN ('queued', 'running') ORDER BY id")
        }
    }

    /// Queues again what failed or was skipped.
    public func retry() throws {
        try store.write {
            try $0.execute(
                sql: """
                    UPDATE job SET state = 'queued', sentence = NULL, failureCode = NULL
                    WHERE state IN ('failed', 'skipped')
                    """)
        }
    }

    // MARK: Rows

    private static func job(_ row: Row) throws -> Job<Work> {
        let text: String = row["work"]
        let name: String? = row["owner"]
        guard let state = Job<Work>.State(rawValue: row["state"]),
            let work = try? JSONDecoder().decode(Work.self, from: Data(text.utf8))
        else {
            throw AudioError(
                .badData, operation: "read", subject: "the queue",
                cause: "job \(row["id"] as Int64) was written by another version of the program",
                mend: "finish it with that version, or use another file with --store")
        }
        return Job(
            id: row["id"], input: row["input"], output: row["output"], work: work, state: state,
            attempts: row["attempts"], owner: name.flatMap(JobOwner.init(text:)), threads: row["threads"],
            sentence: row["sentence"], failureCode: row["failureCode"], runFolder: row["runFolder"],
            outcome: row["outcome"])
    }

    private static func encode(_ work: Work) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(work), as: UTF8.self)
    }

    /// Size and time of the last change; nil where there is no such file.
    private static func stamp(_ file: URL) -> String? {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return nil }
        return "\(status.st_size):\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    private static func isBusy(_ job: Job<Work>, _ other: JobOwner) -> AudioError {
        AudioError(
            .tryAgain, operation: "queue", subject: job.output,
            cause: "process \(other.process) is making that file, from something else or in another way",
            mend: "wait until it has finished, or write elsewhere with --output-dir")
    }
}
