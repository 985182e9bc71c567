import Foundation

/// Programme loudness as ITU-R BS.1770-4 and EBU R 128 define it, measured on a stream.
/// Memory: 8 bytes for each 100 ms.
public struct Loudness: Sendable {
    /// Weight of each channel's power.
    private let weights: [Double]
    private var filters: [KWeighting]
    private let sampleRate: Int
    /// Weighted power summed over each full 100 ms, [steps], divided by their length.
    private var steps: [Double] = []
    private var stepSum = 0.0
    /// Frames of the stream so far, and where the current step began.
    private var frames = 0
    private var stepStart = 0

    /// - Parameter channelWeights: by default 1 for every channel of up to three; for five or six the order is L R C
    ///   (LFE) Ls Rs, with 1.41 for the surrounds and 0 for the LFE, as BS.1770 has it.
    public init(sampleRate: Int, channelCount: Int, channelWeights: [Double]? = nil) {
        self.sampleRate = sampleRate
        weights = channelWeights ?? Self.standardWeights(channelCount)
        precondition(weights.count == channelCount, "\(weights.count) weights for \(channelCount) channels")
        filters = [KWeighting](repeating: KWeighting(sampleRate: sampleRate), count: channelCount)
    }

    private static func standardWeights(_ channelCount: Int) -> [Double] {
        switch channelCount {
        case 5: return [1, 1, 1, 1.41, 1.41]
        case 6: return [1, 1, 1, 0, 1.41, 1.41]
        default: return [Double](repeating: 1, count: channelCount)
        }
    }

    /// - Parameter block: the next frames of the stream, [channels][frames], any number.
    public mutating func add(_ block: [[Float]]) {
        precondition(block.count == filters.count, "\(block.count) channels, \(filters.count) expected")
        let count = block.first?.count ?? 0
        var start = 0
        while start < count {
            let end = stepEnd(steps.count)
            let taken = min(count - start, end - frames)
            for channel in block.indices {
                let weight = weights[channel]
                var sum = 0.0
                block[channel].withUnsafeBufferPointer { samples in
                    filters[channel].squares(of: UnsafeBufferPointer(rebasing: samples[start..<start + taken])) {
                        sum += $1
                    }
                }
                stepSum += weight * sum
            }
            start += taken
            frames += taken
            if frames == end {
                steps.append(stepSum / Double(end - stepStart))
                stepSum = 0
                stepStart = end
            }
        }
    }

    public mutating func add(_ block: Waveform) { add(block.channels) }

    /// The frame at which step `step` ends; steps are 100 ms whatever the rate.
    private func stepEnd(_ step: Int) -> Int { ((step + 1) * sampleRate + 5) / 10 }

    /// Gated loudness of everything so far, LUFS: blocks of 400 ms overlapping by 75 %, those below -70 LUFS and then
    /// those more than 10 LU below the rest's mean left out. nil where nothing passes the gate, or before 400 ms.
    public var integrated: Double? {
        let blocks = means(of: 4)
        let audible = blocks.filter { Self.lufs(meanSquare: $0) > -70 }
        guard !audible.isEmpty else { return nil }
        let threshold = Self.lufs(meanSquare: audible.reduce(0, +) / Double(audible.count)) - 10
        let loud = audible.filter { Self.lufs(meanSquare: $0) > threshold }
        return loud.isEmpty ? nil : Self.lufs(meanSquare: loud.reduce(0, +) / Double(loud.count))
    }

    /// Loudness of each 400 ms, one value every 100 ms, LUFS; -infinity for silence.
    public var momentary: [Double] { means(of: 4).map(Self.lufs) }

    /// Loudness of each 3 s, one value every 100 ms, LUFS; -infinity for silence.
    public var shortTerm: [Double] { means(of: 30).map(Self.lufs) }

    private func means(of count: Int) -> [Double] {
        guard steps.count >= count else { return [] }
        return (0...steps.count - count).map { start in
            var sum = 0.0
            for step in start..<start + count { sum += steps[step] }
            return sum / Double(count)
        }
    }

    static func lufs(meanSquare: Double) -> Double { meanSquare > 0 ? -0.691 + 10 * log10(meanSquare) : -.infinity }
}
