import Foundation

/// Where a voice stands between the channels.
public struct VoicePlacement: Sendable, Equatable, Codable {
    /// Amplitude of the voice in each channel re the mono vocals, [channels].
    public var gains: [Float]
    /// How much later each channel hears it, in samples, [channels].
    public var delaySamples: [Double]

    public init(gains: [Float], delaySamples: [Double]) {
        self.gains = gains
        self.delaySamples = delaySamples
    }

    /// Level of each channel re the loudest, in dB.
    public var levelsDecibels: [Double] {
        let loudest = Double(gains.map(abs).max() ?? 0)
        return gains.map { 20 * log10(max(1e-6, Double(abs($0)) / max(1e-12, loudest))) }
    }

    /// - Parameter mono: samples, [n].
    /// - Returns: samples, [channels][n].
    public func place(_ mono: [Float]) -> [[Float]] {
        gains.indices.map { channel in
            let delay = delaySamples[channel]
            let moved = delay == 0 ? mono : LinearPhaseFilter.delay(delay).apply(mono)
            return moved.map { $0 * gains[channel] }
        }
    }

    /// Delay of each channel behind the vocals: the maximum of the cross-correlation between 200 and 8000 Hz within
    /// 1 ms, each bin weighted by how sure its phase is (Knapp & Carter 1976, maximum likelihood).
    /// - Returns: samples, [channels]; 0 where it is less than a tenth of a sample or hardly fits better than none.
    public static func delays(
        programme: [Spectrogram], vocals: Spectrogram, frames: [Bool], grid: SpectralGrid
    ) -> [Double] {
        let bins = grid.bins(200, 8000)
        return programme.map { channel in
            var real = [Double](repeating: 0, count: bins.count)
            var imaginary = real
            var power = real
            var channelPower = real
            for frame in 0..<channel.frames where frames[frame] {
                for (index, bin) in bins.enumerated() {
                    let at = frame * grid.binCount + bin
                    let (vr, vi) = (Double(vocals.real[at]), Double(vocals.imaginary[at]))
                    let (xr, xi) = (Double(channel.real[at]), Double(channel.imaginary[at]))
                    real[index] += xr * vr + xi * vi
                    imaginary[index] += xi * vr - xr * vi
                    power[index] += vr * vr + vi * vi
                    channelPower[index] += xr * xr + xi * xi
                }
            }
            let weights = bins.indices.map { index -> Double in
                let position = index - bins.lowerBound
                let size = real[position] * real[position] + imaginary[position] * imaginary[position]
                let coherence = min(0.999, size / (power[position] * channelPower[position] + 1e-20))
                return coherence / (1 - coherence) / (size.squareRoot() + 1e-20)
            }
            func correlation(_ delay: Double) -> Double {
                var sum = 0.0
                for (index, bin) in bins.enumerated() {
                    let angle = 2 * .pi * Double(bin) * delay / Double(grid.frameSize)
                    sum += (real[index] * cos(angle) - imaginary[index] * sin(angle)) * weights[index]
                }
                return sum
            }
            let reach = Double(grid.sampleRate) / 1000
            var best = 0.0
            let still = correlation(0)
            var height = still
            for step in [0.5, 0.1, 0.02] {
                let centre = best
                let width = step == 0.5 ? reach : step * 6
                for delay in stride(from: centre - width, through: centre + width, by: step) {
                    let value = correlation(delay)
                    if value > height { (best, height) = (delay, value) }
                }
            }
            return abs(best) < 0.1 || height < 1.002 * still ? 0 : best
        }
    }
}
