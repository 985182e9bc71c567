/// Decides where a new voice takes the old one's place: runs of replaced words, a little wider than the words.
public struct SpanPlanner: Sendable, Codable, Equatable {
    /// Replaced words nearer than this are one run.
    public var joiningSeconds = 0.15
    /// The most by which a span is wider than its words, on each side.
    public var wideningSeconds = 0.05
    /// The most that all spans may last, by what the words last.
    public var largestShare = 1.2

    public init() {}

    /// - Parameters:
    ///   - words: in order; those that are not replaced are never touched.
    ///   - limits: where speech exists; spans stay inside.
    public func spans(of words: [LockedWord], within limits: TimeSpan) -> [TimeSpan] {
        let allowed = spokenSeconds(of: words) * largestShare
        var joining = joiningSeconds
        var runs = runs(of: words, joining: joining)
        var narrow = seconds(of: runs, words)
        while narrow > allowed, joining > 0.001 {
            joining /= 2
            runs = self.runs(of: words, joining: joining)
            narrow = seconds(of: runs, words)
        }
        // Where many short words stand alone, widening by the full 50 ms would exceed the share.
        let room = max(0, allowed - narrow) / Double(max(1, 2 * runs.count))
        return widened(runs, by: min(wideningSeconds, room), words: words, within: limits)
    }

    /// Seconds of the spans by seconds of the replaced words; 0 where there are none.
    public func share(of spans: [TimeSpan], words: [LockedWord]) -> Double {
        let spoken = spokenSeconds(of: words)
        return spoken > 0 ? spans.reduce(0) { $0 + $1.seconds } / spoken : 0
    }

    private func spokenSeconds(of words: [LockedWord]) -> Double {
        words.reduce(0) { $0 + ($1.isReplaced ? $1.span.seconds : 0) }
    }

    private func seconds(of runs: [ClosedRange<Int>], _ words: [LockedWord]) -> Double {
        runs.reduce(0) { $0 + words[$1.upperBound].span.end - words[$1.lowerBound].span.start }
    }

    /// First and last word of each run.
    private func runs(of words: [LockedWord], joining: Double) -> [ClosedRange<Int>] {
        var runs: [ClosedRange<Int>] = []
        for index in words.indices where words[index].isReplaced {
            if let last = runs.last, last.upperBound == index - 1,
                words[index].span.start - words[index - 1].span.end < joining
            {
                runs[runs.count - 1] = last.lowerBound...index
            } else {
                runs.append(index...index)
            }
        }
        return runs
    }

    private func widened(
        _ runs: [ClosedRange<Int>], by seconds: Double, words: [LockedWord], within limits: TimeSpan
    ) -> [TimeSpan] {
        runs.compactMap { run in
            let (first, last) = (words[run.lowerBound].span.start, words[run.upperBound].span.end)
            var (start, end) = (max(first - seconds, limits.start), min(last + seconds, limits.end))
            if run.lowerBound > 0 {
                let before = words[run.lowerBound - 1]
                // Two runs share the gap between them; a word that stays is not entered.
                start = max(start, before.isReplaced ? (before.span.end + first) / 2 : before.span.end)
            }
            if run.upperBound < words.count - 1 {
                let after = words[run.upperBound + 1]
                end = min(end, after.isReplaced ? (after.span.start + last) / 2 : after.span.start)
            }
            return start < end ? TimeSpan(start: start, end: end) : nil
        }
    }
}
