/// Which moment of a sound is heard at which moment of another: straight lines between knots, both times rising.
public struct TimeWarp: Sendable, Equatable {
    /// A moment of the result, and the moment of the sound that is heard then, seconds.
    public struct Knot: Sendable, Equatable {
        public var result: Double
        public var source: Double

        public init(result: Double, source: Double) {
            self.result = result
            self.source = source
        }
    }

    public let knots: [Knot]

    /// No change.
    public static let identity = TimeWarp(knots: [Knot(result: 0, source: 0)])

    /// - Parameter knots: at least one; those that do not rise in both times above the one before are left out. Outside
    ///   of them time runs at its own pace.
    public init(knots: [Knot]) {
        precondition(!knots.isEmpty, "a warp needs a knot")
        self.knots = knots.dropFirst().reduce(into: [knots[0]]) { kept, knot in
            let last = kept[kept.count - 1]
            if knot.result > last.result, knot.source > last.source { kept.append(knot) }
        }
    }

    /// Pieces of the sound, end to end, each taking as long as a piece of the result.
    /// - Parameters:
    ///   - source: seconds of each piece of the sound, [pieces].
    ///   - result: seconds it shall take, [pieces].
    ///   - lead: seconds by which both are heard before their boundaries.
    public init(source: [Double], result: [Double], lead: Double = 0) {
        var knots = [Knot(result: -lead, source: -lead)]
        for (from, to) in zip(source, result) {
            let last = knots[knots.count - 1]
            knots.append(Knot(result: last.result + to, source: last.source + from))
        }
        self.init(knots: knots)
    }

    /// The moment of the sound heard at a moment of the result.
    public func source(at result: Double) -> Double { interpolate(result, \.result, \.source) }

    /// The moment of the result at which a moment of the sound is heard.
    public func result(at source: Double) -> Double { interpolate(source, \.source, \.result) }

    private func interpolate(_ time: Double, _ from: KeyPath<Knot, Double>, _ to: KeyPath<Knot, Double>) -> Double {
        let first = knots[0]
        let last = knots[knots.count - 1]
        if time <= first[keyPath: from] { return first[keyPath: to] + time - first[keyPath: from] }
        if time >= last[keyPath: from] { return last[keyPath: to] + time - last[keyPath: from] }
        var (low, high) = (0, knots.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if knots[middle][keyPath: from] <= time { low = middle } else { high = middle }
        }
        let (a, b) = (knots[low], knots[high])
        let fraction = (time - a[keyPath: from]) / (b[keyPath: from] - a[keyPath: from])
        return a[keyPath: to] + fraction * (b[keyPath: to] - a[keyPath: to])
    }
}
