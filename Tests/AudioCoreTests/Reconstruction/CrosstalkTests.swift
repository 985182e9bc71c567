import Foundation
import Testing

@testable import AudioCore

/// What a second microphone hears of a voice: found from both channels, or found not to be there.
@Suite struct CrosstalkTests {
    private let rate = 16000

    private func noise(_ count: Int, seed: UInt64, level: Float) -> [Float] {
        var source = NoiseSource(seed: seed)
        return source.samples(count).map { $0 * level }
    }

    /// Noise in syllables.
    private func voice(seconds: Int, seed: UInt64) -> [Float] {
        noise(seconds * rate, seed: seed, level: 0.2).enumerated().map { index, sample in
            sample * Float(max(0.02, sin(2 * .pi * 3 * Double(index) / Double(rate))))
        }
    }

    /// A direct sound 4 ms late and an echo of 60 ms, 16 dB under the voice.
    private func leak(of voice: [Float]) -> [Float] {
        let echo = noise(rate * 6 / 100, seed: 7, level: 0.01).enumerated().map { index, tap in
            tap * Float(exp(-5 * Double(index) / Double(rate * 6 / 100)))
        }
        var taps = [Float](repeating: 0, count: rate * 4 / 1000) + [0.15] + echo
        taps = [Float](repeating: 0, count: taps.count - 1) + taps
        return LinearPhaseFilter(taps: taps).apply(voice)
    }

    private func power(_ samples: ArraySlice<Float>) -> Double {
        samples.reduce(0) { $0 + Double($1) * Double($1) }
    }

    @Test func aLeakIsFoundAndToldApart() throws {
        let voice = voice(seconds: 24, seed: 1)
        let heard = zip(leak(of: voice), noise(voice.count, seed: 2, level: 0.0003)).map { $0 + $1 }
        let crosstalk = try #require(Crosstalk([(own: voice, other: heard)], sampleRate: rate))
        #expect(crosstalk.reductionDecibels > 20)
        // Another voice at the same place leaks in the same way.
        let other = self.voice(seconds: 4, seed: 3)
        let (wanted, found) = (leak(of: other), crosstalk.filter.apply(other))
        let error = zip(wanted, found).map { $0 - $1 }
        #expect(10 * log10(power(wanted[rate...]) / power(error[rate...])) > 20)
    }

    @Test func whereNothingLeaksNothingIsFound() {
        let voice = voice(seconds: 24, seed: 1)
        #expect(Crosstalk([(own: voice, other: noise(voice.count, seed: 2, level: 0.01))], sampleRate: rate) == nil)
        let silence = [Float](repeating: 0, count: voice.count)
        #expect(Crosstalk([(own: voice, other: silence)], sampleRate: rate) == nil)
        #expect(Crosstalk([(own: silence, other: silence)], sampleRate: rate) == nil)
    }

    @Test func aFewSecondsTellNothing() {
        let voice = voice(seconds: 6, seed: 1)
        #expect(Crosstalk([(own: voice, other: leak(of: voice))], sampleRate: rate) == nil)
    }
}
