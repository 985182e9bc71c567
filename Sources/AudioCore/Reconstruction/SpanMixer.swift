import Foundation

/// Puts the new voice in the old one's place: programme + g(t) (new - removed), its peak limited.
public struct SpanMixer: Sendable {
    public let limiter: SpanLimiter

    public init(limiter: SpanLimiter) { self.limiter = limiter }

    /// - Parameters:
    ///   - programme, removed, new: samples of the span, [channels][span.samples.count].
    /// - Returns: what takes the programme's place there, and the limiter's least gain.
    public func mix(
        _ span: PlacedSpan, programme: [[Float]], removed: [[Float]], new: [[Float]]
    ) -> (samples: [[Float]], leastGain: Float) {
        var replaced = programme
        for channel in replaced.indices {
            for n in replaced[channel].indices { replaced[channel][n] += new[channel][n] - removed[channel][n] }
        }
        let leastGain = limiter.limit(&replaced)
        let weights = span.weights
        // Between the input and the limited signal nothing can be louder than the louder of the two.
        for channel in replaced.indices {
            for n in replaced[channel].indices {
                let original = programme[channel][n]
                let weight = weights[n]
                replaced[channel][n] =
                    weight == 1 ? replaced[channel][n] : original + weight * (replaced[channel][n] - original)
            }
        }
        return (replaced, leastGain)
    }
}
