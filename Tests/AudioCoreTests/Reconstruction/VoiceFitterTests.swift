import Foundation
import Testing

@testable import AudioCore

@Suite struct VoiceFitterTests {
    let grid = SpectralGrid(sampleRate: 48000)

    func spectrum(_ samples: [Float]) -> [Double] {
        var spectrum = LongTermSpectrum(grid)
        let frames = grid.transform.transform(samples)
        spectrum.add(frames)
        return spectrum.mean ?? []
    }

    func level(_ samples: [Float], _ low: Double, _ high: Double) -> Double {
        let spectrum = spectrum(samples)
        let bins = grid.bins(low, high)
        return decibels(bins.reduce(0) { $0 + spectrum[$1] })
    }

    func lowPassed(_ samples: [Float], hertz: Double) -> [Float] {
        let gains = (0...1024).map { Float(Double($0) / 1024 * 24000 < hertz ? 1 : 0) }
        return LinearPhaseFilter(gains: gains, tapCount: 1025).apply(samples)
    }

    @Test func takesOverLevelAndSpectrum() {
        let old = lowPassed(syntheticVoice(seconds: 6, sampleRate: 48000, seed: 4), hertz: 9000)
        // Brighter by up to 12 dB, twice as loud, and 24 kHz audio that knows nothing above 12 kHz.
        let tilt = (0...1024).map { Float(pow(10, min(12, Double($0) / 1024 * 24) / 20)) }
        let bright = LinearPhaseFilter(gains: tilt, tapCount: 1025)
        let new = lowPassed(
            bright.apply(syntheticVoice(seconds: 6, sampleRate: 48000, pitchHertz: 200, seed: 5)).map { $0 * 2 },
            hertz: 12000)
        let tone = ToneMatch(
            old: spectrum(old), new: spectrum(new), newBandHertz: 11500, lowEdgeHertz: 100, matches: true, grid: grid)
        let colour = [Float](repeating: 1, count: grid.bandCount)
        let fitted = VoiceFitter(tone: tone, followsLevel: true, grid: grid).fit(
            new: new, vocals: old, colour: colour, spans: [0..<old.count])
        #expect(abs(decibels(fitted.newPower / fitted.oldPower)) < 0.1)
        #expect(abs(decibels(meanSquare(fitted.samples) / meanSquare(old))) < 1.5)
        for (low, high) in [(300.0, 1000.0), (1000.0, 3000.0), (4000.0, 8000.0)] {
            #expect(abs(level(fitted.samples, low, high) - level(old, low, high)) < 3)
        }
        // The original ends at 9 kHz: so does the new voice.
        #expect(level(fitted.samples, 12000, 20000) < level(old, 1000, 4000) - 50)
    }

    @Test func addsAHighBandAtTheOldLevelWhereThereWasOne() {
        let old = syntheticVoice(seconds: 6, sampleRate: 48000, seed: 4)
        let new = lowPassed(syntheticVoice(seconds: 6, sampleRate: 48000, pitchHertz: 200, seed: 5), hertz: 11700)
        let tone = ToneMatch(
            old: spectrum(old), new: spectrum(new), newBandHertz: 11500, lowEdgeHertz: 100, matches: true, grid: grid)
        let colour = [Float](repeating: 1, count: grid.bandCount)
        let fitted = VoiceFitter(tone: tone, followsLevel: false, grid: grid).fit(
            new: new, vocals: old, colour: colour, spans: [0..<old.count])
        #expect(abs(level(fitted.samples, 12500, 15500) - level(old, 12500, 15500)) < 3)
        #expect(abs(level(fitted.samples, 16500, 19000) - level(old, 16500, 19000)) < 3)
    }

    @Test func followsShortTermLoudness() {
        let rate = 48000.0
        let old = syntheticVoice(seconds: 8, sampleRate: 48000, seed: 4).enumerated().map { index, sample in
            sample * (sin(2 * .pi * 0.25 * Double(index) / rate) > 0 ? 1 : 0.5)
        }
        let new = syntheticVoice(seconds: 8, sampleRate: 48000, pitchHertz: 180, seed: 6)
        let flat = [Double](repeating: 1, count: grid.binCount)
        let tone = ToneMatch(old: flat, new: flat, newBandHertz: 24000, lowEdgeHertz: 100, matches: false, grid: grid)
        let colour = [Float](repeating: 1, count: grid.bandCount)
        let fitted = VoiceFitter(tone: tone, followsLevel: true, grid: grid).fit(
            new: new, vocals: old, colour: colour, spans: [0..<old.count]
        ).samples
        for second in [0.5, 2.5, 4.5, 6.5] {
            let range = Int(second * rate)..<Int((second + 1) * rate)
            #expect(abs(decibels(meanSquare(fitted[range]) / meanSquare(old[range]))) < 1.5)
        }
    }

    @Test func delaysByFractionsOfASample() {
        let sine = (0..<4800).map { Float(sin(2 * .pi * 1000 * Double($0) / 48000)) }
        let moved = LinearPhaseFilter.delay(2.4).apply(sine)
        for n in 1000..<3000 {
            #expect(abs(Double(moved[n]) - sin(2 * .pi * 1000 * (Double(n) - 2.4) / 48000)) < 1e-3)
        }
    }

    @Test func placesTheVoice() {
        let voice = syntheticVoice(seconds: 1, sampleRate: 48000)
        let placed = VoicePlacement(gains: [1, 0.5], delaySamples: [0, 0]).place(voice)
        #expect(placed[0] == voice)
        #expect(abs(decibels(meanSquare(placed[1]) / meanSquare(voice)) + 6.02) < 0.01)
    }
}
