import Foundation

/// How strongly the separated vocals stand in each channel of the programme.
public struct VoiceGains: Sendable, Equatable {
    public let channelCount: Int
    public let bandCount: Int
    /// One real gain a channel and band, [channelCount * bandCount].
    public var bands: [Float]
    /// One gain a channel over all frequencies, [channelCount]: where the voice is placed.
    public var broadband: [Float]

    public init(channelCount: Int, bandCount: Int, bands: [Float], broadband: [Float]) {
        self.channelCount = channelCount
        self.bandCount = bandCount
        self.bands = bands
        self.broadband = broadband
    }

    /// The same gain everywhere: the vocals as the separator found them.
    public init(channelCount: Int, bandCount: Int, uniform gain: Float = 1) {
        self.init(
            channelCount: channelCount, bandCount: bandCount,
            bands: [Float](repeating: gain, count: channelCount * bandCount),
            broadband: [Float](repeating: gain, count: channelCount))
    }

    /// Mean power gain of each band over the channels, re the broadband one, [bandCount]: how the separator coloured
    /// the voice.
    public var colour: [Float] {
        let whole = broadband.reduce(0) { $0 + $1 * $1 }
        return (0..<bandCount).map { band in
            let power = (0..<channelCount).reduce(Float(0)) { sum, channel in
                sum + bands[channel * bandCount + band] * bands[channel * bandCount + band]
            }
            return whole > 0 ? power / whole : 1
        }
    }
}

/// Takes the old voice out of the programme: vocals times a gain fitted anew in each channel and ERB band, because
/// separators are a few tenths of a decibel too quiet, and that alone is most of the ghost they leave.
public struct OldVoiceRemover: Sendable {
    public let grid: SpectralGrid
    /// Re-weightings of the robust fit.
    public var reweightings = 2
    /// How much later each channel hears the voice than the vocals have it, in samples, [channels]; empty: nowhere.
    public var delaySamples: [Double] = []

    /// How much of the voice is taken out of each bin, 0...1, [bins].
    public var change: [Float]

    /// - Parameter lowEdgeHertz: below it nothing is changed.
    public init(_ grid: SpectralGrid, lowEdgeHertz: Double = 100) {
        self.grid = grid
        change = grid.change(above: lowEdgeHertz)
    }

    /// Least squares of each channel on the vocals, weighted by the inverse of what the fit leaves (smoothed over
    /// 5 frames and 3 bins), so that loud music counts less than clean speech.
    /// - Parameters:
    ///   - programme: a spectrogram a channel.
    ///   - vocals: on the same grid.
    ///   - frames: which frames to fit on, [frameCount]; nil: all.
    public func fit(programme: [Spectrogram], vocals: Spectrogram, frames: [Bool]? = nil) -> VoiceGains {
        var gains = VoiceGains(channelCount: programme.count, bandCount: grid.bandCount)
        let vocalPower = vocals.power.elements
        for (channel, spectrogram) in programme.enumerated() {
            let vocals = delayed(vocals, channel)
            let cross = crossPower(spectrogram, vocals)
            var weights = [Float](repeating: 1, count: vocalPower.count)
            var bands = [Float](repeating: 1, count: grid.bandCount)
            for pass in 0...reweightings {
                if pass > 0 { weights = robustWeights(spectrogram, vocals, bands) }
                let fitted = solve(cross, vocalPower, weights, frames)
                bands = fitted.bands
                if pass == reweightings { gains.broadband[channel] = fitted.broadband }
            }
            gains.bands.replaceSubrange(channel * grid.bandCount..<(channel + 1) * grid.bandCount, with: bands)
        }
        return gains
    }

    /// What is left of a channel when the old voice is taken out.
    public func residual(_ programme: Spectrogram, vocals: Spectrogram, gains: VoiceGains, channel: Int) -> Spectrogram
    {
        var result = programme
        let vocals = delayed(vocals, channel)
        let gainOfBin = (0..<grid.binCount).map { bin in
            gains.bands[channel * gains.bandCount + grid.bandOfBin[bin]] * change[bin]
        }
        let bins = grid.binCount
        for row in stride(from: 0, to: result.real.count, by: bins) {
            for bin in 0..<bins {
                result.real[row + bin] -= gainOfBin[bin] * vocals.real[row + bin]
                result.imaginary[row + bin] -= gainOfBin[bin] * vocals.imaginary[row + bin]
            }
        }
        return result
    }

