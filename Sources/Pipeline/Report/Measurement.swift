import AudioCore

/// Everything the judges found, before it is put into a report.
struct Measurement: Codable, Sendable {
    /// In the order of the replacements; nil for those that stayed the original.
    var turns: [MeasuredTurn?]
    var untouched: Report.Untouched
    var timing: TimingAgreement?
    var replacedShare: Double?
    var spanShare: Double?
}

/// What the judges found of one turn.
struct MeasuredTurn: Codable, Sendable {
    var timing: TimingAgreement?
    var f0Correlation: Double?
    var voicingAgreement: Double?
    var energyCorrelation: Double?
    var levelDifferenceDB: Double?
    var placementDifferenceDB: Double?
    var highBandDifferenceDB: Double?
    var roundTrip: Report.RoundTrip?
    var similarity: Report.Similarity?
    var quality: Report.Quality?
}
