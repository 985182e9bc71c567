import Synchronization

/// What each stage of a run cost, in the order in which they ran.
final class CostLedger: Sendable {
    private struct Entry {
        var stage: StageName
        var cost: Cost
        var cached: Bool
    }
    private struct State {
        var entries: [Entry] = []
        var programmeSeconds = 0.0
    }
    private let state = Mutex(State())

    /// Set when the programme's length is known.
    var programmeSeconds: Double {
        get { state.withLock { $0.programmeSeconds } }
        set { state.withLock { $0.programmeSeconds = newValue } }
    }

    func has(_ stage: StageName) -> Bool { state.withLock { $0.entries.contains { $0.stage == stage } } }

    func add(_ stage: StageName, _ cost: Cost, cached: Bool) {
        state.withLock { $0.entries.append(Entry(stage: stage, cost: cost, cached: cached)) }
    }

    var timings: [StageTiming] {
        state.withLock { state in
            state.entries.map { entry in
                StageTiming(
                    stage: entry.stage, seconds: entry.cost.seconds,
                    realTimeFactor: entry.cost.seconds / max(state.programmeSeconds, 1e-9),
                    peakMemoryBytes: entry.cost.peakMemoryBytes, models: entry.cost.models, cached: entry.cached)
            }
        }
    }

    func timing(of stage: StageName) -> StageTiming? { timings.first { $0.stage == stage } }
}
