import AudioCore
import Foundation
import Synchronization
import Testing

@testable import Store

/// What is to be done is done once, by one, whoever dies meanwhile.
@Suite struct JobQueueTests {
    private typealias Queue = JobQueue<String>

    /// A process that has ended: nobody has this number and this start.
    private static let dead = JobOwner(process: 1, startTicks: -1, boot: "an earlier start of the machine")

    private func order(_ home: TemporaryStore, _ name: String, _ work: String = "voice") -> Queue.Order {
        Queue.Order(
            input: home.folder.appendingPathComponent(name), output: home.folder.appendingPathComponent(name + ".out"),
            work: work)
    }

    @Test func jobsAreTakenInOrderAndKeepWhatBecameOfThem() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let queue = Queue(try home.open())
        let ids = try queue.add(["a", "b", "c"].map { order(home, $0) })
        #expect(ids.count == 3)
        for (index, id) in ids.enumerated() {
            let job = try #require(try queue.claim(among: nil, threads: 2))
            #expect(job.id == id && job.state == .running && job.attempts == 1 && job.threads == 2)
            let endings: [JobEnding] = [
                .done(outcome: Data("fine".utf8), runFolder: "/run"), .skipped(sentence: "Nobody."),
                .failed(sentence: "Cannot.", code: 65),
            ]
            #expect(try queue.finish(id, endings[index]))
        }
        #expect(try queue.claim(among: nil, threads: 2) == nil)
        // Another process sees the same.
        let jobs = try Queue(home.open()).jobs()
        #expect(jobs.map(\.state) == [.done, .skipped, .failed])
        #expect(jobs[0].outcome == Data("fine".utf8) && jobs[0].runFolder == "/run" && jobs[0].sentence == nil)
        #expect(jobs[1].sentence == "Nobody." && jobs[2].sentence == "Cannot." && jobs[2].failureCode == 65)
    }

    @Test func manyConnectionsNeverTakeTheSameJob() async throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let count = 120
        try Queue(home.open()).add((0..<count).map { order(home, "\($0)") })
        let taken = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let queue = Queue(try home.open())
                    var mine: [Int64] = []
                    while let job = try queue.claim(among: nil, threads: 1) { mine.append(job.id) }
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(taken.count == count && Set(taken).count == count)
    }

    @Test func aDeadOwnersJobGoesOnWhereItWas() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let dead = Queue(try home.open(), owner: Self.dead)
        let ids = try dead.add([order(home, "a"), order(home, "b")])
        let first = try #require(try dead.claim(among: nil, threads: 4))
        let queue = Queue(try home.open())
        // Queued again by the same command: it is the same job.
        #expect(try queue.add([order(home, "a"), order(home, "b")]) == ids)
        let taken = try #require(try queue.claim(among: nil, threads: 1))
        #expect(taken.id == first.id && taken.attempts == 2 && taken.owner == .current)
        #expect(taken.threads == 4, "results depend on the threads, so they stay as they were")
        // The dead one has nothing to say any more, were he to come back.
        #expect(try !dead.finish(first.id, .failed(sentence: "late", code: 70)))
        #expect(try queue.jobs([first.id]).first?.state == .running)
    }

    @Test func aLivingOwnersJobAndItsProgrammeAreLeftAlone() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let (one, other) = (Queue(try home.open()), Queue(try home.open()))
        let input = home.folder.appendingPathComponent("a")
        let ids = try one.add(
            ["x", "y"].map { Queue.Order(input: input, output: home.folder.appendingPathComponent($0), work: $0) })
        #expect(try one.claim(among: nil, threads: 1)?.id == ids[0])
        #expect(try other.claim(among: nil, threads: 1) == nil, "the programme is in work")
        try one.finish(ids[0], .done(outcome: Data(), runFolder: nil))
        #expect(try other.claim(among: nil, threads: 1)?.id == ids[1])
    }

    @Test func aProcessIsKnownByItsStartAndNotByItsNumberAlone() throws {
        #expect(JobOwner.current.isAlive)
        let parts = JobOwner.current.text.split(separator: ":")
        #expect(JobOwner(text: JobOwner.current.text) == .current)
        #expect(JobOwner(text: "\(parts[0]):1:\(parts[2])")?.isAlive == false)
        #expect(JobOwner(text: "\(parts[0]):\(parts[1]):another-boot")?.isAlive == false)
        #expect(JobOwner(text: "nonsense") == nil)
    }

    @Test func onlyWhatChangedIsDoneAgain() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let queue = Queue(try home.open())
        for name in ["a", "b", "c", "d"] { _ = try home.write(name, to: name) }
        let orders = ["a", "b", "c", "d"].map { order(home, $0) }
        let ids = try queue.add(orders)
        while let job = try queue.claim(among: nil, threads: 1) {
            _ = try home.write("made", to: URL(fileURLWithPath: job.output).lastPathComponent)
            try queue.finish(job.id, .done(outcome: Data(), runFolder: nil))
        }
        #expect(try queue.add(orders) == ids)
        #expect(try queue.unfinished().isEmpty)
        _ = try home.write("longer than before", to: "b")
        try FileManager.default.removeItem(at: home.folder.appendingPathComponent("c.out"))
        try queue.add(orders.prefix(3) + [order(home, "d", "another voice")])
        #expect(try queue.unfinished() == [ids[1], ids[2], ids[3]])
        try queue.add(orders, anew: true)
        #expect(try queue.unfinished() == ids)
    }

    @Test func anEpisodeThatIsWrittenAnewWhileItIsInWorkIsDoneAgain() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let queue = Queue(try home.open())
        _ = try home.write("short", to: "a")
        let id = try #require(try queue.add([order(home, "a")]).first)
        _ = try queue.claim(among: nil, threads: 1)
        _ = try home.write("longer than before", to: "a")
        #expect(try queue.add([order(home, "a")]) == [id])
        #expect(try queue.claim(among: nil, threads: 1) == nil, "it is in work")
        try queue.finish(id, .done(outcome: Data(), runFolder: nil))
        #expect(try queue.claim(among: nil, threads: 1)?.id == id)
        try queue.finish(id, .done(outcome: Data(), runFolder: nil))
        #expect(try queue.unfinished().isEmpty)
    }

    @Test func whatFailedIsQueuedAgainByTheSameCommand() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let queue = Queue(try home.open())
        let id = try #require(try queue.add([order(home, "a")]).first)
        _ = try queue.claim(among: nil, threads: 3)
        try queue.finish(id, .failed(sentence: "Cannot.", code: 65))
        try queue.add([order(home, "a")])
        let job = try #require(try queue.claim(among: [id], threads: 1))
        #expect(job.attempts == 2 && job.threads == 3 && job.sentence == nil && job.failureCode == nil)
    }

    @Test func whatFailedOrWasSkippedIsTriedAgainWhereThatIsWanted() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let queue = Queue(try home.open())
        let ids = try queue.add([order(home, "a"), order(home, "b"), order(home, "c")])
        for _ in ids { _ = try queue.claim(among: nil, threads: 1) }
        try queue.finish(ids[0], .failed(sentence: "Cannot.", code: 65))
        try queue.finish(ids[1], .skipped(sentence: "Nobody."))
        try queue.finish(ids[2], .done(outcome: Data("fine".utf8), runFolder: nil))
        #expect(try queue.unfinished().isEmpty)
        try queue.retry()
        #expect(try queue.unfinished() == Array(ids[..<2]))
        #expect(try queue.jobs(ids).map(\.sentence) == [nil, nil, nil])
    }

    @Test func aJobGivenBackWaitsItsTime() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let queue = Queue(try home.open())
        let ids = try queue.add([order(home, "a"), order(home, "b")])
        _ = try queue.claim(among: nil, threads: 1)
        try queue.finish(ids[0], .returned(waitSeconds: 3600))
        #expect(try queue.claim(among: nil, threads: 1)?.id == ids[1])
        #expect(try queue.claim(among: nil, threads: 1) == nil)
    }

    @Test func aFileSomebodyMakesOtherwiseIsRefused() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        // Process 1 lives as long as the machine.
        let stat = try String(contentsOfFile: "/proc/1/stat", encoding: .utf8)
        let start = stat[stat.index(after: try #require(stat.lastIndex(of: ")")))...].split(separator: " ")[19]
        let boot = JobOwner.current.text.split(separator: ":")[2]
        let other = Queue(try home.open(), owner: try #require(JobOwner(text: "1:\(start):\(boot)")))
        try other.add([order(home, "a")])
        _ = try other.claim(among: nil, threads: 1)
        let queue = Queue(try home.open())
        #expect(#expect(throws: AudioError.self) { try queue.add([order(home, "a", "new")]) }?.kind == .tryAgain)
        // The same work is simply waited for.
        #expect(try queue.add([order(home, "a")]).count == 1)
        #expect(try queue.claim(among: nil, threads: 1) == nil)
    }

    @Test func aProcessThatIsKilledLosesNothing() async throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let path = home.file.path
        let ids = try Queue(home.open()).add(["a", "b"].map { order(home, $0) })
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let queue = JobQueue<String>(try Store(URL(fileURLWithPath: path)))
            guard let job = try queue.claim(among: nil, threads: 7) else { return }
            try queue.finish(job.id, .done(outcome: Data("whole".utf8), runFolder: nil))
            guard try queue.claim(among: nil, threads: 7) != nil else { return }
            kill(getpid(), SIGKILL)
        }
        let queue = Queue(try home.open())
        let jobs = try queue.jobs()
        #expect(jobs.map(\.state) == [.done, .running] && jobs[0].outcome == Data("whole".utf8))
        #expect(jobs[1].owner?.isAlive == false)
        let taken = try #require(try queue.claim(among: nil, threads: 1))
        #expect(taken.id == ids[1] && taken.attempts == 2 && taken.threads == 7)
        #expect(try queue.claim(among: nil, threads: 1) == nil)
    }
}
