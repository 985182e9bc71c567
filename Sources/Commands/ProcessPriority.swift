import Foundation

/// How much the program steps back for others.
enum ProcessPriority {
    /// Linux gives each thread a niceness of its own, which new ones take over from whoever starts them: so those that run
    /// already are asked one by one.
    static func lower(to niceness: Int) {
        guard niceness > 0 else { return }
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        for thread in threads.compactMap({ UInt32($0) }) {
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), thread, Int32(niceness))
        }
    }
}
