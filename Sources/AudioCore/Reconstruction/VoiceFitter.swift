import Foundation

/// Makes a new voice sound as if it had been recorded where the old one was: spectrum, short-term loudness, high band.
public struct VoiceFitter: Sendable {
    public let grid: SpectralGrid
    public let tone: ToneMatch
    /// False: one gain for the whole stretch.
    public var followsLevel: Bool
    private let weighting: LoudnessWeighting
    private let follower = LevelFollower()

    public init(tone: ToneMatch, followsLevel: Bool, grid: SpectralGrid) {
        self.grid = grid
        self.tone = tone
        self.followsLevel = followsLevel
        weighting = LoudnessWeighting(grid)
    }

    /// A fitted voice, and how loud it and the old one are.
    public struct Fitted: Sendable {
        /// [n], at the vocals' level: to be multiplied by the placement's gains.
        public var samples: [Float]
        /// K-weighted mean square inside the spans.
        public var oldPower: Double
        public var newPower: Double
        /// New less old voice between 8 and 20 kHz in the spans, dB; nil where the old one has nothing there.
        public var highBandDifferenceDB: Double?
    }

    /// - Parameters:
    ///   - new: the new voice at the programme's rate, [n].
    ///   - vocals: the old one, [n], in step with it.
    ///   - colour: power gain of each ERB band, what the separator took from the old voice, [bands].
    ///   - spans: where the new voice is heard, counted from the first sample.
    public func fit(new: [Float], vocals: [Float], colour: [Float], spans: [Range<Int>]) -> Fitted {
        let transform = grid.transform
        var voice = transform.transform(tone.filter.apply(new))
        HighBand.add(tone.highBand, to: &voice, grid: grid)
        let colourOfBin = grid.bandOfBin.map { colour[$0] }
        let oldVoice = transform.transform(vocals)
        let old = weighting.power(oldVoice, colour: colourOfBin)
        let unfitted = weighting.power(voice)
        let inSpan = frames(in: spans, count: voice.frames)
        var gains = follower.gains(
            old: old, new: unfitted, inSpan: inSpan, framesPerSecond: grid.framesPerSecond)
        // Where little of the new voice falls into the span, matching the whole would blow that little up.
        let loudest = tone.level * 2.8
        let usual = Float((sum(old, inSpan) / max(1e-20, sum(unfitted, inSpan))).squareRoot())
        if usual > loudest { gains = gains.map { $0 * loudest / usual } }
        if !followsLevel {
            gains = gains.map { _ in min(usual, loudest) }
        }
        var samples = transform.inverse(voice, count: new.count)
        for n in samples.indices {
            let frame = n / grid.hop
            let share = Float(n % grid.hop) / Float(grid.hop)
            samples[n] *= gains[frame] * (1 - share) + gains[min(frame + 1, gains.count - 1)] * share
        }
        let count = Double(max(1, inSpan.filter { $0 }.count)) * Double(grid.frameSize) * Double(grid.frameSize)
        let fitted = zip(unfitted, gains).map { $0 * $1 * $1 }
        let highBand = highBandDifference(oldVoice, colourOfBin, voice, gains, inSpan)
        // Parseval for a Hann frame: the sum of |X|^2 over half the bins is mean square * size^2 * 3 / 16.
        return Fitted(
            samples: samples, oldPower: sum(old, inSpan) * 16 / 3 / count,
            newPower: sum(fitted, inSpan) * 16 / 3 / count, highBandDifferenceDB: highBand)
    }

    private func highBandDifference(
        _ old: Spectrogram, _ colour: [Float], _ new: Spectrogram, _ gains: [Float], _ inSpan: [Bool]
    ) -> Double? {
        func power(_ spectrogram: Spectrogram, _ bins: Range<Int>, _ gain: (Int, Int) -> Float) -> Double {
            var sum = 0.0
            for frame in 0..<spectrogram.frames where inSpan[frame] {
                for bin in bins {
                    let at = frame * grid.binCount + bin
                    let (real, imaginary) = (spectrogram.real[at], spectrogram.imaginary[at])
                    sum += Double((real * real + imaginary * imaginary) * gain(frame, bin))
                }
            }
            return sum
        }
        let high = grid.bins(8000, 20000)
        let oldPower = power(old, high) { colour[$1] }
        guard oldPower > 1e-6 * power(old, grid.bins(1000, 4000), { colour[$1] }) else { return nil }
        let newPower = power(new, high) { frame, _ in gains[frame] * gains[frame] }
        return 10 * log10(newPower / oldPower + 1e-12)
    }

    /// Frames whose centre lies in a span, [count].
    private func frames(in spans: [Range<Int>], count: Int) -> [Bool] {
        var result = [Bool](repeating: false, count: count)
        for span in spans {
            let first = (span.lowerBound + grid.hop - 1) / grid.hop
            for frame in first..<max(first, min(count, (span.upperBound + grid.hop - 1) / grid.hop)) {
                result[frame] = true
            }
        }
        return result
    }

    private func sum(_ power: [Float], _ inSpan: [Bool]) -> Double {
        var sum = 0.0
        for frame in power.indices where inSpan[frame] { sum += Double(power[frame]) }
        return sum
    }
}
