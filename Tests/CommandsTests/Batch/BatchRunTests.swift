import AudioCore
import Files
import Foundation
import Pipeline
import Store
import Testing

@testable import Commands

/// A batch with shell scripts for workers: whatever they do, the others are done.
@Suite struct BatchRunTests {
    private let home = FileManager.default.temporaryDirectory.appendingPathComponent("batch \(UUID())")
    private var store: URL { home.appendingPathComponent("store.sqlite") }

    init() throws { try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true) }

    private static let done = #"""
        {"done":{"_0":{"replaced":[],"leftOut":[],"programmeSeconds":10,"realTimeFactor":0.5,"peakMemoryBytes":1,"runFolder":"/run"}}}
        """#

    /// What a worker does with an order that holds a word; every one notes that it was begun.
    private static let script = """
        read -r order
        echo "$order" >>"$0.orders"
        case $order in
            *slow*) sleep 30 ;;
            *killed*) kill -9 $$ ;;
            *crashing*) echo 'Fatal error: index out of range' >&2; kill -SEGV $$ ;;
            *silent*) exit 3 ;;
            *refused*) echo '{"failed":{"_0":"Cannot read refused.mp3: it is empty.","code":65}}'; exit 65 ;;
            *absent*) echo '{"skipped":{"_0":"Anna is not heard."}}'; exit 0 ;;
            *stopping*) echo '\(done)'; echo '{"notice":{"_0":"last word"}}'; exec sleep 30 ;;
        esac
        echo '{"notice":{"_0":"a word"}}'
        echo '{"progress":{"stage":"diarizer","fraction":0.5}}'
        sleep 0.05
        echo '\(done)'
        """

    private func settings(jobs: Int) throws -> BatchRun.Settings {
        let script = home.appendingPathComponent("worker.sh")
        if !FileManager.default.fileExists(atPath: script.path) { try Data(Self.script.utf8).write(to: script) }
        return BatchRun.Settings(
            engine: LocalWorkers(program: URL(fileURLWithPath: "/bin/bash"), arguments: [script.path]), jobs: jobs,
            threads: 1,
            budget: MachineBudget(cores: 2, availableBytes: nil, bytesPerJob: 1), workFolder: home, store: store)
    }

    private func add(_ names: [String], to queue: JobQueue<EpisodeWork>) throws -> [Int64] {
        let orders = EpisodeOrders(work: EpisodeWork(roles: [.init(who: nil, voice: "jf_alpha")]), outputFolder: nil)
        return try queue.add(orders.orders(for: names.map { home.appendingPathComponent("\($0).mp3") }))
    }

    /// How often workers were begun.
    private var begun: Int {
        let orders = try? String(contentsOf: home.appendingPathComponent("worker.sh.orders"), encoding: .utf8)
        return (orders ?? "").split(separator: "\n").count
    }

    @Test func oneThatFailsDoesNotStopTheRest() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let queue = JobQueue<EpisodeWork>(try Store(store))
        let names = ["one", "killed", "crashing", "silent", "refused", "absent", "two"]
        let ids = try add(names, to: queue)
        var most = 0
        var working: Set<Int64> = []
        var notices = 0
        let batch = BatchRun(queue, ids: ids, settings: try settings(jobs: 3), interruption: Interruption()) { event in
            switch event {
            case .started(let job): working.insert(job.id)
            case .ended(let job): working.remove(job.id)
            case .notice: notices += 1
            default: break
            }
            most = max(most, working.count)
        }
        #expect(try !batch.run())
        let jobs = try queue.jobs(ids)
        #expect(jobs.map(\.state) == [.done, .failed, .failed, .failed, .failed, .skipped, .done])
        #expect(jobs[1].sentence?.contains("killed") == true && jobs[1].sentence?.contains("memory") == true)
        #expect(jobs[2].sentence?.contains("signal 11") == true && jobs[2].sentence?.contains("Fatal error") == true)
        #expect(jobs[3].sentence?.contains("code 3") == true)
        #expect(jobs[4].sentence == "Cannot read refused.mp3: it is empty." && jobs[4].failureCode == 65)
        #expect(jobs[5].sentence == "Anna is not heard.")
        #expect(EpisodeOutcome(of: jobs[0])?.programmeSeconds == 10 && jobs[0].runFolder == "/run")
        #expect(most == 3 && notices == 2)
        #expect(BatchSummary(jobs, seconds: 1).failures == 4)
    }

    @Test func anInterruptedBatchGivesItsJobsBackAndGoesOn() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let queue = JobQueue<EpisodeWork>(try Store(store))
        let ids = try add(["one", "slow", "stopping", "two"], to: queue)
        let interruption = Interruption()
        let first = BatchRun(queue, ids: ids, settings: try settings(jobs: 2), interruption: interruption) { event in
            if case .notice(_, "last word") = event { interruption.trip() }
        }
        let began = ContinuousClock.now
        #expect(try first.run(), "work was cut short")
        #expect(ContinuousClock.now - began < .seconds(10))
        let states = try queue.jobs(ids).map(\.state)
        #expect(states == [.done, .queued, .done, .queued], "one that had said its last word is done")
        let before = begun
        // The slow one is quicker the second time.
        try Data(Self.script.replacingOccurrences(of: "sleep 30", with: "true").utf8)
            .write(to: home.appendingPathComponent("worker.sh"))
        #expect(
            try !BatchRun(queue, ids: ids, settings: settings(jobs: 2), interruption: Interruption()) { _ in }.run())
        #expect(try queue.jobs(ids).allSatisfy { $0.state == .done })
        #expect(begun == before + 2, "what was done is not done again")
    }

    @Test func twoBatchesShareAQueue() async throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let names = (0..<12).map { "episode\($0)" }
        let ids = try add(names, to: JobQueue<EpisodeWork>(try Store(store)))
        let settings = try settings(jobs: 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    try await onOwnThread(interrupt: {}) {
                        let queue = JobQueue<EpisodeWork>(try Store(self.store))
                        _ = try BatchRun(queue, ids: ids, settings: settings, interruption: Interruption()) { _ in }
                            .run()
                        // Each ends when all is done, whoever did it.
                        guard try queue.jobs(ids).allSatisfy({ $0.state == .done }) else { throw CancellationError() }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(begun == names.count)
    }

    @Test func filesThatComeAreQueuedWhileItRuns() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let queue = JobQueue<EpisodeWork>(try Store(store))
        let incoming = home.appendingPathComponent("incoming")
        try FileManager.default.createDirectory(at: incoming, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: incoming.appendingPathComponent("one.mp3"))
        let watch = try FolderWatch(incoming, settleSeconds: 0.1)
        let orders = EpisodeOrders(work: EpisodeWork(roles: [.init(who: nil, voice: "v")]), outputFolder: home)
        let interruption = Interruption()
        var ended: [String] = []
        let batch = BatchRun(
            queue, ids: [], settings: try settings(jobs: 1), interruption: interruption,
            arrivals: { try orders.orders(for: watch.arrivals()) }
        ) { event in
            guard case .ended(let job) = event else { return }
            ended.append(URL(fileURLWithPath: job.input).lastPathComponent)
            if ended.count == 1 { try? Data("x".utf8).write(to: incoming.appendingPathComponent("two.mp3")) }
            if ended.count == 2 { interruption.trip() }
        }
        #expect(try !batch.run(), "nothing was cut short")
        #expect(ended == ["one.mp3", "two.mp3"])
        #expect(try queue.jobs(batch.ids).map(\.state) == [.done, .done])
    }
}
