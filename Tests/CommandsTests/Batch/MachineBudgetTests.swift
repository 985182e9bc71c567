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
