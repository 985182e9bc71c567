/// How well the words of a replacement lie where the old ones lay; the report's `timing`.
public struct TimingAgreement: Sendable, Codable, Equatable {
    /// Of the magnitudes of the deviations, milliseconds.
    public var medianMs: Double
    public var p95Ms: Double
    public var maxMs: Double
    /// Words that could be measured.
    public var words: Int
    /// What measured them.
    public var judge: String

    /// - Parameter deviations: milliseconds, signed; those that were not measured do not count.
    /// - Returns: nil where none was measured.
    public init?(deviations: [Double?], judge: String = TimingJudge.name) {
        let magnitudes = deviations.compactMap { $0.map(abs) }.sorted()
        guard let largest = magnitudes.last else { return nil }
        medianMs = quantile(0.5, ofSorted: magnitudes)
        p95Ms = quantile(0.95, ofSorted: magnitudes)
        maxMs = largest
        words = magnitudes.count
        self.judge = judge
    }
}
