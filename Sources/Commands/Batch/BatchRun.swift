import AudioCore
import Foundation
import Pipeline
import Store

/// Works through jobs of the queue: some at once, each in a process of its own, so that one that crashes or takes all
/// memory takes no other along. One thread does it all: it starts workers, listens to them, and writes down how they end.
/// Where the workers are is their engine's business.
final class BatchRun {
    struct Settings {
        var engine: any WorkerEngine
        /// At once.
        var jobs: Int
        /// For each job.
        var threads: Int
        /// For each job; nil: whatever is free.
        var mostMemoryMegabytes: Double?
        var budget: MachineBudget
        var workFolder: URL
        var store: URL
        var startsAfresh = false
        var overwrites = false
    }

    private struct Running {
        var job: EpisodeJob
        var worker: any EpisodeWorker
        /// What the worker said of its end.
        var verdict: JobEnding?
    }

    private let queue: JobQueue<EpisodeWork>
    private let settings: Settings
    private let interruption: Interruption
    private let events: (BatchEvent) -> Void
    private let arrivals: (() throws -> [JobQueue<EpisodeWork>.Order])?
    private(set) var ids: [Int64]
    private var running: [Running] = []
    private var lastAsked = ContinuousClock.now - .seconds(60)

    /// How long is waited for words of the workers; interruptions are seen as often.
    private static let tickMilliseconds: Int32 = 100
    /// How often the queue is asked for jobs that others gave back or left behind.
    private static let askEvery = Duration.seconds(1)
    /// A programme that another process works on is tried again after this.
    private static let busySeconds = 5.0
    /// So often; then it has failed.
    private static let busyAttempts = 120
    /// A worker that somebody interrupts is begun again so often.
    private static let interruptedAttempts = 5
    /// Workers that were asked to stop are given this long.
    private static let graceSeconds = 1.2

    /// - Parameters:
    ///   - ids: the jobs to be done; more may arrive.
    ///   - arrivals: what has come since the last call; nil where nothing comes by itself.
    init(
        _ queue: JobQueue<EpisodeWork>, ids: [Int64], settings: Settings, interruption: Interruption,
        arrivals: (() throws -> [JobQueue<EpisodeWork>.Order])? = nil,
        events: @escaping (BatchEvent) -> Void
    ) {
        self.queue = queue
        self.ids = ids
        self.settings = settings
        self.interruption = interruption
        self.events = events
        self.arrivals = arrivals
    }

    /// Ends when every job has ended, whoever did it; a batch that watches ends by being interrupted.
    /// - Returns: true where work was cut short.
    func run() throws -> Bool {
        defer { stop() }
        while true {
            if (try? interruption.check()) == nil {
                let wasWorking = !running.isEmpty
                stop()
                return try wasWorking || hasUnfinished()
            }
            try takeArrivals()
            let isIdle = try startWorkers()
            if isIdle, running.isEmpty, arrivals == nil, try !hasUnfinished() { return false }
            wait()
            try listen()
            events(.tick)
        }
    }

    private func takeArrivals() throws {
        guard let arrivals else { return }
        let orders = try arrivals()
        guard !orders.isEmpty else { return }
        let new = try queue.add(orders).filter { !ids.contains($0) }
        ids += new
        events(.arrived(new.count))
        lastAsked = ContinuousClock.now - .seconds(60)
    }

    private func hasUnfinished() throws -> Bool {
        try queue.jobs(ids).contains { $0.state == .queued || $0.state == .running }
    }

    // MARK: Starting

    /// - Returns: true where there was room and nothing to be taken.
    private func startWorkers() throws -> Bool {
        guard mayStart, ContinuousClock.now - lastAsked >= Self.askEvery else { return false }
        var claimed: [EpisodeJob] = []
        while mayStart {
            guard let job = try queue.claim(among: ids, threads: settings.threads) else {
                lastAsked = .now
                try start(claimed)
                return claimed.isEmpty
            }
            if settings.engine.takesAllAtOnce { claimed.append(job) } else { try start([job]) }
        }
        return false
    }

    private var mayStart: Bool {
        guard !settings.engine.takesAllAtOnce else { return true }
        guard running.count < settings.jobs else { return false }
        guard
            settings.budget.hasRoom(
                beside: running.map(\.worker.residentBytes), availableBytes: MemoryBudget.freeBytes)
        else {
            lastAsked = .now
            return false
        }
        return true
    }

