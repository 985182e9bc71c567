import AudioCore
import Files
import Foundation
import Pipeline
import Store
import Testing

@testable import Commands

/// A batch on a real Slurm cluster of one node, with shell scripts for workers.
@Suite(.serialized, .enabled(if: OneNodeCluster.isPossible, OneNodeCluster.need))
struct SlurmTests {
    private static let done = #"""
        {"done":{"_0":{"replaced":[],"leftOut":[],"programmeSeconds":10,"realTimeFactor":0.5,"peakMemoryBytes":1,"runFolder":"/run"}}}
        """#
    /// Called as `worker.sh batch-worker --orders FILE --line N`.
    private static let script = """
        #!/bin/bash
        order=$(sed -n "$5p" "$3")
        echo "$order" >>"${0%/*}/begun"
        case $order in
            *slow*) echo '{"notice":{"_0":"slow"}}'; sleep 300 ;;
            *killed*) kill -9 $$ ;;
            *crashing*) echo 'Fatal error: index out of range' >&2; exit 3 ;;
            *refused*) echo '{"failed":{"_0":"Cannot read refused.mp3: it is empty.","code":65}}'; exit 65 ;;
        esac
        echo '{"progress":{"stage":"diarizer","fraction":0.5}}'
        echo '\(done)'
        """

    private func batch(_ names: [String], in home: URL, events: @escaping (BatchEvent, Interruption) -> Void)
        throws -> (jobs: () throws -> [EpisodeJob], run: () throws -> Bool)
    {
        let program = home.appendingPathComponent("it's a worker.sh")
        try Data(Self.script.utf8).write(to: program)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        let file = home.appendingPathComponent("store.sqlite")
        let queue = JobQueue<EpisodeWork>(try Store(file))
        let orders = EpisodeOrders(work: EpisodeWork(roles: [.init(who: nil, voice: "jf_alpha")]), outputFolder: nil)
        let ids = try queue.add(orders.orders(for: names.map { home.appendingPathComponent("\($0).mp3") }))
        let interruption = Interruption()
        let settings = BatchRun.Settings(
            engine: SlurmWorkers(
                program: program, workFolder: home, jobs: 2, threads: 1, bytesPerTask: 100_000_000,
                options: ["--time=5"]),
            jobs: 1, threads: 1, budget: MachineBudget(cores: 1, availableBytes: nil, bytesPerJob: 1),
            workFolder: home, store: file)
        let run = BatchRun(queue, ids: ids, settings: settings, interruption: interruption) { events($0, interruption) }
        return ({ try queue.jobs(ids) }, { try run.run() })
    }

    @Test func anArrayDoesWhatIsInTheQueueAndTellsHowItEnded() throws {
        let cluster = try OneNodeCluster()
        defer { cluster.stop() }
        var progressed: Set<String> = []
        let batch = try batch(["one", "killed", "crashing", "refused", "two"], in: cluster.home) { event, _ in
            if case .progress(let job, .diarizer, 0.5) = event { progressed.insert(job.input) }
        }
        #expect(try !batch.run())
        let jobs = try batch.jobs()
        #expect(jobs.map(\.state) == [.done, .failed, .failed, .failed, .done])
        #expect(jobs[1].sentence?.contains("signal 9") == true, "\(jobs[1].sentence ?? "")")
        #expect(jobs[2].sentence?.contains("code 3") == true && jobs[2].sentence?.contains("Fatal error") == true)
        #expect(jobs[3].sentence == "Cannot read refused.mp3: it is empty." && jobs[3].failureCode == 65)
        #expect(EpisodeOutcome(of: jobs[4])?.programmeSeconds == 10)
        #expect(progressed.count == 2)
        // One array, not one submission an episode.
        let folder = cluster.home.appendingPathComponent("slurm")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    }

    @Test func anInterruptionCancelsTheArrayAndGivesTheJobsBack() throws {
        let cluster = try OneNodeCluster()
        defer { cluster.stop() }
        let batch = try batch(["slow", "slower"], in: cluster.home) { event, interruption in
            if case .notice(_, "slow") = event { interruption.trip() }
        }
        #expect(try batch.run(), "work was cut short")
        #expect(try batch.jobs().allSatisfy { $0.state == .queued })
        #expect(try Slurm.call("squeue", "--noheader").isEmpty, "nothing of it is left")
    }
}

/// Slurm and its authentication, started for a test.
private struct OneNodeCluster {
    let home: URL
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../slurm/one-node.sh").standardized

    static let need: Comment = "needs root, slurm-wlm and munge, for it starts daemons"
    static var isPossible: Bool {
        geteuid() == 0
            && ["munged", "slurmctld", "slurmd"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "/usr/sbin/\($0)")
            }
    }

    init() throws {
        home = FileManager.default.temporaryDirectory.appendingPathComponent("slurm-\(UUID())")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let process = try Self.call("start", home)
        guard process.terminationStatus != 77 else { try Test.cancel("slurmd cannot start here") }
        try #require(process.terminationStatus == 0)
        setenv("SLURM_CONF", home.appendingPathComponent("slurm.conf").path, 1)
    }

    func stop() {
        _ = try? Self.call("stop", home)
        unsetenv("SLURM_CONF")
        try? FileManager.default.removeItem(at: home)
    }

    private static func call(_ verb: String, _ folder: URL) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [script.path, verb, folder.path]
        // Its daemons must not hold the test's output open.
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process
    }
}
