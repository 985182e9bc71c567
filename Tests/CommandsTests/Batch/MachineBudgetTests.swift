import Foundation
import Pipeline
import Testing

@testable import Commands

/// As many jobs as cores and memory take.
@Suite struct MachineBudgetTests {
    @Test(
        arguments: [
            (8, 100, nil, 8), (8, 100, 3, 3), (8, 10, nil, 7), (8, 1, nil, 1), (2, 100, nil, 2), (1, 0, nil, 1),
        ] as [(Int, Int, Int?, Int)])
    func coresMemoryAndEpisodesLimitIt(_ cores: Int, _ gigabytes: Int, _ episodes: Int?, _ expected: Int) {
        let budget = MachineBudget(
            cores: cores, availableBytes: gigabytes * 1_000_000_000, bytesPerJob: 1_400_000_000)
        #expect(budget.jobs(episodes: episodes) == expected)
    }

    @Test func threadsAreDivided() {
        #expect(MachineBudget.threads(8, jobs: 3) == 2)
        #expect(MachineBudget.threads(2, jobs: 4) == 1)
    }

    /// A task works with the cores that it has on the cluster, however many this machine has and shares among jobs.
    @Test(arguments: [([], 5, 2), (["--jobs", "3"], 3, 2), (["--threads", "7"], 5, 7)] as [([String], Int, Int)])
    func aClusterGivesEachTaskItsThreads(_ options: [String], _ jobs: Int, _ threads: Int) throws {
        let command = try BatchCommand.parse(["a.mp3", "--voice", "x", "--engine", "slurm"] + options)
        let batch = try command.batchSettings(command.run.settings(), URL(fileURLWithPath: "/none"), episodes: 5)
        #expect(batch.jobs == jobs && batch.threads == threads)
        let workers = try #require(batch.engine as? SlurmWorkers)
        #expect(workers.jobs == jobs && workers.threads == threads)
    }

    @Test func jobsThatWillStillGrowAreCounted() {
        let budget = MachineBudget(cores: 8, availableBytes: 0, bytesPerJob: 1000)
        #expect(budget.hasRoom(beside: [], availableBytes: 1), "the first one is always begun")
        #expect(budget.hasRoom(beside: [1000], availableBytes: 1000))
        #expect(!budget.hasRoom(beside: [100], availableBytes: 1800))
        #expect(budget.hasRoom(beside: [100], availableBytes: 1900))
    }

    @Test func theMachineTellsWhatItHas() throws {
        let available = try #require(MemoryBudget.freeBytes)
        #expect(available > 0 && available <= Int(ProcessInfo.processInfo.physicalMemory))
        #expect(MachineBudget.measuredPeak(under: URL(fileURLWithPath: "/no/such/folder")) == nil)
    }
}
