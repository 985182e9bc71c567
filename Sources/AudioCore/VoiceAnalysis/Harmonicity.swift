import Foundation

/// The ratio of what repeats itself from period to period to what does not, in dB: 10 lg (r / (1 - r)), r the likeness of
/// two neighbouring stretches, at its best lag (Boersma 1993; stretches as in Praat's "To Harmonicity (cc)": one period of
/// the lowest pitch each).
public struct Harmonicity: Sendable {
    public let sampleRate: Int
    /// Hz: the longest period is sought and compared.
    public let floor: Double

    /// Beyond these the figure says nothing.
    private static let limits = -40.0...60.0

    public init(sampleRate: Int, floor: Double = 75) {
        self.sampleRate = sampleRate
        self.floor = floor
    }

    /// - Parameters:
    ///   - samples: mono, of one speaker.
    ///   - contour: of these samples.
    /// - Returns: dB, [frames]; nil where unvoiced or where the sound ends.
    public func decibels(_ samples: [Float], contour: PitchContour) -> [Double?] {
        let window = Int(Double(sampleRate) / floor)
        let interpolator = SincInterpolator(reach: 30)
        var likeness = [Float](repeating: 0, count: window + 2)
        return contour.hertz.indices.map { frame in
            let pitch = Double(contour.hertz[frame])
            guard pitch > 0 else { return nil }
            let centre = Double(frame) * contour.frameSeconds * Double(sampleRate)
            let start = Int((centre - Double(window)).rounded())
            guard start >= 0, start + 2 * window + 1 < samples.count else { return nil }
            Self.compare(samples, start: start, window: window, into: &likeness)
            let shortest = max(2, Int(0.8 * Double(sampleRate) / pitch))
            guard shortest < window else { return nil }
            var best: Float = 0
            for lag in shortest..<window
            where likeness[lag] > likeness[lag - 1] && likeness[lag] >= likeness[lag + 1] && likeness[lag] > 0.9 * best
            {
                let slope = 0.5 * (likeness[lag + 1] - likeness[lag - 1])
                let curvature = 2 * likeness[lag] - likeness[lag - 1] - likeness[lag + 1]
                guard curvature > 0 else { continue }
                let peak = interpolator.peak(of: likeness, near: Double(lag) + Double(slope / curvature)).value
                best = max(best, peak > 1 ? 1 / peak : peak)
            }
            guard best > 0 else { return Self.limits.lowerBound }
            let ratio = Double(best) / max(1e-9, 1 - Double(best))
            return min(Self.limits.upperBound, max(Self.limits.lowerBound, 10 * log10(ratio)))
        }
    }

    /// The cosine of a window and the one `lag` later, for each lag; their common mean taken out.
    private static func compare(_ samples: [Float], start: Int, window: Int, into likeness: inout [Float]) {
        samples.withUnsafeBufferPointer { samples in
            likeness.withUnsafeMutableBufferPointer { likeness in
                let x = UnsafeBufferPointer(rebasing: samples[start..<start + 2 * window + 1])
                var mean: Float = 0
                for value in x { mean += value }
                mean /= Float(x.count)
                var own: Float = 0
                for n in 0..<window { own += (x[n] - mean) * (x[n] - mean) }
                for lag in 0..<likeness.count {
                    var (product, other) = (Float(0), Float(0))
                    for n in 0..<min(window, x.count - lag) {
                        product += (x[n] - mean) * (x[n + lag] - mean)
                        other += (x[n + lag] - mean) * (x[n + lag] - mean)
                    }
                    likeness[lag] = own > 0 && other > 0 ? product / (own * other).squareRoot() : 0
                }
            }
        }
    }
}
