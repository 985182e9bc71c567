import Foundation

/// The filter through which ITU-R BS.1770-4 hears loudness: a shelf (the head) and a high-pass, for one channel at
/// any sample rate. The analogue prototypes behind the standard's 48 kHz coefficients are transformed anew for each
/// rate (Brecht De Man 2014, as libebur128 does). Keeps its state between blocks.
public struct KWeighting: Sendable {
    private var shelf: Biquad
    private var highPass: Biquad

    public init(sampleRate: Int) {
        let rate = Double(sampleRate)
        func prewarped(_ hertz: Double) -> Double { tan(.pi * hertz / rate) }
        let head = prewarped(1681.974450955533)
        let headQ = 0.7071752369554196
        let high = pow(10, 3.999843853973347 / 20)
        let band = pow(high, 0.4996667741545416)
        let headScale = 1 + head / headQ + head * head
        shelf = Biquad(
            b0: (high + band * head / headQ + head * head) / headScale,
            b1: 2 * (head * head - high) / headScale,
            b2: (high - band * head / headQ + head * head) / headScale,
            a1: 2 * (head * head - 1) / headScale,
            a2: (1 - head / headQ + head * head) / headScale)
        let low = prewarped(38.13547087602444)
        let lowQ = 0.5003270373238773
        let lowScale = 1 + low / lowQ + low * low
        highPass = Biquad(
            b0: 1, b1: -2, b2: 1, a1: 2 * (low * low - 1) / lowScale, a2: (1 - low / lowQ + low * low) / lowScale)
    }

    /// - Parameters:
    ///   - samples: the next of the channel.
    ///   - take: gets the index within the block and the square of each weighted sample.
    @inline(__always)
    mutating func squares(of samples: UnsafeBufferPointer<Float>, take: (Int, Double) -> Void) {
        var (first, second) = (shelf, highPass)
        for index in samples.indices {
            let value = second.filter(first.filter(Double(samples[index])))
            take(index, value * value)
        }
        (shelf, highPass) = (first, second)
    }

    /// K-weighted mean square in windows around a grid of moments: what level following compares.
    /// - Parameters:
    ///   - samples: mono.
    ///   - windowSeconds: length of the (rectangular) window; shorter at the signal's ends.
    ///   - hopSeconds: window i is centred on `i * hopSeconds`.
    /// - Returns: mean squares, [ceil(seconds / hopSeconds)]; LUFS = -0.691 + 10 log10 of them.
    public static func power(
        of samples: [Float], sampleRate: Int, windowSeconds: Double, hopSeconds: Double
    ) -> [Double] {
        var weighting = KWeighting(sampleRate: sampleRate)
        var sums = [Double](repeating: 0, count: samples.count + 1)
        samples.withUnsafeBufferPointer { samples in
            sums.withUnsafeMutableBufferPointer { sums in
                weighting.squares(of: samples) { index, square in sums[index + 1] = sums[index] + square }
            }
        }
        let half = windowSeconds * Double(sampleRate) / 2
        let hop = hopSeconds * Double(sampleRate)
        return (0..<Int((Double(samples.count) / hop).rounded(.up))).map { window in
            let centre = Double(window) * hop
            let first = max(0, Int((centre - half).rounded()))
            let last = min(samples.count, max(first + 1, Int((centre + half).rounded())))
            return max(0, sums[last] - sums[first]) / Double(last - first)
        }
    }

    /// K-weighted loudness of one channel without gating, LUFS; -infinity for silence.
    public static func loudness(of samples: [Float], sampleRate: Int) -> Double {
        guard !samples.isEmpty else { return -.infinity }
        var weighting = KWeighting(sampleRate: sampleRate)
        var sum = 0.0
        samples.withUnsafeBufferPointer { weighting.squares(of: $0) { _, square in sum += square } }
        return Loudness.lufs(meanSquare: sum / Double(samples.count))
    }
}
