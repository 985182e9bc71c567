import AudioCore

/// What is measured while a programme is decoded.
struct ProgrammeMeasures {
    /// Sound that stays within this of its mean is none: -80 dB re full scale.
    static let silence: Float = 1e-4
    /// 16-bit full scale and what rounding leaves of it.
    private static let fullScale: Float = 0.9999
    private static let shortestClip = 3

    private(set) var loudness: Loudness
    private(set) var truePeak: TruePeak
    private(set) var relation: ChannelRelation
    private(set) var frameCount = 0
    private(set) var clippedSamples = 0
    private let sampleRate: Int
    private var sums: [Double]
    private var lowest: [Float]
    private var highest: [Float]
    /// Samples at full scale up to the end of the last block, for each channel.
    private var run: [Int]

    init(sampleRate: Int, channelCount: Int) {
        self.sampleRate = sampleRate
        loudness = Loudness(sampleRate: sampleRate, channelCount: channelCount)
        truePeak = TruePeak(sampleRate: sampleRate, channelCount: channelCount)
        relation = ChannelRelation(sampleRate: sampleRate)
        sums = [Double](repeating: 0, count: channelCount)
        lowest = [Float](repeating: .infinity, count: channelCount)
        highest = [Float](repeating: -.infinity, count: channelCount)
        run = [Int](repeating: 0, count: channelCount)
    }

    var seconds: Double { Double(frameCount) / Double(sampleRate) }
    /// Mean of each channel.
    var offsets: [Double] { sums.map { $0 / Double(max(1, frameCount)) } }
    var isSilent: Bool { zip(lowest, highest).allSatisfy { $1 - $0 < 2 * Self.silence } }

    /// - Parameter block: the next frames, [channels][frames].
    /// - Returns: false where a value is not a number.
    mutating func add(_ block: [[Float]]) -> Bool {
        for channel in block.indices where !addToChannel(channel, block[channel]) { return false }
        loudness.add(block)
        truePeak.add(block)
        if block.count == 2 { relation.add(block[0], block[1]) }
        frameCount += block.first?.count ?? 0
        return true
    }

    private mutating func addToChannel(_ channel: Int, _ samples: [Float]) -> Bool {
        var sum = 0.0
        var (low, high, atFullScale) = (lowest[channel], highest[channel], run[channel])
        var clipped = 0
        samples.withUnsafeBufferPointer { samples in
            for sample in samples {
                sum += Double(sample)
                low = min(low, sample)
                high = max(high, sample)
                if abs(sample) >= Self.fullScale {
                    atFullScale += 1
                    clipped +=
                        atFullScale == Self.shortestClip ? Self.shortestClip : atFullScale > Self.shortestClip ? 1 : 0
                } else {
                    atFullScale = 0
                }
            }
        }
        sums[channel] += sum
        clippedSamples += clipped
        (lowest[channel], highest[channel], run[channel]) = (low, high, atFullScale)
        return sum.isFinite
    }
}
