import Foundation

/// Changes the rate of a whole signal by a ratio of small numbers. For measuring: a lower rate's band ends as a wall, by a
/// Fourier transform of the whole, because a slope below half the rate would be taken for a resonance there. (What is heard
/// goes through the pipeline's own resampler.)
public struct RationalResampler: Sendable {
    public let from: Int
    public let to: Int
    /// Output samples in a cycle, and input samples it advances by.
    private let phases: Int
    private let step: Int
    /// Input samples on each side that count.
    private let reach: Int
    /// Hann-tapered sinc, [phases][2 * reach].
    private let taps: [Float]

    public init(from: Int, to: Int, reach: Int = 50) {
        self.from = from
        self.to = to
        self.reach = reach
        var (divisor, rest) = (from, to)
        while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
        phases = to / divisor
        step = from / divisor
        var taps = [Float](repeating: 0, count: phases * 2 * reach)
        for phase in 0..<phases {
            let offset = Double(phase * step % phases) / Double(phases)
            for k in 0..<2 * reach {
                let x = Double(k - reach + 1) - offset
                let sinc = abs(x) < 1e-12 ? 1 : sin(.pi * x) / (.pi * x)
                let taper = max(0, 0.5 + 0.5 * cos(.pi * min(1, abs(x) / (Double(reach) + 0.5))))
                taps[phase * 2 * reach + k] = Float(sinc * taper)
            }
        }
        self.taps = taps
    }

    /// - Parameter samples: at `from`; 0 outside.
    /// - Returns: at `to`, as long; sample i lies at the time i / to.
    public func resample(_ samples: [Float]) -> [Float] {
        let count = (samples.count * to + from - 1) / from
        // Without what the lower rate cannot hold.
        let input =
            to < from ? BandFilter.filter(samples, sampleRate: from, band: 0...Double(to) / 2) : samples
        return input.withUnsafeBufferPointer { x in
            taps.withUnsafeBufferPointer { taps in
                (0..<count).map { index in
                    let first = index * step / phases - reach + 1
                    let row = index % phases * 2 * reach
                    var sum: Float = 0
                    for k in max(0, -first)..<max(max(0, -first), min(2 * reach, x.count - first)) {
                        sum += taps[row + k] * x[first + k]
                    }
                    return sum
                }
            }
        }
    }
}
