import Foundation

/// The true peak of a stream (BS.1770-4, annex 2): the largest magnitude of the signal between its samples as well,
/// found by oversampling four times (twice from 96 kHz on, not at all from 192 kHz on).
public struct TruePeak: Sendable {
    /// Taps of each phase's filter.
    private static let taps = 32
    /// Samples that are passed over together where they are too quiet to matter.
    private static let chunk = 64
    /// Filters of the phases between the samples, [phases - 1][taps].
    private let filters: [[Float]]
    /// The end of what came before, [channels][taps - 1].
    private var tails: [[Float]]
    private var largest: Float = 0

    public init(sampleRate: Int, channelCount: Int) {
        let factor = sampleRate >= 192_000 ? 1 : sampleRate >= 96_000 ? 2 : 4
        filters = (1..<max(1, factor)).map { Self.filter(offset: Double($0) / Double(factor)) }
        tails = [[Float]](repeating: [Float](repeating: 0, count: Self.taps - 1), count: channelCount)
    }

    /// A Kaiser-windowed sinc (beta 9) that reads the signal `offset` of a sample after tap `taps / 2 - 1`.
    private static func filter(offset: Double) -> [Float] {
        let half = Double(taps) / 2
        let weights = (0..<taps).map { tap in
            let x = Double(tap) - (half - 1) - offset
            let ratio = x / half
            return sin(.pi * x) / (.pi * x) * bessel(9 * (max(0, 1 - ratio * ratio)).squareRoot()) / bessel(9)
        }
        let sum = weights.reduce(0, +)
        return weights.map { Float($0 / sum) }
    }

    /// The modified Bessel function of order 0, by its power series.
    private static func bessel(_ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        for k in 1...40 {
            term *= (x / 2 / Double(k)) * (x / 2 / Double(k))
            sum += term
        }
        return sum
    }

    /// - Parameter block: the next frames of the stream, [channels][frames], any number.
    public mutating func add(_ block: [[Float]]) {
        precondition(block.count == tails.count, "\(block.count) channels, \(tails.count) expected")
        for channel in block.indices {
            let samples = tails[channel] + block[channel]
            largest = Self.peak(of: samples, filters: filters, floor: largest)
            tails[channel] = Array(samples.suffix(Self.taps - 1))
        }
    }

    public mutating func add(_ block: Waveform) { add(block.channels) }

    /// dBTP; -infinity for silence. The last 16 samples count as samples only, since what lies between them depends
    /// on what follows.
    public var decibels: Double { largest > 0 ? 20 * log10(Double(largest)) : -.infinity }

    /// The true peak as a factor, 0 or more.
    public var magnitude: Double { Double(largest) }

    /// - Parameter floor: what is known to be reached; stretches that cannot exceed it are passed over.
    private static func peak(of samples: [Float], filters: [[Float]], floor: Float) -> Float {
        // No interpolated value exceeds the largest sample it is made of times this.
        let gain = filters.map { $0.reduce(0) { $0 + abs($1) } }.max() ?? 1
        var peak = samples.reduce(floor) { max($0, abs($1)) }
        samples.withUnsafeBufferPointer { x in
            for start in stride(from: 0, to: max(0, x.count - taps + 1), by: chunk) {
                let end = min(start + chunk, x.count - taps + 1)
                var loudest: Float = 0
                for index in start..<end + taps - 1 { loudest = max(loudest, abs(x[index])) }
                guard loudest * gain > peak else { continue }
                for filter in filters {
                    filter.withUnsafeBufferPointer { h in
                        for index in start..<end {
                            peak = max(peak, abs(product(UnsafeBufferPointer(rebasing: x[index..<index + taps]), h)))
                        }
                    }
                }
            }
        }
        return peak
    }

    /// Sum of the products of two runs of `taps` numbers.
    @inline(__always)
    private static func product(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Float {
        guard let a = a.baseAddress, let b = b.baseAddress else { return 0 }
        var sum = SIMD4<Float>()
        for tap in stride(from: 0, to: taps, by: 4) { sum += SIMD4<Float>.load(a + tap) * SIMD4<Float>.load(b + tap) }
        return sum.sum()
    }
}
