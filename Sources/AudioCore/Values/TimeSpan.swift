/// A stretch of a programme, in seconds from its first sample.
public struct TimeSpan: Sendable, Hashable, Codable {
    public var start: Double
    public var end: Double

    public init(start: Double, end: Double) {
        self.start = start
        self.end = end
    }

    public var seconds: Double { end - start }

    /// Seconds that both stretches cover; 0 where they do not meet.
    public func overlap(with other: TimeSpan) -> Double {
        max(0, min(end, other.end) - max(start, other.start))
    }

    public func contains(_ time: Double) -> Bool { start <= time && time < end }
}
