/// How much a voice's periods differ from their neighbours. Sums, so that stretches can be put together.
///
/// Local jitter is the mean absolute difference of successive periods over the mean period; ppq5 the mean absolute
/// difference of a period from the mean of the five about it, over the mean period (Praat's manual, "Voice 2. Jitter").
/// Periods count between 0.1 and 20 ms, and together where neighbours differ by a factor of at most 1.3.
public struct Jitter: Sendable, Equatable {
    /// Seconds.
    static let periods = 0.0001...0.02
    static let largestFactor = 1.3

    private var periodSum = 0.0
    private var periodCount = 0
    private var differenceSum = 0.0
    private var differenceCount = 0
    private var quintetSum = 0.0
    private var quintetCount = 0

    public init() {}

    public init(_ marks: PeriodMarks) {
        let lengths = zip(marks.times.dropFirst(), marks.times).map { $0 - $1 }
        for run in Self.runs(lengths) {
            let run = Array(lengths[run])
            periodSum += run.reduce(0, +)
            periodCount += run.count
            for (a, b) in zip(run, run.dropFirst()) {
                differenceSum += abs(a - b)
                differenceCount += 1
            }
            for start in 0..<max(0, run.count - 4) {
                let five = run[start..<start + 5]
                quintetSum += abs(run[start + 2] - five.reduce(0, +) / 5)
                quintetCount += 1
            }
        }
    }

    /// Periods in a row of which each may be compared with the next.
    static func runs(_ lengths: [Double]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for (index, length) in lengths.enumerated() where periods.contains(length) {
            if let last = runs.last, last.upperBound == index,
                max(length, lengths[index - 1]) <= largestFactor * min(length, lengths[index - 1])
            {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        // A lone interval is no period of a voice.
        return runs.filter { $0.count > 1 }
    }

    public mutating func add(_ other: Jitter) {
        periodSum += other.periodSum
        periodCount += other.periodCount
        differenceSum += other.differenceSum
        differenceCount += other.differenceCount
        quintetSum += other.quintetSum
        quintetCount += other.quintetCount
    }

    /// Periods it rests on.
    public var count: Int { periodCount }

    private var meanPeriod: Double { periodSum / Double(max(1, periodCount)) }

    /// A share of the period: 0.01 is 1 %; nil below ten differences.
    public var local: Double? {
        differenceCount < 10 ? nil : differenceSum / Double(differenceCount) / meanPeriod
    }

    /// As `local`.
    public var ppq5: Double? {
        quintetCount < 10 ? nil : quintetSum / Double(quintetCount) / meanPeriod
    }
}
