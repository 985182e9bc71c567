import Foundation

/// K-weighting (ITU-R BS.1770-4, annex 1) as power gains of a grid's bins.
struct LoudnessWeighting: Sendable {
    /// |H(f)|^2, [bins].
    let gains: [Float]

    init(_ grid: SpectralGrid) {
        // The standard's two filters at 48 kHz, evaluated at each bin's frequency; above 24 kHz as at 24 kHz.
        let shelf = (
            [1.53512485958697, -2.69169618940638, 1.19839281085285], [1, -1.69065929318241, 0.73248077421585]
        )
        let highPass = ([1.0, -2.0, 1.0], [1, -1.99004745483398, 0.99007225036621])
        func magnitude(_ filter: ([Double], [Double]), _ angle: Double) -> Double {
            func power(_ c: [Double]) -> Double {
                let real = c[0] + c[1] * cos(angle) + c[2] * cos(2 * angle)
                let imaginary = c[1] * sin(angle) + c[2] * sin(2 * angle)
                return real * real + imaginary * imaginary
            }
            return power(filter.0) / max(1e-30, power(filter.1))
        }
        gains = (0..<grid.binCount).map { bin in
            let angle = 2 * .pi * min(0.5, Double(bin) * grid.hertzPerBin / 48000)
            return Float(magnitude(shelf, angle) * magnitude(highPass, angle))
        }
    }

    /// - Parameter colour: further power gain of each bin, [bins]; nil: 1.
    /// - Returns: K-weighted power of each frame, [frames].
    func power(_ spectrogram: Spectrogram, colour: [Float]? = nil) -> [Float] {
        let gains = colour.map { zip(self.gains, $0).map { $0 * $1 } } ?? self.gains
        return powers(spectrogram, gains)
    }

    private func powers(_ spectrogram: Spectrogram, _ gains: [Float]) -> [Float] {
        (0..<spectrogram.frames).map { frame in
            let row = frame * spectrogram.bins
            var sum: Float = 0
            for bin in 0..<spectrogram.bins {
                let (real, imaginary) = (spectrogram.real[row + bin], spectrogram.imaginary[row + bin])
                sum += gains[bin] * (real * real + imaginary * imaginary)
            }
            return sum
        }
    }
}
