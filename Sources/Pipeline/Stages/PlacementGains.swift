import AudioCore
import Files

/// By how much the separator's speech lies in each channel of the programme: the least-squares gain of each channel in
/// windows of a second, linearly interpolated in between.
struct PlacementGains {
    private static let stepSeconds = 0.5
    /// The prior that holds the gain at 1 where there is hardly any speech: power of -60 dB re full scale.
    private static let priorPower = 1e-6
    private static let range: ClosedRange<Float> = 0...2

    private let stepFrames: Int
    /// [channels][steps]; step i is centred at i * stepFrames.
    private let gains: [[Float]]

    init(mixture: WaveReader, speech: WaveReader, progress: (Double) throws -> Void) throws {
        let stepFrames = max(1, Int(Self.stepSeconds * Double(mixture.sampleRate)))
        let steps = mixture.frameCount / stepFrames + 2
        var products = [[Double]](repeating: [Double](repeating: 0, count: steps), count: mixture.channelCount)
        var powers = products
        for step in 0..<steps - 1 {
            let frames = step * stepFrames..<min((step + 1) * stepFrames, mixture.frameCount)
            guard !frames.isEmpty else { continue }
            let (blocks, voices) = try (mixture.read(frames), speech.read(frames))
            for (channel, samples) in blocks.enumerated() {
                let voice = voices.count == 1 ? voices[0] : voices[channel]
                var (product, power) = (0.0, 0.0)
                for index in samples.indices {
                    product += Double(samples[index]) * Double(voice[index])
                    power += Double(voice[index]) * Double(voice[index])
                }
                // A piece between two centres speaks for both of them.
                for centre in [step, step + 1] {
                    products[channel][centre] += product
                    powers[channel][centre] += power
                }
            }
            try progress(Double(step + 1) / Double(steps))
        }
        let prior = Self.priorPower * Double(2 * stepFrames)
        gains = zip(products, powers).map { products, powers in
            zip(products, powers).map { product, power in
                min(max(Float((product + prior) / (power + prior)), Self.range.lowerBound), Self.range.upperBound)
            }
        }
        self.stepFrames = stepFrames
    }

    /// The speech as it lies in a channel, [speech.count].
    func placed(_ speech: [Float], channel: Int, firstFrame: Int) -> [Float] {
        let gains = gains[channel]
        var result = speech
        for index in speech.indices {
            let (step, rest) = (firstFrame + index).quotientAndRemainder(dividingBy: stepFrames)
            let fraction = Float(rest) / Float(stepFrames)
            result[index] *= gains[step] + (gains[step + 1] - gains[step]) * fraction
        }
        return result
    }
}
