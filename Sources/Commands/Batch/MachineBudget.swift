import Foundation
import Pipeline

/// How many episodes this machine can do at once.
struct MachineBudget: Equatable {
    var cores: Int
    /// Memory that can be had without taking any from others; nil where the system does not tell.
    var availableBytes: Int?
    /// What one job needs at its peak.
    var bytesPerJob: Int

    /// The largest peak of the jobs in docs/measurements.md, for a machine that has made none yet.
    static let usualBytesPerJob = 1_400_000_000
    /// Earlier runs that are asked for their peaks, the newest.
    private static let runsAsked = 30
    /// Peaks vary with what is said; this much more is set aside.
    private static let margin = 1.1

    /// - Parameters:
    ///   - workFolder: where earlier runs tell what they needed.
    ///   - limit: what all jobs together may take.
    init(workFolder: URL, limit: MemoryBudget) {
        cores = ProcessInfo.processInfo.activeProcessorCount
        availableBytes = [MemoryBudget.freeBytes, limit.limitBytes].compactMap(\.self).min()
        bytesPerJob =
            Self.measuredPeak(under: workFolder).map { Int(Self.margin * Double($0)) } ?? Self.usualBytesPerJob
    }

    init(cores: Int, availableBytes: Int?, bytesPerJob: Int) {
        self.cores = cores
        self.availableBytes = availableBytes
        self.bytesPerJob = bytesPerJob
    }

    /// One a core, as many as memory takes, no more than there are episodes; at least one.
    /// - Parameter episodes: nil where more may come.
    func jobs(episodes: Int?) -> Int {
        let byMemory = availableBytes.map { $0 / max(1, bytesPerJob) } ?? cores
        return max(1, min(cores, byMemory, episodes ?? cores))
    }

    /// Threads for each of several jobs.
    static func threads(_ total: Int, jobs: Int) -> Int { max(1, total / max(1, jobs)) }

    /// True where one more job fits beside those that run and will still grow.
    /// - Parameter residentBytes: of each job that runs.
    func hasRoom(beside residentBytes: [Int], availableBytes: Int?) -> Bool {
        guard let availableBytes, !residentBytes.isEmpty else { return true }
        let growth = residentBytes.reduce(0) { $0 + max(0, bytesPerJob - $1) }
        return availableBytes - growth >= bytesPerJob
    }

    /// The largest peak of the newest reports; nil where there are none.
    static func measuredPeak(under workFolder: URL) -> Int? {
        let reports = FinishedRun.folders(under: workFolder).compactMap { folder -> (made: Date, file: URL)? in
            let file = folder.appendingPathComponent("report.json")
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
            return (attributes?[.modificationDate] as? Date).map { ($0, file) }
        }
        let newest = reports.sorted { $0.made > $1.made }.prefix(runsAsked)
        let peaks = newest.compactMap { (try? Data(contentsOf: $0.file)).flatMap(Report.init(reading:)) }
            .compactMap { $0.stages.map(\.peakMemoryBytes).max() }.filter { $0 > 0 }
        return peaks.max()
    }
}
