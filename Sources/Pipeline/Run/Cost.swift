import AudioCore
import Foundation
import Synchronization

/// What a piece of work took.
public struct Cost: Codable, Sendable, Equatable {
    /// Wall-clock seconds.
    public var seconds: Double
    /// Largest resident memory of the process meanwhile; 0 where the system does not tell.
    public var peakMemoryBytes: Int
    /// Time inside each network.
    public var models: [ModelTime]
}

/// Measures what is done from its creation on. Meters may be inside each other: a piece within its stage.
final class CostMeter {
    /// What open meters have seen of the peak before another one reset the kernel's mark.
    private static let peaks = Mutex<[ObjectIdentifier: Int]>([:])

    private let start = ContinuousClock.now
    private let modelTimes: @Sendable () -> [ModelTime]
    private let modelsBefore: [ModelTime]

    /// Resets the kernel's high-water mark of resident memory (proc(5), clear_refs), so that each stage has its own.
    /// - Parameter modelTimes: the time inside each network since the process began.
    init(modelTimes: @escaping @Sendable () -> [ModelTime]) {
        self.modelTimes = modelTimes
        modelsBefore = modelTimes()
        Self.peaks.withLock { peaks in
            let peak = Self.highWaterBytes
            for meter in peaks.keys { peaks[meter] = max(peaks[meter] ?? 0, peak) }
            peaks[ObjectIdentifier(self)] = 0
        }
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    deinit { Self.peaks.withLock { $0[ObjectIdentifier(self)] = nil } }

    var cost: Cost {
        let before = Self.peaks.withLock { $0[ObjectIdentifier(self)] ?? 0 }
        let duration = (ContinuousClock.now - start).components
        let seconds = Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
        return Cost(
            seconds: seconds, peakMemoryBytes: max(before, Self.highWaterBytes),
            models: modelTimes().since(modelsBefore))
    }

    private static var highWaterBytes: Int {
        (MemoryBudget.kilobytes("VmHWM:", in: "/proc/self/status") ?? 0) * 1024
    }
}

/// Gives memory that was let go back to the system; the allocator would keep it for later.
func returnFreedMemory() {
    typealias Trim = @convention(c) (Int) -> Int32
    // glibc's own; other C libraries give memory back by themselves.
    guard let trim = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(trim, to: Trim.self)(0)
}
