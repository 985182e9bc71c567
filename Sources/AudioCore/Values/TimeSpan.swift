/// A stretch of a programme, in seconds from its first sample.
public struct TimeSpan: Sendable, Hashable, Codable {
    public var start: Double
    public var end: Double

    public init(start: Double, end: Double) {
        self.start = start
        self.end = end
    }

    public var seconds: Double { end - start }

    /// Whether these can be times of a recording: not before its beginning, in order, nothing beyond a third of a year.
    /// What comes from a file is asked this before it is counted with.
    public var isPlausible: Bool { 0 <= start && start <= end && end <= Self.longestSeconds }

    private static let longestSeconds = 1e7

    /// Seconds that both stretches cover; 0 where they do not meet.
    public func overlap(with other: TimeSpan) -> Double {
        max(0, min(end, other.end) - max(start, other.start))
    }

    public func contains(_ time: Double) -> Bool { start <= time && time < end }

    /// What is left when `others` are taken away, in order.
    public func minus(_ others: [TimeSpan]) -> [TimeSpan] {
        others.reduce([self]) { rest, other in
            rest.flatMap { span -> [TimeSpan] in
                guard span.overlap(with: other) > 0 else { return [span] }
                return [
                    TimeSpan(start: span.start, end: min(span.end, other.start)),
                    TimeSpan(start: max(span.start, other.end), end: span.end),
                ].filter { $0.seconds > 0 }
            }
        }
    }

    /// What any of the stretches covers, in order, without overlaps; stretches that touch become one.
    public static func union(_ spans: [TimeSpan]) -> [TimeSpan] {
        spans.sorted { $0.start < $1.start }.reduce(into: []) { joined, span in
            if let last = joined.last, span.start <= last.end {
                joined[joined.count - 1].end = max(last.end, span.end)
            } else {
                joined.append(span)
            }
        }
    }
}
