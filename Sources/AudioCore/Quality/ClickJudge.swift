/// Listens for clicks at joins: the second difference of the samples there, against what the surroundings and the whole
/// programme do by themselves.
///
/// Feed the programme with `add`, then judge each join. The programme's own figure is lax (sibilants set it); the
/// local one is the test: above 1.5 a join sticks out.
public struct ClickJudge: Sendable {
    /// What one join sounds like.
    public struct Join: Sendable, Codable, Equatable {
        /// Largest second difference within two samples of the join against the 99th percentile of the 50 ms on both
        /// sides; 0 where the join is silent.
        public var localRatio: Double
        /// The same against the programme's 99.99th percentile.
        public var programmeRatio: Double
    }

    public let sampleRate: Int
    /// Counts of second differences by size, in steps of 1/64 octave from 2^-40 on.
    private var counts = [Int](repeating: 0, count: bins)
    private var total = 0
    /// The last two samples of each channel.
    private var tails: [[Float]]

    private static let binsPerOctave = 64
    private static let lowestOctave = -40
    private static let bins = 44 * binsPerOctave
    /// Second differences below this (-120 dBFS) are silence.
    private static let silence: Float = 1e-6
    private static let localSeconds = 0.05

    public init(sampleRate: Int, channelCount: Int) {
        self.sampleRate = sampleRate
        tails = [[Float]](repeating: [], count: channelCount)
    }

    /// - Parameter block: the next frames of the programme, [channels][frames], any number.
    public mutating func add(_ block: [[Float]]) {
        precondition(block.count == tails.count, "\(block.count) channels, \(tails.count) expected")
        for channel in block.indices {
            let samples = tails[channel] + block[channel]
            for index in samples.indices.dropFirst().dropLast() {
                let bin = Self.bin(abs(samples[index - 1] - 2 * samples[index] + samples[index + 1]))
                counts[bin] += 1
            }
            total += max(0, samples.count - 2)
            tails[channel] = Array(samples.suffix(2))
        }
    }

    /// A logarithm good to 1/64 octave would do with the exponent and six bits of the significand.
    private static func bin(_ value: Float) -> Int {
        guard value > 0 else { return 0 }
        let step = Int((value.significand - 1) * Float(binsPerOctave))
        return min(bins - 1, max(0, (Int(value.exponent) - lowestOctave) * binsPerOctave + step))
    }

    /// The second difference below which the share `share` of the programme lies.
    public func programmeQuantile(_ share: Double) -> Double {
        var left = Int((share * Double(total)).rounded(.up))
        for bin in counts.indices {
            left -= counts[bin]
            if left <= 0 {
                let octave = bin / Self.binsPerOctave + Self.lowestOctave
                let step = Double(bin % Self.binsPerOctave) + 0.5
                return Double(sign: .plus, exponent: octave, significand: 1 + step / Double(Self.binsPerOctave))
            }
        }
        return 0
    }

    /// - Parameters:
    ///   - samples: one channel around the join; 50 ms on both sides are used where they are given.
    ///   - join: index of the first sample after the join.
    public func judge(_ samples: [Float], join: Int) -> Join {
        func difference(_ index: Int) -> Float { abs(samples[index - 1] - 2 * samples[index] + samples[index + 1]) }
        let reach = Int(Self.localSeconds * Double(sampleRate))
        let inner = 1..<max(1, samples.count - 1)
        let near = (max(0, join - 2)..<max(0, join + 3)).clamped(to: inner)
        let around = (max(0, join - reach)..<max(0, join + reach)).clamped(to: inner)
        let peak = near.map(difference).max() ?? 0
        guard peak > Self.silence else { return Join(localRatio: 0, programmeRatio: 0) }
        let others = around.filter { !near.contains($0) }.map(difference)
        let local = max(Self.silence, others.isEmpty ? 0 : quantile(0.99, of: others))
        let programme = max(Double(Self.silence), programmeQuantile(0.9999))
        return Join(localRatio: Double(peak / local), programmeRatio: Double(peak) / programme)
    }
}
