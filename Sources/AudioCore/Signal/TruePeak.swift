import Foundation

/// The true peak of a stream (BS.1770-4, annex 2): the largest magnitude of the signal between its samples as well,
/// found by oversampling four times (twice from 96 kHz on, not at all from 192 kHz on).
public struct TruePeak: Sendable {
    /// Taps of each phase's filter.
    private static let taps = 32
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
            largest = max(largest, Self.peak(of: samples, filters: filters))
            tails[channel] = Array(samples.suffix(Self.taps - 1))
        }
    }

    public mutating func add(_ block: Waveform) { add(block.channels) }

    /// dBTP; -infinity for silence. The last 16 samples count as samples only, since what lies between them depends
    /// on what follows.
    public var decibels: Double { largest > 0 ? 20 * log10(Double(largest)) : -.infinity }

    /// The true peak as a factor, 0 or more.
    public var magnitude: Double { Double(largest) }

    private static func peak(of samples: [Float], filters: [[Float]]) -> Float {
        var peak: Float = 0
        samples.withUnsafeBufferPointer { x in
            for value in x { peak = max(peak, abs(value)) }
            for filter in filters {
                filter.withUnsafeBufferPointer { h in
                    for start in 0..<max(0, x.count - taps + 1) {
                        var sum = SIMD8<Float>()
                        let base = UnsafeRawPointer(x.baseAddress.unsafelyUnwrapped + start)
                        let weights = UnsafeRawPointer(h.baseAddress.unsafelyUnwrapped)
                        for tap in Swift.stride(from: 0, to: taps * 4, by: 32) {
                            sum +=
                                base.loadUnaligned(fromByteOffset: tap, as: SIMD8<Float>.self)
                                * weights.loadUnaligned(fromByteOffset: tap, as: SIMD8<Float>.self)
                        }
                        peak = max(peak, abs(sum.sum()))
                    }
                }
            }
        }
        return peak
    }
}
