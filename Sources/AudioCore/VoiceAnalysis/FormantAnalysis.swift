import Foundation

/// The resonances of the vocal tract at a moment: Burg's linear prediction on pre-emphasised sound, as Praat's "Sound: To
/// Formant (burg)" describes it: five formants below a ceiling, a Gaussian window of 25 ms (cut off at 50 ms), pre-emphasis
/// from 50 Hz.
public struct FormantAnalysis: Sendable {
    public struct Formant: Sendable, Equatable {
        /// Hz.
        public var frequency: Double
        /// Hz.
        public var bandwidth: Double
    }

    /// Hz; below it five formants are sought: 5000 for long vocal tracts (most men), 5500 for shorter ones.
    public let ceiling: Double
    private static let count = 5
    private static let windowSeconds = 0.05
    private static let preEmphasisHertz = 50.0
    /// Roots this near to 0 or to the ceiling are no formants, Hz.
    private static let margin = 50.0

    private let rate: Double
    private let resampler: RationalResampler
    private let window: [Double]

    /// The usual ceiling for a voice of this pitch: the vocal tract cannot be measured before it is known, and pitch tells
    /// roughly how long it is.
    public static func usualCeiling(medianHertz: Double) -> Double { medianHertz < 160 ? 5000 : 5500 }

    /// - Parameters:
    ///   - sampleRate: at least twice the ceiling.
    ///   - ceiling: Hz, a multiple of 100.
    public init(sampleRate: Int, ceiling: Double) {
        self.ceiling = ceiling
        rate = 2 * ceiling
        resampler = RationalResampler(from: sampleRate, to: Int(2 * ceiling))
        let count = Int(Self.windowSeconds * rate)
        let middle = Double(count + 1) / 2
        let edge = exp(-12.0)
        window = (1...count).map { n in
            let distance = (Double(n) - middle) / Double(count + 1)
            return (exp(-48 * distance * distance) - edge) / (1 - edge)
        }
    }

    /// - Parameters:
    ///   - samples: mono, at the sample rate given.
    ///   - times: seconds; each at least half a window inside the signal, or it has no formants.
    /// - Returns: for each time its formants, in ascending order.
    public func formants(_ samples: [Float], at times: [Double]) -> [[Formant]] {
        guard !times.isEmpty else { return [] }
        let resampled = resampler.resample(samples)
        let factor = exp(-2 * Double.pi * Self.preEmphasisHertz / rate)
        var frame = [Double](repeating: 0, count: window.count)
        return times.map { time in
            let first = Int((time * rate - Double(window.count) / 2).rounded())
            guard first >= 1, first + window.count <= resampled.count else { return [] }
            for n in frame.indices {
                frame[n] = window[n] * (Double(resampled[first + n]) - factor * Double(resampled[first + n - 1]))
            }
            return formants(of: frame)
        }
    }

    private func formants(of frame: [Double]) -> [Formant] {
        guard let coefficients = LinearPrediction.burg(frame, order: 2 * Self.count),
            let roots = PolynomialRoots.roots(of: coefficients)
        else { return [] }
        return roots.filter { $0.imaginary > 0 }.map { root in
            // A root outside the circle stands for the one mirrored into it.
            let magnitude = min(root.magnitude, 1 / root.magnitude)
            return Formant(
                frequency: root.angle * rate / (2 * .pi), bandwidth: -log(magnitude) * rate / .pi)
        }.filter { Self.margin...ceiling - Self.margin ~= $0.frequency }.sorted { $0.frequency < $1.frequency }
    }
}
