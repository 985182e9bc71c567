import AudioCore
import Foundation
import Testing

struct FormantTests {
    /// A pulse train through a chain of resonators: as a vocal tract has them.
    private func vowel(hertz: Double, _ resonances: [(hertz: Double, bandwidth: Double)]) -> [Float] {
        let rate = 16_000.0
        var samples = [Double](repeating: 0, count: 16_000)
        var next = 0.0
        for n in samples.indices where Double(n) >= next {
            samples[n] = 1
            next += rate / hertz
        }
        // The glottis: each octave is 6 dB weaker.
        for n in samples.indices.dropFirst() { samples[n] += exp(-2 * .pi * 100 / rate) * samples[n - 1] }
        for resonance in resonances {
            let radius = exp(-.pi * resonance.bandwidth / rate)
            let (a, b) = (2 * radius * cos(2 * .pi * resonance.hertz / rate), -radius * radius)
            var (last, before) = (0.0, 0.0)
            for n in samples.indices {
                let value = samples[n] + a * last + b * before
                (last, before) = (value, last)
                samples[n] = value
            }
        }
        let peak = samples.map(abs).max() ?? 1
        return samples.map { Float($0 / peak) }
    }

    @Test(
        "The resonances of a tube are found",
        arguments: [
            (100.0, [500.0, 1500, 2500], 5000.0), (110, [300, 2200, 2900], 5000), (105, [720, 1100, 2450], 5000),
            (180, [560, 1750, 2750], 5500), (190, [850, 1600, 2800], 5500),
        ])
    func resonancesAreFound(hertz: Double, truth: [Double], ceiling: Double) throws {
        let higher = ceiling == 5000 ? [3500.0, 4500] : [3850, 4950]
        let samples = vowel(hertz: hertz, zip(truth + higher, [80, 100, 130, 180, 250]).map { ($0, $1) })
        let analysis = FormantAnalysis(sampleRate: 16_000, ceiling: ceiling)
        let found = analysis.formants(samples, at: stride(from: 0.3, to: 0.7, by: 0.01).map { $0 })
        for (index, wanted) in truth.enumerated() {
            let hertz = found.map { $0.count > index ? $0[index].frequency : 0 }
            // Between two harmonics nothing can be known of a resonance.
            #expect(abs(quantile(0.5, of: hertz) / wanted - 1) < 0.07, "F\(index + 1) \(quantile(0.5, of: hertz))")
        }
    }

    @Test func silenceAndEdgesHaveNone() {
        let analysis = FormantAnalysis(sampleRate: 16_000, ceiling: 5000)
        #expect(analysis.formants([Float](repeating: 0, count: 8000), at: [0.25]) == [[]])
        #expect(analysis.formants([], at: [0.1]) == [[]])
        #expect(analysis.formants(vowel(hertz: 100, [(500, 80)]), at: [0.001, 0.999, 7]) == [[], [], []])
    }

    @Test func burgFindsTheFilterThatMadeTheNoise() throws {
        let truth = [-1.6, 1.1, -0.4, 0.1]
        let noise = whiteNoise(20_000, amplitude: 1)
        var samples: [Double] = []
        for n in noise.indices {
            samples.append(
                Double(noise[n]) - truth.indices.reduce(0) { $0 + (n > $1 ? truth[$1] * samples[n - 1 - $1] : 0) })
        }
        let found = try #require(LinearPrediction.burg(samples, order: 4))
        for (a, b) in zip(found, truth) { #expect(abs(a - b) < 0.02) }
        #expect(LinearPrediction.burg([0, 0, 0, 0, 0, 0], order: 2) == nil)
        #expect(LinearPrediction.burg([1, 2], order: 2) == nil)
    }

    @Test func rootsMakeThePolynomial() throws {
        // (z - 0.5)(z + 2)(z^2 - 1.2 z + 0.85): roots 0.5, -2, 0.6 +- 0.7i.
        let roots = try #require(PolynomialRoots.roots(of: [0.3, -1.95, 2.475, -0.85]))
            .sorted { ($0.real, $0.imaginary) < ($1.real, $1.imaginary) }
        for (found, truth) in zip(roots, [(-2, 0), (0.5, 0), (0.6, -0.7), (0.6, 0.7)]) {
            #expect(abs(found.real - truth.0) < 1e-9 && abs(found.imaginary - truth.1) < 1e-9)
        }
    }

    /// A tone keeps its frequency, phase and level; what the lower rate cannot hold is gone.
    @Test(arguments: [10_000, 11_000])
    func aLowerRateHoldsWhatItCan(rate: Int) {
        func tone(_ hertz: Double, _ rate: Int) -> [Float] {
            (0..<rate).map { Float(sin(2 * .pi * hertz * Double($0) / Double(rate))) }
        }
        let resampler = RationalResampler(from: 16_000, to: rate)
        for hertz in [97.0, 1000, 4800] {
            let found = resampler.resample(tone(hertz, 16_000))
            #expect(found.count == rate)
            let error = zip(found, tone(hertz, rate))[1000..<rate - 1000].map { abs($0 - $1) }.max() ?? 1
            #expect(error < 0.01, "\(hertz) Hz: \(error)")
        }
        let gone = resampler.resample(tone(6500, 16_000))[1000..<rate - 1000].map { abs($0) }.max() ?? 1
        #expect(gone < 0.01)
    }
}

extension Zip2Sequence where Sequence1 == [Float], Sequence2 == [Float] {
    fileprivate subscript(range: Range<Int>) -> [(Float, Float)] { Array(Array(self)[range]) }
}
