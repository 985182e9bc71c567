import Foundation

/// Keeps the true peak of a span under a ceiling: the gain looks 5 ms ahead, moves smoothly, and serves all channels.
public struct SpanLimiter: Sendable {
    /// Largest amplitude between samples.
    public let ceiling: Float
    private let reach: Int
    /// Four-fold interpolation, [3 phases][taps]; phase 0 is the sample itself.
    private let phases: [[Float]]

    private static let halfTaps = 12

    public init(ceiling: Float, sampleRate: Int) {
        self.ceiling = ceiling
        reach = max(1, sampleRate / 200)
        let half = SpanLimiter.halfTaps
        phases = (1...3).map { phase in
            (-half + 1...half).map { index in
                let x = Double(index) - Double(phase) / 4
                return Float(sin(.pi * x) / (.pi * x) * (0.5 + 0.5 * cos(.pi * x / Double(half))))
            }
        }
    }

    /// The largest amplitude near each sample, itself and the three points before the next, [n]. Samples whose
    /// neighbourhood is far from the ceiling are taken as they are.
    func peaks(_ samples: [Float]) -> [Float] {
        let half = SpanLimiter.halfTaps
        var result = samples.map(abs)
        for n in samples.indices where max(result[n], n + 1 < samples.count ? abs(samples[n + 1]) : 0) > 0.5 * ceiling {
            for phase in phases {
                var sum: Float = 0
                for tap in 0..<2 * half {
                    let at = n - half + 1 + tap
                    if samples.indices.contains(at) { sum += phase[tap] * samples[at] }
                }
                result[n] = max(result[n], abs(sum))
            }
        }
        return result
    }

    /// - Parameter channels: samples, [channels][n].
    /// - Returns: what to multiply all channels with, [n], and its least value before smoothing; nil where nothing is
    ///   too loud.
    public func gain(for channels: [[Float]]) -> (curve: [Float], least: Float)? {
        let count = channels.first?.count ?? 0
        var wanted = [Float](repeating: 1, count: count)
        var least: Float = 1
        for channel in channels {
            for (n, peak) in peaks(channel).enumerated() where peak > ceiling {
                // A hair below, for what the smoothing's arithmetic rounds.
                wanted[n] = min(wanted[n], 0.999 * ceiling / peak)
                least = min(least, wanted[n])
            }
        }
        guard least < 1 else { return nil }
        // The least gain within reach on either side, averaged over the reach: never above what is wanted.
        return (SpectralSmoothing.mean(minimum(wanted, radius: reach), radius: reach / 2), least)
    }

    /// Sliding minimum over 2 * radius + 1 values (a queue of candidates; Lemire 2006).
    private func minimum(_ values: [Float], radius: Int) -> [Float] {
        var result = values
        var queue: [Int] = []
        var head = 0
        for index in 0..<values.count + radius {
            if index < values.count {
                while queue.count > head, values[queue[queue.count - 1]] >= values[index] { queue.removeLast() }
                queue.append(index)
            }
            let centre = index - radius
            guard centre >= 0 else { continue }
            while queue[head] < centre - radius { head += 1 }
            result[centre] = values[queue[head]]
        }
        return result
    }
}
