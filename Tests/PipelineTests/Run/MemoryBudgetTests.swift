import AudioCore
import Foundation
import Testing

@testable import Pipeline

/// What may be taken is asked before it is.
@Suite struct MemoryBudgetTests {
    @Test func whatIsNotFreeIsRefused() throws {
        #expect(throws: AudioError.self) {
            try MemoryBudget().check(need: 1_500_000_000, free: 1_000_000_000, .synthesizer)
        }
        try MemoryBudget().check(need: 1_500_000_000, free: nil, .synthesizer)
    }

    @Test func aGroupsLimitCountsWithoutItsCache() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("groups \(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        func write(_ folder: String, _ files: [String: String]) throws {
            let folder = root.appendingPathComponent(folder)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        }
        try write(
            "jobs/one",
            ["memory.max": "4000\n", "memory.current": "3900\n", "memory.stat": "anon 900\ninactive_file 2900\n"])
        try write("jobs", ["memory.max": "max\n", "memory.current": "9000\n"])
        #expect(MemoryBudget.headroom(groups: "0::/jobs/one\n", root: root) == 3000)
        #expect(MemoryBudget.headroom(groups: "0::/jobs\n", root: root) == nil)
        // Version 1 counts by controller; a group that cannot be seen from inside is passed over.
        try write("memory", ["memory.limit_in_bytes": "2000", "memory.usage_in_bytes": "500", "memory.stat": ""])
        let groups = "4:cpu,cpuacct:/x\n3:memory:/docker/abc\n0::/jobs/one\n"
        #expect(MemoryBudget.headroom(groups: groups, root: root) == 1500)
    }
}