    /// A delay far shorter than a frame is a turn of each bin's phase.
    private func delayed(_ vocals: Spectrogram, _ channel: Int) -> Spectrogram {
        guard delaySamples.indices.contains(channel), delaySamples[channel] != 0 else { return vocals }
        var result = vocals
        let turns = (0..<grid.binCount).map { bin -> (cosine: Float, sine: Float) in
            let angle = -2 * .pi * Double(bin) * delaySamples[channel] / Double(grid.frameSize)
            return (Float(cos(angle)), Float(sin(angle)))
        }
        for row in stride(from: 0, to: result.real.count, by: grid.binCount) {
            for bin in 0..<grid.binCount {
                let (real, imaginary) = (vocals.real[row + bin], vocals.imaginary[row + bin])
                result.real[row + bin] = real * turns[bin].cosine - imaginary * turns[bin].sine
                result.imaginary[row + bin] = real * turns[bin].sine + imaginary * turns[bin].cosine
            }
        }
        return result
    }

    /// Re(X conj V), [frames * bins].
    private func crossPower(_ x: Spectrogram, _ v: Spectrogram) -> [Float] {
        x.real.indices.map { x.real[$0] * v.real[$0] + x.imaginary[$0] * v.imaginary[$0] }
    }

    private func robustWeights(_ x: Spectrogram, _ v: Spectrogram, _ bands: [Float]) -> [Float] {
        let bins = grid.binCount
        var error = [Float](repeating: 0, count: x.real.count)
        let gainOfBin = grid.bandOfBin.map { bands[$0] }
        for row in stride(from: 0, to: error.count, by: bins) {
            for bin in 0..<bins {
                let real = x.real[row + bin] - gainOfBin[bin] * v.real[row + bin]
                let imaginary = x.imaginary[row + bin] - gainOfBin[bin] * v.imaginary[row + bin]
                error[row + bin] = real * real + imaginary * imaginary
            }
        }
        var mean = [Float](repeating: 0, count: bins)
        for row in stride(from: 0, to: error.count, by: bins) {
            for bin in 0..<bins { mean[bin] += error[row + bin] }
        }
        let scale = 1e-3 * Float(bins) / Float(max(1, error.count))
        SpectralSmoothing.mean(&error, bins: bins, timeRadius: 2, binRadius: 1)
        for row in stride(from: 0, to: error.count, by: bins) {
            for bin in 0..<bins { error[row + bin] = 1 / (error[row + bin] + scale * mean[bin] + 1e-12) }
        }
        return error
    }

    private func solve(
        _ cross: [Float], _ power: [Float], _ weights: [Float], _ frames: [Bool]?
    ) -> (bands: [Float], broadband: Float) {
        let bins = grid.binCount
        var numerator = [Double](repeating: 0, count: bins)
        var denominator = numerator
        var plainNumerator = 0.0
        var plainDenominator = 0.0
        let speech = grid.bins(100, 8000)
        for frame in 0..<cross.count / bins where frames?[frame] ?? true {
            let row = frame * bins
            for bin in 0..<bins {
                numerator[bin] += Double(weights[row + bin] * cross[row + bin])
                denominator[bin] += Double(weights[row + bin] * power[row + bin])
            }
            for bin in speech {
                plainNumerator += Double(cross[row + bin])
                plainDenominator += Double(power[row + bin])
            }
        }
        var bandNumerator = [Double](repeating: 0, count: grid.bandCount)
        var bandDenominator = bandNumerator
        for bin in 0..<bins {
            bandNumerator[grid.bandOfBin[bin]] += numerator[bin]
            bandDenominator[grid.bandOfBin[bin]] += denominator[bin]
        }
        let broadband = plainDenominator > 1e-9 ? Float(plainNumerator / plainDenominator) : 1
        let bands = (0..<grid.bandCount).map { band -> Float in
            guard bandDenominator[band] > 1e-12 else { return broadband }
            // A thousandth of the vocals' own power keeps bands where they are next to nothing from blowing up.
            return min(4, max(0, Float(bandNumerator[band] / (1.001 * bandDenominator[band]))))
        }
        return (bands, broadband)
    }
}
