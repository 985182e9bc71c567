import AudioCore

/// What happens in a run, as it happens: the bars, the log and the page all read this.
public enum RunEvent: Sendable {
    case started(StageName)
    /// Share of the stage that is done, 0...1.
    case progress(StageName, Double)
    case finished(StageTiming)
    /// Something the user should know, in one sentence.
    case notice(String)
}

/// What a stage cost.
public struct StageTiming: Sendable, Codable, Equatable {
    public var stage: StageName
    /// Wall-clock seconds; where the result was cached, those of the run that made it.
    public var seconds: Double
    /// Seconds of work for a second of programme.
    public var realTimeFactor: Double
    /// The process's largest resident memory while the stage ran.
    public var peakMemoryBytes: Int
    /// Time inside each network.
    public var models: [ModelTime]
    /// True where the result was already there.
    public var cached: Bool
}
