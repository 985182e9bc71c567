import Foundation

/// Puts the new voice in the old one's place: programme + g(t) (new - removed), its peak limited.
public struct SpanMixer: Sendable {
    public let limiter: SpanLimiter

    public init(limiter: SpanLimiter) { self.limiter = limiter }

    /// - Parameters:
    ///   - programme, removed, new: samples of the span, [channels][span.samples.count].
    public func mix(_ span: PlacedSpan, programme: [[Float]], removed: [[Float]], new: [[Float]]) -> Mixed {
        var samples = programme
        var voice = new
        for channel in samples.indices {
            for n in samples[channel].indices { samples[channel][n] += new[channel][n] - removed[channel][n] }
        }
        let limited = limiter.gain(for: samples)
        let weights = span.weights
        // Between the input and the limited signal nothing can be louder than the louder of the two.
        for channel in samples.indices {
            for n in samples[channel].indices {
                let (original, gain, weight) = (programme[channel][n], limited?.curve[n] ?? 1, weights[n])
                let replaced = gain * samples[channel][n]
                samples[channel][n] = weight == 1 ? replaced : original + weight * (replaced - original)
                voice[channel][n] *= weight * gain
            }
        }
        return Mixed(samples: samples, voice: voice, leastGain: limited?.least ?? 1)
    }

    /// A span that is finished.
    public struct Mixed: Sendable {
        /// What takes the programme's place, [channels][n].
        public var samples: [[Float]]
        /// The new voice's part in it, [channels][n].
        public var voice: [[Float]]
        /// The limiter's least gain; 1 where it did nothing.
        public var leastGain: Float
    }
}
