import AudioCore
import Foundation

/// A voice whose every figure is known: damped resonances struck at exact moments with exact strengths.
struct KnownVoice {
    let sampleRate = 16_000
    let hertz: Double
    private(set) var samples: [Float]
    /// When the vocal tract is struck, seconds.
    let strikes: [Double]

    /// - Parameters:
    ///   - jitter: the share by which each period is longer, then shorter, than the mean: successive ones differ by twice.
    ///   - shimmer: the same of amplitudes.
    ///   - resonances: Hz and bandwidth.
    init(
        hertz: Double = 120, seconds: Double = 2, jitter: Double = 0, shimmer: Double = 0,
        resonances: [(hertz: Double, bandwidth: Double)] = [(700, 130), (1220, 150), (2600, 200)]
    ) {
        self.hertz = hertz
        let rate = Double(sampleRate)
        samples = [Float](repeating: 0, count: Int(seconds * rate))
        var strikes: [Double] = []
        var time = 0.1
        var sign = 1.0
        while time < seconds - 0.1 {
            strikes.append(time)
            let amplitude = 0.2 * (1 + sign * shimmer)
            // A period later all but nothing of the wide resonances is left.
            for n in Int(time * rate)..<min(samples.count, Int((time + 0.03) * rate)) {
                let after = Double(n) / rate - time
                guard after >= 0 else { continue }
                // Rises from 0 without a corner: its place is known to less than a sample.
                let rise = 1 - exp(-after * 2500)
                for resonance in resonances {
                    samples[n] += Float(
                        amplitude * rise * exp(-.pi * resonance.bandwidth * after)
                            * sin(2 * .pi * resonance.hertz * after))
                }
            }
            time += (1 + sign * jitter) / hertz
            sign = -sign
        }
        self.strikes = strikes
    }

    /// As a tracker would find it.
    var contour: PitchContour {
        let frames = samples.count * 100 / sampleRate
        return PitchContour(
            frameSeconds: 0.01,
            hertz: (0..<frames).map { 0.1...Double(frames) / 100 - 0.11 ~= Double($0) / 100 ? Float(hertz) : 0 })
    }
}

/// White noise of a root mean square.
func whiteNoise(_ count: Int, amplitude: Double, seed: UInt64 = 11) -> [Float] {
    var generator = SplitMix64(state: seed)
    let peak = amplitude * 3.0.squareRoot()
    return (0..<count).map { _ in Float(Double.random(in: -peak...peak, using: &generator)) }
}

func rootMeanSquare(_ samples: [Float]) -> Double {
    (samples.reduce(0) { $0 + Double($1 * $1) } / Double(samples.count)).squareRoot()
}
