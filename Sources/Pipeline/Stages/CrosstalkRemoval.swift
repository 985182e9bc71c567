import AudioCore
import Files
import Foundation

/// Makes of channels that hear each other's people channels with one's own people only, for networks to listen to: what the
/// filters know is taken out, and what they leave is silenced where somebody else is far louder.
struct CrosstalkRemoval {
    private let reader: WaveReader
    private let crosstalk: CrosstalkMatrix

    private static let stepSeconds = 0.1
    /// Steps this far below the loudest are pauses.
    private static let pauseDecibels = 30.0
    /// A channel so much louder than all others holds who speaks.
    private static let dominanceDecibels: Float = 8
    /// What is so much quieter than another channel, once it is cleaned, is what the filters left.
    private static let remainderDecibels: Float = 20
    private static let blockSeconds = 20.0

    /// - Parameter reader: one person or more a channel.
    /// - Returns: nil where no channel hears another one's people.
    init?(_ reader: WaveReader, progress: (Double) throws -> Void) throws {
        self.reader = reader
        let levels = try Self.levels(of: reader, progress: progress)
        var crosstalk = CrosstalkMatrix()
        let step = Int(Self.stepSeconds * Double(reader.sampleRate))
        for channel in 0..<reader.channelCount {
            let alone = Self.alone(channel, levels).map { $0.lowerBound * step..<$0.upperBound * step }
            try crosstalk.learn(from: channel, in: alone, of: reader)
        }
        guard !crosstalk.isEmpty else { return nil }
        self.crosstalk = crosstalk
    }

    /// Level of each step of each channel, dB, [channels][steps].
    private static func levels(of reader: WaveReader, progress: (Double) throws -> Void) throws -> [[Float]] {
        let step = Int(stepSeconds * Double(reader.sampleRate))
        var levels = [[Float]](repeating: [], count: reader.channelCount)
        for start in stride(from: 0, to: reader.frameCount - step + 1, by: 100 * step) {
            let block = try reader.read(start..<min(start + 100 * step, reader.frameCount))
            for (channel, samples) in block.enumerated() { levels[channel] += Self.levels(of: samples, step: step) }
            try progress(Double(start) / Double(reader.frameCount))
        }
        return levels
    }

    private static func levels(of samples: [Float], step: Int) -> [Float] {
        stride(from: 0, to: samples.count - step + 1, by: step).map { start in
            let power = samples[start..<start + step].reduce(0) { $0 + $1 * $1 } / Float(step)
            return 10 * log10(power + 1e-12)
        }
    }

    /// Steps in which a channel is far louder than all others, short pauses among them.
    private static func alone(_ channel: Int, _ levels: [[Float]]) -> [Range<Int>] {
        let loudest = levels.reduce(-200) { max($0, $1.max() ?? -200) }
        let threshold = loudest - Float(pauseDecibels)
        var runs: [Range<Int>] = []
        for step in levels[channel].indices {
            let other = levels.indices.filter { $0 != channel }.map { levels[$0][step] }.max() ?? -200
            let isPause = max(levels[channel][step], other) < threshold
            guard isPause || levels[channel][step] - other > dominanceDecibels else { continue }
            if let last = runs.last, last.upperBound == step {
                runs[runs.count - 1] = last.lowerBound..<step + 1
            } else if !isPause {
                runs.append(step..<step + 1)
            }
        }
        return runs
    }

    /// Writes the cleaned channels.
    func write(to file: URL, progress: (Double) throws -> Void) throws {
        let writer = try WaveWriter(file, sampleRate: reader.sampleRate, channelCount: reader.channelCount)
        let step = Int(Self.stepSeconds * Double(reader.sampleRate))
        // Whole steps on both sides, so that blocks agree on where steps begin.
        let reach = (crosstalk.reach / step + 2) * step
        let block = Int(Self.blockSeconds / Self.stepSeconds) * step
        for start in stride(from: 0, to: reader.frameCount, by: block) {
            let count = min(block, reader.frameCount - start)
            let all = try reader.read(start - reach..<start + block + reach)
            let clean = all.indices.map { channel in
                zip(all[channel], crosstalk.strangers(in: channel, of: all)).map(-)
            }
            let levels = clean.map { Self.levels(of: $0, step: step) }
            let gated = clean.indices.map { Self.gated(clean[$0], channel: $0, levels: levels, step: step) }
            try writer.append(gated.map { Array($0[reach..<reach + count]) })
            try progress(Double(start + count) / Double(reader.frameCount))
        }
        try writer.finish()
    }

    /// Silent where another channel is far louder, faded over half a step.
    private static func gated(_ samples: [Float], channel: Int, levels: [[Float]], step: Int) -> [Float] {
        let isOpen = levels[channel].indices.map { index -> Bool in
            // Speech that dies away is softer than what follows it on the other channel.
            let near = max(0, index - 1)...min(levels[channel].count - 1, index + 1)
            let own = near.map { levels[channel][$0] }.max() ?? -200
            let other = levels.indices.filter { $0 != channel }.map { levels[$0][index] }.max() ?? -200
            return own > other - remainderDecibels
        }
        var result = samples
        for index in samples.indices {
            // Between the middles of two steps.
            let place = Float(index) / Float(step) - 0.5
            let low = min(max(0, Int(place.rounded(.down))), isOpen.count - 1)
            let high = min(low + 1, isOpen.count - 1)
            let (a, b): (Float, Float) = (isOpen[low] ? 1 : 0, isOpen[high] ? 1 : 0)
            let fraction = min(max(place - Float(low), 0), 1)
            result[index] *= a + (b - a) * fraction
        }
        return result
    }
}

extension CrosstalkMatrix {
    private static let leastAloneSeconds = 2.0
    private static let learntSeconds = 60.0

    /// Learns from the longest stretches, a minute at most.
    /// - Parameter alone: frames in which the people of one channel speak and nobody else does.
    mutating func learn(from channel: Int, in alone: [Range<Int>], of reader: WaveReader) throws {
        let rate = Double(reader.sampleRate)
        var left = Int(Self.learntSeconds * rate)
        var stretches: [[[Float]]] = []
        let long = alone.map { $0.clamped(to: 0..<reader.frameCount) }
            .filter { Double($0.count) >= Self.leastAloneSeconds * rate }
        for frames in long.sorted(by: { ($1.count, $0.lowerBound) < ($0.count, $1.lowerBound) }) where left > 0 {
            stretches.append(try reader.read(frames.prefix(left)))
            left -= frames.count
        }
        learn(from: channel, stretches, sampleRate: reader.sampleRate)
    }
}
