import Foundation

/// The steady background of a stretch: its spectrum in each channel, and how alike the channels are.
public struct RoomTone: Sendable, Equatable {
    public let channelCount: Int
    public let binCount: Int
    /// Power on the analysis grid, [channelCount * binCount].
    public var power: [Float]
    /// Coherence of the channels in each ERB band, 0...1: 1 is the same noise in all channels.
    public var coherence: [Float]

    /// The mean over the channels, [binCount].
    public var meanPower: [Float] {
        (0..<binCount).map { bin in
            (0..<channelCount).reduce(Float(0)) { $0 + power[$1 * binCount + bin] } / Float(max(1, channelCount))
        }
    }

    /// Minimum statistics (after Martin 2001): powers of Gaussian noise are exponentially distributed, so their lowest
    /// tenth ends at -ln(0.9) of the mean, and speech that comes and goes hardly moves that quantile.
    /// - Parameters:
    ///   - residuals: a spectrogram a channel, the old voice already taken out.
    ///   - frames: which frames count, [frameCount].
    public init(residuals: [Spectrogram], frames: [Bool], grid: SpectralGrid) {
        channelCount = residuals.count
        binCount = grid.binCount
        power = []
        let chosen = frames.indices.filter { frames[$0] }
        let scale = 1 / Float(-log(0.9))
        for residual in residuals {
            let spectrum = RoomTone.quantile(residual, chosen, share: 0.1)
            power += spectrum.map { $0 * scale }
        }
        coherence = [Float](repeating: 1, count: grid.bandCount)
        if residuals.count == 2 { coherence = measureCoherence(residuals[0], residuals[1], chosen, grid) }
    }

    /// - Returns: the power below which `share` of the chosen frames lie, [binCount].
    static func quantile(_ spectrogram: Spectrogram, _ frames: [Int], share: Double) -> [Float] {
        let bins = spectrogram.bins
        guard !frames.isEmpty else { return [Float](repeating: 0, count: bins) }
        var column = [Float](repeating: 0, count: frames.count)
        return (0..<bins).map { bin in
            for (index, frame) in frames.enumerated() {
                let at = frame * bins + bin
                let (real, imaginary) = (spectrogram.real[at], spectrogram.imaginary[at])
                column[index] = real * real + imaginary * imaginary
            }
            return AudioCore.quantile(share, of: column)
        }
    }

    /// Mean of Re(L conj R) / sqrt(LL RR) over cells that are hardly louder than the tone itself.
    private func measureCoherence(
        _ left: Spectrogram, _ right: Spectrogram, _ frames: [Int], _ grid: SpectralGrid
    ) -> [Float] {
        var cross = [Double](repeating: 0, count: grid.bandCount)
        var leftPower = cross
        var rightPower = cross
        for frame in frames {
            for bin in 0..<binCount {
                let at = frame * binCount + bin
                let l = left.real[at] * left.real[at] + left.imaginary[at] * left.imaginary[at]
                let r = right.real[at] * right.real[at] + right.imaginary[at] * right.imaginary[at]
                guard l < 2 * power[bin], r < 2 * power[binCount + bin] else { continue }
                let band = grid.bandOfBin[bin]
                cross[band] += Double(left.real[at] * right.real[at] + left.imaginary[at] * right.imaginary[at])
                leftPower[band] += Double(l)
                rightPower[band] += Double(r)
            }
        }
        return (0..<grid.bandCount).map { band in
            let scale = (leftPower[band] * rightPower[band]).squareRoot()
            return scale > 0 ? Float(min(1, max(0, cross[band] / scale))) : 1
        }
    }

    /// The tone made quieter where it is louder than `limit`, mean power over the bins and channels.
    func limited(toMeanPower limit: Float) -> RoomTone {
        let mean = power.reduce(0, +) / Float(max(1, power.count))
        guard mean > limit else { return self }
        var result = self
        let scale = limit / mean
        for index in result.power.indices { result.power[index] *= scale }
        return result
    }
}

/// Gaussian noise that is the same for the same seed.
struct NoiseSource {
    private var state: UInt64

    /// Seeds are scattered: neighbouring ones would give the same sequence, a step apart.
    init(seed: UInt64) { state = NoiseSource.scatter(NoiseSource.scatter(seed ^ 0x5851_F42D_4C95_7F2D)) }

    /// SplitMix64 (Steele, Lea & Flood 2014).
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return NoiseSource.scatter(state)
    }

    private static func scatter(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Four uniform numbers added are normal enough for noise that is filtered.
    mutating func samples(_ count: Int) -> [Float] {
        let scale = Float(3).squareRoot() / 65536
        return (0..<count).map { _ in
            let bits = next()
            let sum = Float(bits & 0xFFFF) + Float(bits >> 16 & 0xFFFF) + Float(bits >> 32 & 0xFFFF) + Float(bits >> 48)
            // Sum of four has mean 2 * 65535 and variance 4 / 12 * 65536^2.
            return (sum - 131_070) * scale
        }
    }
}
