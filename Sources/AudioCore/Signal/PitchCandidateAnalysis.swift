import Foundation

/// Finds the peaks of each frame's autocorrelation, divided by the window's own autocorrelation (Boersma 1993).
/// Belongs to one thread.
final class PitchCandidateAnalysis {
    private let sampleRate: Double
    private let floorOctave: Float
    private let capacity: Int
    private let voicingThreshold: Float
    private let octaveCost: Float
    /// Samples of the longest period, and of half a window.
    private let period: Int
    private let halfWindow: Int
    private let ceiling: Float
    private let minimumLag: Int
    private let maximumLag: Int
    /// Lags for which the autocorrelation is trusted: half of the window.
    private let lagLimit: Int
    private let window: [Float]
    /// 1 / the window's autocorrelation, [lagLimit + 1], 1 at lag 0.
    private let windowCorrection: [Float]
    private let interpolator: SincInterpolator
    private let fft: RealFFT
    private var frame: [Float]
    private var real: [Float]
    private var imaginary: [Float]
    /// Normalised autocorrelation, [lagLimit + 1].
    private var correlation: [Float]

    init(
        sampleRate: Int, floor: Double, ceiling: Double, capacity: Int, voicingThreshold: Float, octaveCost: Float
    ) {
        self.sampleRate = Double(sampleRate)
        floorOctave = Float(log2(floor))
        self.capacity = max(capacity, Int(ceiling / floor) + 1)
        self.voicingThreshold = voicingThreshold
        self.octaveCost = octaveCost
        self.ceiling = Float(ceiling)
        minimumLag = max(2, Int(Double(sampleRate) / ceiling))
        period = Int(Double(sampleRate) / floor)
        halfWindow = Int(3 * Double(sampleRate) / floor) / 2 - 1
        let count = 2 * halfWindow
        maximumLag = min(count / 3 + 2, count)
        lagLimit = count / 2
        window = (1...count).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(count + 1))) }
        fft = RealFFT(size: FourierPlan.size(atLeast: count + lagLimit + 1))
        frame = [Float](repeating: 0, count: fft.size)
        real = [Float](repeating: 0, count: fft.binCount)
        imaginary = real
        correlation = [Float](repeating: 0, count: lagLimit + 1)
        interpolator = SincInterpolator(reach: 30)
        for n in 0..<count { frame[n] = window[n] }
        Self.autocorrelate(&frame, fft, &real, &imaginary)
        windowCorrection = (0...lagLimit).map { [frame] in frame[0] / frame[$0] }
    }

    /// - Parameters:
    ///   - samples: mono.
    ///   - frames: frame i is centred on `i * frameSeconds`.
    func candidates(of samples: [Float], frames: Int, frameSeconds: Double) -> PitchCandidates {
        var result = PitchCandidates(frames: frames, capacity: capacity)
        let mean = Float(samples.reduce(0.0) { $0 + Double($1) } / Double(max(1, samples.count)))
        let globalPeak = samples.reduce(Float(0)) { max($0, abs($1 - mean)) }
        guard globalPeak > 0 else { return result }
        for index in 0..<frames {
            let centre = Int((Double(index) * frameSeconds * sampleRate).rounded())
            let localPeak = Self.cut(
                samples, centre: centre, period: period, window: window, into: &frame)
            result.setIntensity(min(1, localPeak / globalPeak), frame: index)
            guard localPeak > 0 else { continue }
            Self.autocorrelate(&frame, fft, &real, &imaginary)
            // Sound that fades out into subnormal numbers has a square of 0, and no pitch.
            guard frame[0].isNormal else { continue }
            Self.normalise(frame, windowCorrection, &correlation)
            findPeaks(correlation, frame: index, into: &result)
        }
        return result
    }

    /// Takes a window's worth of samples around `centre` (0 outside the signal), less their mean over two periods.
    /// - Returns: the largest magnitude within half a period of the centre.
    private static func cut(
        _ samples: [Float], centre: Int, period: Int, window: [Float], into frame: inout [Float]
    ) -> Float {
        let half = window.count / 2
        let near = max(0, centre - period)..<min(samples.count, centre + period)
        var sum: Float = 0
        for n in near { sum += samples[n] }
        let mean = near.isEmpty ? 0 : sum / Float(near.count)
        let first = max(0, half - centre)
        let last = min(window.count, samples.count - centre + half)
        frame.withUnsafeMutableBufferPointer { frame in
            frame.update(repeating: 0)
            for n in first..<max(first, last) { frame[n] = (samples[centre - half + n] - mean) * window[n] }
        }
        var peak: Float = 0
        for n in max(0, half - period / 2 - 1)..<min(window.count, half + period / 2 + 1) {
            peak = max(peak, abs(frame[n]))
        }
        return peak
    }

    private static func autocorrelate(
        _ frame: inout [Float], _ fft: RealFFT, _ real: inout [Float], _ imaginary: inout [Float]
    ) {
        fft.forward(frame, real: &real, imaginary: &imaginary)
        for bin in real.indices {
            real[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin]
            imaginary[bin] = 0
        }
        fft.inverse(real: real, imaginary: imaginary, samples: &frame)
    }

    private static func normalise(_ frame: [Float], _ correction: [Float], _ correlation: inout [Float]) {
        let scale = 1 / frame[0]
        for lag in correlation.indices { correlation[lag] = frame[lag] * correction[lag] * scale }
        correlation[0] = 1
    }

    private func findPeaks(_ r: [Float], frame: Int, into result: inout PitchCandidates) {
        let least = 0.5 * voicingThreshold
        for lag in minimumLag..<max(minimumLag, min(maximumLag, lagLimit)) {
            guard r[lag] > least, r[lag] > r[lag - 1], r[lag] >= r[lag + 1] else { continue }
            let slope = 0.5 * (r[lag + 1] - r[lag - 1])
            let curvature = 2 * r[lag] - r[lag - 1] - r[lag + 1]
            // Rounding can leave nothing of a peak that is flat.
            guard curvature > 0 else { continue }
            let peak = interpolator.peak(of: r, near: Double(lag) + Double(slope / curvature))
            let hertz = Float(sampleRate / peak.position)
            guard peak.position > 1, hertz <= ceiling else { continue }
            // Above 1 the interpolation has overshot: reflected, as Boersma does.
            let strength = peak.value > 1 ? 1 / peak.value : peak.value
            result.add(PitchCandidate(hertz: hertz, octave: log2(hertz), strength: strength), frame: frame) {
                $0.strength - octaveCost * (floorOctave - $0.octave)
            }
        }
    }
}
