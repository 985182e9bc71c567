import AudioCore
import Foundation

/// How near a separated sound comes to the true one.
public struct SeparationScore: Sendable, Equatable {
    /// Scale-invariant signal-to-distortion ratio, dB (Le Roux et al. 2019): whatever is not the true sound, louder or
    /// softer, is distortion. No mean is taken out.
    public let scaleInvariantDB: Double?
    /// Signal-to-distortion ratio of BSS Eval (Vincent et al. 2006), dB: the true sound may also be filtered by any
    /// 512 taps, so that colouring and small delays cost nothing.
    public let distortionDB: Double?

    private static let taps = 512
    /// What is added to the filter's normal equations, re their diagonal: a band-limited sound leaves them singular.
    /// Costs nothing below 80 dB.
    private static let loading = 1e-10

    /// - Parameters: samples at one rate, [n] each. Nil figures where one of them is silent or they agree exactly.
    public init(reference: [Float], estimate: [Float]) {
        precondition(reference.count == estimate.count, "\(reference.count) and \(estimate.count) samples")
        let (own, cross) = CorrelationSums.lags(Self.taps, of: reference, reference, with: estimate)
        let energy = CorrelationSums.energy(of: estimate)
        guard own[0] > 0, energy > 0 else {
            (scaleInvariantDB, distortionDB) = (nil, nil)
            return
        }
        scaleInvariantDB = Self.decibels(cross[0] * cross[0] / own[0], of: energy)
        var system = [Double](repeating: 0, count: Self.taps * Self.taps)
        for i in 0..<Self.taps {
            for j in 0...i { system[i * Self.taps + j] = own[i - j] }
            system[i * Self.taps + i] *= 1 + Self.loading
        }
        distortionDB = Cholesky(system, order: Self.taps).flatMap { system in
            let filter = system.solve(cross)
            return Self.decibels(zip(filter, cross).reduce(0) { $0 + $1.0 * $1.1 }, of: energy)
        }
    }

    /// The part of the energy that is the true sound, re the rest.
    private static func decibels(_ part: Double, of energy: Double) -> Double? {
        guard part > 0, part < energy else { return nil }
        return 10 * log10(part / (energy - part))
    }
}

/// Products of signals with each other, shifted, summed over their whole length.
enum CorrelationSums {
    private static let size = 8192

    static func energy(of samples: [Float]) -> Double {
        samples.reduce(0.0) { $0 + Double($1) * Double($1) }
    }

    /// - Parameters:
    ///   - base, first, second: samples, [n] each.
    /// - Returns: `sum over n of base[n] other[n + lag]` for lags 0..<count, for both others; beyond the end is silence.
    static func lags(
        _ count: Int, of base: [Float], _ first: [Float], with second: [Float]
    ) -> (first: [Double], second: [Double]) {
        let fft = RealFFT(size: size)
        let step = size - count
        var sums = (0..<2).map { _ in [Double](repeating: 0, count: 2 * fft.binCount) }
        for start in stride(from: 0, to: base.count, by: step) {
            let head = spectrum(base, start..<start + step, fft)
            for (index, other) in [first, second].enumerated() {
                let whole = spectrum(other, start..<start + size, fft)
                for bin in 0..<fft.binCount {
                    let (a, b) = (Double(head.real[bin]), Double(head.imaginary[bin]))
                    let (c, d) = (Double(whole.real[bin]), Double(whole.imaginary[bin]))
                    sums[index][2 * bin] += a * c + b * d
                    sums[index][2 * bin + 1] += a * d - b * c
                }
            }
        }
        let lags = sums.map { sum in
            inverse(sum, bins: fft.binCount, count: count)
        }
        return (lags[0], lags[1])
    }

    private static func spectrum(
        _ samples: [Float], _ range: Range<Int>, _ fft: RealFFT
    ) -> (real: [Float], imaginary: [Float]) {
        var block = [Float](repeating: 0, count: size)
        for index in range.clamped(to: samples.indices) { block[index - range.lowerBound] = samples[index] }
        return fft.forward(block)
    }

    /// The first lags, in double precision, so that quiet parts of loud spectra are not lost.
    private static func inverse(_ spectrum: [Double], bins: Int, count: Int) -> [Double] {
        let turns = (0..<size).map { 2 * Double.pi * Double($0) / Double(size) }
        let (cosines, sines) = (turns.map { cos($0) }, turns.map { sin($0) })
        return (0..<count).map { lag in
            var sum = spectrum[0] + (lag % 2 == 0 ? 1 : -1) * spectrum[2 * (bins - 1)]
            for bin in 1..<bins - 1 {
                let turn = bin * lag % size
                sum += 2 * (spectrum[2 * bin] * cosines[turn] - spectrum[2 * bin + 1] * sines[turn])
            }
            return sum / Double(size)
        }
    }
}
