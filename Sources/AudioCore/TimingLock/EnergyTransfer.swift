import Foundation

/// Gives a voice's speech the loudness contour of a recording.
public struct EnergyTransfer: Sendable {
    /// The synthesizer's energy is the logarithm of amplitude: ln(10) / 20 for each decibel.
    private static let unitsPerDecibel: Float = 0.115
    /// What the synthesizer predicts for silence.
    private static let silence: Float = -9
    /// Predicted energy above this is speech.
    private static let speech: Float = 2
    /// Frames this far below the loud ones (95th percentile) are no speech.
    private static let speechRangeDecibels: Float = 35
    private static let curveFramesPerSecond = PitchTransfer.framesPerSecond

    private let source: SpeechEnergy
    private let threshold: Float

    /// - Parameter source: the recording's, denoised; frame 0 is its first moment.
    public init(source: SpeechEnergy) {
        self.source = source
        threshold = source.percentile(0.95) - Self.speechRangeDecibels
    }

    /// The recording's contour in the synthesizer's units, the means over speech made equal.
    ///
    /// For recordings whose denoised contour can be trusted; with a second voice in it `matched` is safer.
    /// - Parameters:
    ///   - predicted: the synthesizer's own energy, 80 a second, [frames].
    ///   - offset: where its first frame lies in the recording, in frames; negative: before it.
    /// - Returns: [frames]
    public func dictated(over predicted: [Float], offset: Int) -> [Float] {
        let levels = predicted.indices.map { index -> Float in
            let seconds = Double(index + offset) / Self.curveFramesPerSecond
            return seconds < 0 ? SpeechEnergy.floorDecibels : source.decibels(at: seconds)
        }
        let speech = predicted.indices.filter { levels[$0] > threshold && predicted[$0] > Self.speech }
        guard !speech.isEmpty else { return predicted }
        let scale = 1 / Float(speech.count)
        let level = speech.reduce(0) { $0 + levels[$1] } * scale
        let energy = speech.reduce(0) { $0 + predicted[$1] } * scale
        return levels.map { max(Self.silence, ($0 - level) * Self.unitsPerDecibel + energy) }
    }

    /// Speech with a gain that follows the difference between the recording's level and its own, both smoothed over
    /// 150 ms, at most 9 dB from their mean difference; the mean itself is taken out wholly, so that the speech is as
    /// loud as the recording.
    /// - Parameters:
    ///   - samples: speech; its first sample lies `startSeconds` into the recording.
    ///   - followsContour: false: only the mean difference is taken out.
    public func matched(
        _ samples: [Float], sampleRate: Int, startSeconds: Double, followsContour: Bool
    ) -> [Float] {
        let own = SpeechEnergy(samples, sampleRate: sampleRate)
        let levels = own.decibels.indices.map {
            source.decibels(at: startSeconds + Double($0) * SpeechEnergy.hopSeconds)
        }
        let ownThreshold = own.percentile(0.95) - Self.speechRangeDecibels
        let speech = own.decibels.indices.map { levels[$0] > threshold && own.decibels[$0] > ownThreshold }
        let count = speech.count { $0 }
        guard count > 0 else { return samples }
        let differences = own.decibels.indices.map { speech[$0] ? levels[$0] - own.decibels[$0] : 0 }
        let mean = differences.reduce(0, +) / Float(count)
        guard followsContour else {
            let gain = Float(pow(10, mean / 20))
            return samples.map { $0 * gain }
        }
        let centred = differences.indices.map { speech[$0] ? differences[$0] - mean : 0 }
        let smooth = Self.smoothed(centred, weights: speech.map { $0 ? 1 : 0 })
        let gains = smooth.map { mean + min(max($0, -9), 9) }
        let perFrame = Double(sampleRate) * SpeechEnergy.hopSeconds
        return samples.indices.map { index in
            let position = Double(index) / perFrame
            let frame = min(Int(position), gains.count - 1)
            let fraction = Float(position - Double(frame))
            let gain = gains[frame] * (1 - fraction) + gains[min(frame + 1, gains.count - 1)] * fraction
            return samples[index] * Float(pow(10, gain / 20))
        }
    }

    /// Gaussian mean over about 150 ms (30 frames) of what has weight.
    private static func smoothed(_ values: [Float], weights: [Float]) -> [Float] {
        let deviation = 15.0
        let reach = 45
        let kernel = (-reach...reach).map { Float(exp(-0.5 * Double($0 * $0) / (deviation * deviation))) }
        return values.indices.map { index in
            var (sum, weight) = (Float(0), Float(1e-3))
            for offset in -reach...reach {
                let at = index + offset
                guard values.indices.contains(at) else { continue }
                sum += kernel[offset + reach] * values[at] * weights[at]
                weight += kernel[offset + reach] * weights[at]
            }
            return sum / weight
        }
    }
}