    private func start(_ jobs: [EpisodeJob]) throws {
        guard !jobs.isEmpty else { return }
        let orders = jobs.map { job in
            WorkerOrder(
                input: job.input, output: job.output, work: job.work, threads: job.threads ?? settings.threads,
                mostMemoryMegabytes: settings.mostMemoryMegabytes, workFolder: settings.workFolder.path,
                store: settings.store.path,
                startsAfresh: settings.startsAfresh && job.attempts == 1, overwrites: settings.overwrites)
        }
        do {
            let workers = try settings.engine.start(orders)
            running += zip(jobs, workers).map { Running(job: $0, worker: $1) }
            for job in jobs { events(.started(job)) }
        } catch {
            for job in jobs { try queue.finish(job.id, .returned(waitSeconds: 0)) }
            throw error
        }
    }

    // MARK: Listening

    private func wait() {
        var watched = running.compactMap(\.worker.descriptor).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        poll(&watched, nfds_t(watched.count), Self.tickMilliseconds)
        // A pipe whose writer is gone is always ready; its process ends in a moment.
        if watched.contains(where: { $0.revents & Int16(POLLHUP) != 0 }) { usleep(5000) }
    }

    private func listen() throws {
        for index in running.indices.reversed() {
            // Asked first: what it said before it ended is then in the pipe.
            let ending = running[index].worker.ending
            for message in try running[index].worker.messages() { heed(message, from: index) }
            guard let ending else { continue }
            let ended = running.remove(at: index)
            try close(ended, ending)
        }
    }

    private func heed(_ message: WorkerMessage, from index: Int) {
        let job = running[index].job
        switch message {
        case .progress(let stage, let fraction): events(.progress(job, stage, fraction))
        case .finished(let stage): events(.finished(job, stage))
        case .notice(let sentence): events(.notice(job, sentence))
        case .skipped(let sentence): running[index].verdict = .skipped(sentence: sentence)
        case .failed(let sentence, let code): running[index].verdict = .failed(sentence: sentence, code: code)
        case .done(let outcome):
            let data = (try? CanonicalJSON.encode(outcome)) ?? Data()
            running[index].verdict = .done(outcome: data, runFolder: outcome.runFolder)
        }
    }

    private func close(_ ended: Running, _ ending: WorkerEnding) throws {
        var verdict = ended.verdict ?? lost(ended, ending)
        if case .failed(_, AudioError.Kind.tryAgain.rawValue) = verdict, ended.job.attempts < Self.busyAttempts {
            verdict = .returned(waitSeconds: Self.busySeconds)
        }
        // Ctrl-C reaches the workers, too, and may reach them first.
        let isInterrupted = ended.verdict == nil && ending == .exit(InterruptSignals.exitCode)
        if isInterrupted, ended.job.attempts < Self.interruptedAttempts { verdict = .returned(waitSeconds: 1) }
        try queue.finish(ended.job.id, verdict)
        lastAsked = ContinuousClock.now - .seconds(60)
        if let job = try queue.jobs([ended.job.id]).first { events(.ended(job)) }
    }

    /// A worker that ended without a verdict.
    private func lost(_ ended: Running, _ ending: WorkerEnding) -> JobEnding {
        let words = ended.worker.lastWords.first.map { "; its last words: \($0)" } ?? ""
        let (cause, mend) =
            switch ending {
            case .signal(SIGKILL):
                ("its worker was killed (signal 9), most likely for want of memory", "run it again with --jobs 1")
            case .signal(let number):
                ("its worker crashed (signal \(number))\(words)", "run it again; what was finished is kept")
            case .lost(let sentence):
                (sentence + words, "run it again; what was finished is kept")
            case .exit(let code):
                ("its worker ended without a result (code \(code))\(words)", "run it again; what was finished is kept")
            }
        let error = AudioError(
            .internal, operation: "replace a voice in", subject: ended.job.input, cause: cause, mend: mend)
        return .failed(sentence: error.description, code: AudioError.Kind.internal.rawValue)
    }

    // MARK: Stopping

    /// Ends all workers and gives their jobs back; finished work is kept in their run folders.
    private func stop() {
        guard !running.isEmpty else { return }
        for each in running { each.worker.interrupt() }
        let deadline = ContinuousClock.now + .seconds(Self.graceSeconds)
        while ContinuousClock.now < deadline, running.contains(where: { $0.worker.ending == nil }) { usleep(20_000) }
        for index in running.indices {
            running[index].worker.end()
            for message in (try? running[index].worker.messages()) ?? [] { heed(message, from: index) }
            // One that was ready at the last moment is done.
            let verdict: JobEnding =
                if case .done? = running[index].verdict { running[index].verdict ?? .returned(waitSeconds: 0) } else {
                    .returned(waitSeconds: 0)
                }
            // Where the queue cannot be written, the next batch finds that this process has ended.
            _ = try? queue.finish(running[index].job.id, verdict)
        }
        running = []
    }
}
