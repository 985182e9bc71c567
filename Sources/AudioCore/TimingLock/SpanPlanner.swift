/// Decides where a new voice takes the old one's place: runs of replaced words. (The edges are moved to quiet points
/// nearby when the programme is put together.)
public struct SpanPlanner: Sendable, Codable, Equatable {
    /// Replaced words nearer than this are one run.
    public var joiningSeconds = 0.15
    /// The most that all runs may last, by what the words last.
    public var largestShare = 1.2

    public init() {}

    /// - Parameter words: in order; those that are not replaced are never touched.
    public func spans(of words: [LockedWord]) -> [TimeSpan] {
        let allowed = spokenSeconds(of: words) * largestShare
        var joining = joiningSeconds
        var runs = runs(of: words, joining: joining)
        // Slow speech with gaps just below the limit would be mostly gaps.
        while runs.reduce(0, { $0 + $1.seconds }) > allowed, joining > 0.001 {
            joining /= 2
            runs = self.runs(of: words, joining: joining)
        }
        return runs
    }

    /// Seconds of the spans by seconds of the replaced words; 0 where there are none.
    public func share(of spans: [TimeSpan], words: [LockedWord]) -> Double {
        let spoken = spokenSeconds(of: words)
        return spoken > 0 ? spans.reduce(0) { $0 + $1.seconds } / spoken : 0
    }

    private func spokenSeconds(of words: [LockedWord]) -> Double {
        words.reduce(0) { $0 + ($1.isReplaced ? $1.span.seconds : 0) }
    }

    private func runs(of words: [LockedWord], joining: Double) -> [TimeSpan] {
        var runs: [TimeSpan] = []
        var last: Int?
        for index in words.indices where words[index].isReplaced && words[index].span.seconds > 0 {
            // A word that stays ends a run, however short it is.
            if let last, last == index - 1, words[index].span.start - words[last].span.end < joining {
                runs[runs.count - 1].end = max(runs[runs.count - 1].end, words[index].span.end)
            } else {
                runs.append(words[index].span)
            }
            last = index
        }
        return runs
    }
}
