import AudioCore
import Synchronization

/// Books the time inside each network, over all sessions of the process.
public final class ModelClock: Sendable {
    private let times = Mutex<[String: ModelTime]>([:])

    /// Since the process began, by name.
    public var readings: [ModelTime] { times.withLock { $0.values.sorted { $0.name < $1.name } } }

    func add(_ duration: Duration, to name: String) {
        let (seconds, attoseconds) = duration.components
        times.withLock { times in
            times[name, default: ModelTime(name: name)].runs += 1
            times[name]?.seconds += Double(seconds) + Double(attoseconds) * 1e-18
        }
    }
}
