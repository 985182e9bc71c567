import Foundation

/// What a channel hears of a voice that belongs to another one: two microphones in one room.
///
/// The least-squares filter from the voice's own channel to the other, H = Sxy / Sxx, from averaged spectra of stretches in
/// which nobody else speaks (Welch 1967); its impulse response is cut to what a room does.
public struct Crosstalk: Sendable {
    /// In step with the voice's own channel.
    public let filter: LinearPhaseFilter
    /// By how much the other channel is quieter without the leak, dB, over stretches it was not learnt from.
    public let reductionDecibels: Double

    private static let leadSeconds = 0.005
    private static let tailSeconds = 0.15
    private static let pieceSeconds = 2.0
    /// Below this the other channel holds nothing of the voice that matters, or something else that is louder.
    private static let leastReductionDecibels = 1.0
    /// What is so much fainter than the loudest frequency tells nothing of the filter.
    private static let floorDecibels = 60.0

    /// - Parameter stretches: the voice's own channel and the other one, equally long, where the voice is alone.
    /// - Returns: nil where nothing of the voice is found in the other channel, or there is too little to tell.
    public init?(_ stretches: [(own: [Float], other: [Float])], sampleRate: Int) {
        let length = Int(Self.pieceSeconds * Double(sampleRate))
        let pieces = stretches.flatMap { stretch in
            stride(from: 0, to: max(0, stretch.own.count - length + 1), by: length).map { start in
                (Array(stretch.own[start..<start + length]), Array(stretch.other[start..<start + length]))
            }
        }
        guard pieces.count >= 4 else { return nil }
        let learnt = pieces.indices.filter { $0 % 4 != 3 }.map { pieces[$0] }
        let kept = pieces.indices.filter { $0 % 4 == 3 }.map { pieces[$0] }
        filter = Self.filter(from: learnt, sampleRate: sampleRate)
        var (before, after) = (0.0, 0.0)
        for (own, other) in kept {
            let leak = filter.apply(own)
            // At the beginning the filter lacks what was before.
            for index in filter.taps.count / 2..<other.count {
                before += Double(other[index]) * Double(other[index])
                after += Double(other[index] - leak[index]) * Double(other[index] - leak[index])
            }
        }
        guard before > 0, after > 0 else { return nil }
        reductionDecibels = 10 * log10(before / after)
        guard reductionDecibels >= Self.leastReductionDecibels else { return nil }
    }

    private static func filter(from pieces: [(own: [Float], other: [Float])], sampleRate: Int) -> LinearPhaseFilter {
        let tail = Int(tailSeconds * Double(sampleRate))
        let lead = Int(leadSeconds * Double(sampleRate))
        let size = 1 << Int(log2(Double(2 * tail)).rounded(.up))
        let transform = RealFFT(size: size)
        let window = (0..<size).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(size))) }
        let bins = size / 2 + 1
        var power = [Double](repeating: 0, count: bins)
        var (real, imaginary) = (power, power)
        for (own, other) in pieces {
            for start in stride(from: 0, through: own.count - size, by: size / 2) {
                let x = transform.forward((0..<size).map { own[start + $0] * window[$0] })
                let y = transform.forward((0..<size).map { other[start + $0] * window[$0] })
                for bin in 0..<bins {
                    let (a, b) = (Double(x.real[bin]), Double(x.imaginary[bin]))
                    let (c, d) = (Double(y.real[bin]), Double(y.imaginary[bin]))
                    power[bin] += a * a + b * b
                    real[bin] += c * a + d * b
                    imaginary[bin] += d * a - c * b
                }
            }
        }
        let floor = (power.max() ?? 0) * pow(10, -floorDecibels / 10) + 1e-20
        let response = transform.inverse(
            real: zip(real, power).map { Float($0 / ($1 + floor)) },
            imaginary: zip(imaginary, power).map { Float($0 / ($1 + floor)) })
        return LinearPhaseFilter(
            taps: (-tail...tail).map { lag in
                guard lag >= -lead else { return 0 }
                // Faded out towards both ends, late only in the last third.
                let place = lag < 0 ? Double(-lag) / Double(lead) : max(0, 3 * Double(lag) / Double(tail) - 2)
                return response[(lag + size) % size] * Float(0.5 + 0.5 * cos(.pi * place))
            })
    }
}

/// What channels hear of each other.
public struct CrosstalkMatrix: Sendable {
    /// [from][to].
    public private(set) var leaks: [Int: [Int: Crosstalk]] = [:]

    public init() {}

    public var isEmpty: Bool { leaks.isEmpty }

    /// - Parameter alone: stretches in which the people of one channel speak and nobody else does, [channels][n] each.
    public mutating func learn(from channel: Int, _ alone: [[[Float]]], sampleRate: Int) {
        guard let count = alone.first?.count else { return }
        for other in 0..<count where other != channel {
            let stretches = alone.map { (own: $0[channel], other: $0[other]) }
            if let crosstalk = Crosstalk(stretches, sampleRate: sampleRate) {
                leaks[channel, default: [:]][other] = crosstalk
            }
        }
    }

    /// Samples around a stretch that its leaks depend on.
    public var reach: Int { leaks.values.flatMap(\.values).map(\.filter.taps.count).max() ?? 0 }

    public func isHeard(in channel: Int) -> Bool { leaks.contains { $0.value[channel] != nil } }

    /// What a channel hears of the others' people; exact but for `reach` samples at both ends.
    /// - Parameter channels: [channels][n].
    public func strangers(in channel: Int, of channels: [[Float]]) -> [Float] {
        var sum = [Float](repeating: 0, count: channels[channel].count)
        for (source, others) in leaks.sorted(by: { $0.key < $1.key }) {
            guard let crosstalk = others[channel] else { continue }
            // The other channel hears this one, too: what is left without that is the other's own.
            var voice = channels[source]
            if let back = leaks[channel]?[source]?.filter.apply(channels[channel]) { voice = zip(voice, back).map(-) }
            for (index, leak) in crosstalk.filter.apply(voice).enumerated() { sum[index] += leak }
        }
        return sum
    }
}
