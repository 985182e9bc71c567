import Pipeline

/// A number with what it means, how sure it is, and what found it.
public struct Figure: Sendable, Codable {
    /// "wordErrorRate".
    public var name: String
    public var label: String
    public var unit: FigureKind.Unit
    /// Null where there was nothing to compute it from.
    @OrNull public var value: Double?
    /// 95 % interval (percentile bootstrap over groups); null with fewer than two groups.
    @OrNull public var low: Double?
    @OrNull public var high: Double?
    public var observations: Int
    public var groups: Int
    /// "turns", "files".
    public var groupedBy: String
    public var judge: String

    public init(_ evidence: Evidence) {
        name = evidence.kind.name
        label = evidence.kind.label
        unit = evidence.kind.unit
        value = evidence.value
        let interval = evidence.interval()
        low = interval?.lowerBound
        high = interval?.upperBound
        observations = evidence.observationCount
        groups = evidence.groups.count
        groupedBy = evidence.groupedBy
        judge = evidence.judge
    }
}
