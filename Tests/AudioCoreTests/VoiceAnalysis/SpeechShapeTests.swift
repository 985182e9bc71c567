import AudioCore
import Foundation
import TestSupport
import Testing

struct SpeechShapeTests {
    private let rate = 16_000

    /// Harmonics whose amplitude falls with a power of their number.
    private func tilted(_ slope: Double) -> [Float] {
        let tones = (1...60).map { number in
            sine(
                120 * Double(number), seconds: 1, sampleRate: rate,
                amplitude: 0.2 * pow(Double(number), slope / (20 * log10(2.0))))
        }
        return tones.dropFirst().reduce(tones[0]) { sum, tone in zip(sum, tone).map { $0 + $1 } }
    }

    @Test(arguments: [-6.0, -9, -12, -15])
    func tiltIsWhatWasPutIn(slope: Double) throws {
        let samples = tilted(slope)
        let contour = PitchContour(frameSeconds: 0.01, hertz: [Float](repeating: 120, count: 100))
        let all = [Bool](repeating: true, count: 100)
        let tilt = SpectralTilt(samples, sampleRate: rate, contour: contour, chosen: all)
        #expect(abs(try #require(tilt.decibelsPerOctave) - slope) < 0.6)
        // Power of the harmonics on both sides of 1 kHz.
        func power(_ range: ClosedRange<Int>) -> Double {
            range.reduce(0) { $0 + pow(Double($1), 2 * slope / (20 * log10(2.0))) }
        }
        let ratio = 10 * log10(power(9...41) / power(1...8))
        #expect(abs(try #require(tilt.alphaRatioDecibels) - ratio) < 0.6)
        let none = SpectralTilt(samples, sampleRate: rate, contour: contour, chosen: all.map { _ in false })
        #expect(none.decibelsPerOctave == nil && none.frames == 0)
    }

    @Test func levelsAndPausesAreThoseOfTheSound() throws {
        let tone = sine(200, seconds: 1, sampleRate: rate, amplitude: 0.1)
        let hush = [Float](repeating: 0, count: rate / 2)
        let breath = [Float](repeating: 0, count: rate / 10)
        let level = LevelContour(hush + tone + hush + tone + breath + tone + hush, sampleRate: rate)
        // A sine's mean power is half its square: -23.01 dB.
        #expect(abs(level.decibels[100] + 23.01) < 0.1)
        #expect(level.decibels[10] == LevelContour.silence)
        let pauses = level.pauses(below: -50)
        #expect(pauses.count == 1)
        let pause = try #require(pauses.first)
        #expect(abs(pause.start - 1.5) < 0.03 && abs(pause.end - 2) < 0.03)
        let sounding = try #require(level.sounding(above: -50))
        #expect(abs(sounding.start - 0.5) < 0.03 && abs(sounding.end - 4.1) < 0.03)
        #expect(level.sounding(above: 0) == nil && level.pauses(below: 0).isEmpty)
        #expect(LevelContour([], sampleRate: rate).decibels.isEmpty)
    }

    @Test("Syllables are hills of loudness", arguments: [3.0, 5, 7])
    func syllablesAreCounted(perSecond: Double) {
        let voice = KnownVoice(hertz: 130, seconds: 3)
        let shaped = voice.samples.enumerated().map { n, sample -> Float in
            let time = Double(n) / 16_000
            return sample * Float(0.05 + pow(sin(.pi * perSecond * time), 2))
        }
        let found = SyllableNuclei(shaped, sampleRate: rate, contour: voice.contour).times
        #expect(abs(Double(found.count) - 2.8 * perSecond) <= 1.01)
        for time in found {
            let phase = (time * perSecond).truncatingRemainder(dividingBy: 1)
            #expect(abs(phase - 0.5) < 0.3)
        }
    }

    @Test func hissAndSilenceHaveNoSyllables() {
        let unvoiced = PitchContour(frameSeconds: 0.01, hertz: [Float](repeating: 0, count: 100))
        #expect(SyllableNuclei(whiteNoise(rate, amplitude: 0.1), sampleRate: rate, contour: unvoiced).times.isEmpty)
        let voiced = PitchContour(frameSeconds: 0.01, hertz: [Float](repeating: 100, count: 100))
        #expect(SyllableNuclei([Float](repeating: 0, count: rate), sampleRate: rate, contour: voiced).times.isEmpty)
        #expect(SyllableNuclei([], sampleRate: rate, contour: unvoiced).times.isEmpty)
    }
}
