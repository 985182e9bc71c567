import CFFmpeg

/// Compares the times that packets carry with the samples that were decoded.
struct StreamClock {
    /// A jump of this many seconds means that packets are missing; less is rounding of the container's times.
    private static let shortestGapSeconds = 0.06
    private let secondsPerTick: Double
    private let isWatching: Bool
    /// What the times run ahead of the samples by; nil before the first frame.
    private var lead: Double?
    private var secondsDecoded = 0.0

    init(timeBase: AVRational, isWatching: Bool) {
        secondsPerTick = Double(timeBase.num) / Double(max(1, timeBase.den))
        self.isWatching = isWatching
    }

    /// Advances the clock by silence that was put in.
    mutating func advance(seconds: Double) { secondsDecoded += seconds }

    /// Advances the clock by a frame.
    /// - Parameter isTrusted: false where a jump of the times says nothing.
    /// - Returns: seconds that are missing before it, which are to be filled; nil where it follows on.
    mutating func gap(before frame: AVFrame, isTrusted: Bool) -> Double? {
        defer { secondsDecoded += Double(frame.nb_samples) / Double(max(1, frame.sample_rate)) }
        guard isWatching, frame.best_effort_timestamp != FFmpegNoTime else { return nil }
        let ahead = Double(frame.best_effort_timestamp) * secondsPerTick - secondsDecoded
        guard isTrusted, let lead, ahead - lead > Self.shortestGapSeconds else {
            lead = ahead
            return nil
        }
        return ahead - lead
    }
}
