import AudioCore

/// What a figure is and how it comes about.
public struct FigureKind: Sendable, Hashable {
    /// What the number counts; decides how it is printed.
    public enum Unit: String, Sendable, Codable {
        /// 0...1, printed as a percentage; error rates may exceed 1.
        case share
        case milliseconds
        case decibels
        /// A plain number: a correlation, a cosine, a ratio, an opinion score, a count.
        case number
    }

    /// How observations become one number.
    public enum Statistic: Sendable, Hashable {
        /// The values' sum over the weights' sum; the mean, where every weight is 1.
        case ratio
        /// The value below which this share of the values lies.
        case quantile(Double)
    }

    /// As it stands in JSON: "wordErrorRate".
    public let name: String
    /// As a person reads it.
    public let label: String
    public let unit: Unit
    public let statistic: Statistic

    public init(_ name: String, _ label: String, _ unit: Unit, _ statistic: Statistic = .ratio) {
        self.name = name
        self.label = label
        self.unit = unit
        self.statistic = statistic
    }
}

/// What a figure is computed from: observations in groups. A group (a turn, a file) is what could as well have been
/// another one; inside it observations hang together, so that resampling draws whole groups.
public struct Evidence: Sendable, Equatable {
    /// One observation; what the weight does is the statistic's business.
    public struct Observation: Sendable, Equatable {
        public var value: Double
        public var weight: Double

        public init(_ value: Double, weight: Double = 1) {
            self.value = value
            self.weight = weight
        }
    }

    public let kind: FigureKind
    /// What found the observations: a tool, a model, the hand that set the labels.
    public let judge: String
    /// What a group is, in the plural: "turns", "files".
    public let groupedBy: String
    public let groups: [[Observation]]

    /// - Parameter groups: empty groups are left out.
    public init(_ kind: FigureKind, judge: String, groupedBy: String, groups: [[Observation]]) {
        self.kind = kind
        self.judge = judge
        self.groupedBy = groupedBy
        self.groups = groups.filter { !$0.isEmpty }
    }

    /// Values that weigh the same, [groups][values].
    public init(_ kind: FigureKind, judge: String, groupedBy: String, values: [[Double]]) {
        self.init(kind, judge: judge, groupedBy: groupedBy, groups: values.map { $0.map { Observation($0) } })
    }

    /// One number for a whole file.
    public init?(_ kind: FigureKind, judge: String, value: Double?) {
        guard let value, value.isFinite else { return nil }
        self.init(kind, judge: judge, groupedBy: "files", groups: [[Observation(value)]])
    }

    public var observationCount: Int { groups.reduce(0) { $0 + $1.count } }

    /// Nil where there is nothing to compute it from.
    public var value: Double? { statistic(of: groups.indices.map { $0 }) }

    /// The figure of several files: each file is a group, or what the groups were where there is only one.
    public static func pooled(_ evidence: [Evidence]) -> Evidence? {
        let there = evidence.filter { !$0.groups.isEmpty }
        guard let first = there.first else { return nil }
        guard there.count > 1 else { return first }
        let judges = there.map(\.judge).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return Evidence(
            first.kind, judge: judges.joined(separator: ", "), groupedBy: "files",
            groups: there.map { $0.groups.flatMap { $0 } })
    }

    /// 95 % of the values that the figure takes when as many groups are drawn anew, with replacement (percentile
    /// bootstrap; Efron & Tibshirani 1993, chapter 13). Nil for fewer than two groups.
    public func interval(resamples: Int = 1000, seed: UInt64 = 2026) -> ClosedRange<Double>? {
        guard groups.count > 1 else { return nil }
        var generator = SplitMix64(state: seed)
        let sums = groups.map { group in
            group.reduce(into: (value: 0.0, weight: 0.0)) { sum, one in
                sum.value += one.value
                sum.weight += one.weight
            }
        }
        let values = (0..<resamples).compactMap { _ -> Double? in
            let drawn = groups.indices.map { _ in Int.random(in: groups.indices, using: &generator) }
            guard kind.statistic == .ratio else { return statistic(of: drawn) }
            let weight = drawn.reduce(0) { $0 + sums[$1].weight }
            return weight > 0 ? drawn.reduce(0) { $0 + sums[$1].value } / weight : nil
        }.sorted()
        guard !values.isEmpty else { return nil }
        return quantile(0.025, ofSorted: values)...quantile(0.975, ofSorted: values)
    }

    private func statistic(of drawn: [Int]) -> Double? {
        let observations = drawn.flatMap { groups[$0] }
        switch kind.statistic {
        case .ratio:
            let weight = observations.reduce(0) { $0 + $1.weight }
            return weight > 0 ? observations.reduce(0) { $0 + $1.value } / weight : nil
        case .quantile(let share):
            return observations.isEmpty ? nil : quantile(share, of: observations.map(\.value))
        }
    }
}
