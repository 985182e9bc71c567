import AudioCore

/// What running a stage took.
public struct StageProfile: Codable, Sendable, Equatable {
    /// Wall-clock seconds, loading its models included.
    public var seconds: Double
    /// Processor time, all threads together.
    public var processorSeconds: Double
    /// The process's largest resident memory meanwhile.
    public var peakMemoryBytes: Int
    /// Time inside each network.
    public var models: [ModelTime]
    public var programmeSeconds: Double

    init(_ timing: StageTiming, processorSeconds: Double, programmeSeconds: Double) {
        seconds = timing.seconds
        self.processorSeconds = processorSeconds
        peakMemoryBytes = timing.peakMemoryBytes
        models = timing.models
        self.programmeSeconds = programmeSeconds
    }

    /// Seconds of work for a second of programme.
    public var realTimeFactor: Double { seconds / max(1e-9, programmeSeconds) }
}

/// A stage that was run several times.
public struct RepeatedProfile: Codable, Sendable {
    public var stage: StageName
    /// The result that was kept: the last.
    public var name: String
    /// In order; the first finds its models not in memory yet.
    public var runs: [StageProfile]
    /// Each figure's median by itself.
    public var median: StageProfile

    init(stage: StageName, name: String, runs: [StageProfile]) {
        self.stage = stage
        self.name = name
        self.runs = runs
        median = Self.median(runs)
    }

    static func median(_ runs: [StageProfile]) -> StageProfile {
        func middle(_ value: (StageProfile) -> Double) -> Double { quantile(0.5, of: runs.map(value)) }
        var median = runs[0]
        median.seconds = middle(\.seconds)
        median.processorSeconds = middle(\.processorSeconds)
        median.peakMemoryBytes = Int(middle { Double($0.peakMemoryBytes) })
        median.models = runs[0].models.map { model in
            let times = runs.compactMap { run in run.models.first { $0.name == model.name } }
            return ModelTime(
                name: model.name, runs: Int(quantile(0.5, of: times.map { Double($0.runs) })),
                seconds: quantile(0.5, of: times.map(\.seconds)))
        }
        return median
    }
}
