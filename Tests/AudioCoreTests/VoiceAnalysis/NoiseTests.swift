import AudioCore
import Foundation
import Testing

struct NoiseTests {
    /// A voice in white noise: what repeats itself is the voice, what does not the noise.
    @Test(arguments: [5.0, 10, 15, 20, 25])
    func harmonicityIsTheRatio(decibels: Double) throws {
        let voice = KnownVoice(hertz: 160)
        let noise = whiteNoise(
            voice.samples.count, amplitude: rootMeanSquare(voice.samples) * pow(10, -decibels / 20))
        let noisy = zip(voice.samples, noise).map { $0 + $1 }
        let found = Harmonicity(sampleRate: voice.sampleRate).decibels(noisy, contour: voice.contour)
        let inside = found[30..<170].compactMap(\.self)
        #expect(inside.count == 140)
        let mean = inside.reduce(0, +) / Double(inside.count)
        // Of several lags the luckiest one counts: a little too much, most in the deepest noise.
        #expect(abs(mean - decibels) < 1.6, "\(mean)")
    }

    @Test func silenceAndUnvoicedFramesHaveNone() {
        let voice = KnownVoice()
        let unvoiced = PitchContour(frameSeconds: 0.01, hertz: [Float](repeating: 0, count: 200))
        let harmonicity = Harmonicity(sampleRate: 16_000)
        #expect(harmonicity.decibels(voice.samples, contour: unvoiced).allSatisfy { $0 == nil })
        #expect(harmonicity.decibels([], contour: PitchContour(frameSeconds: 0.01, hertz: [])).isEmpty)
    }

    /// Noise is put in with a known share of the voice's power between 2 and 5 kHz.
    @Test(arguments: [-30.0, -22, -14])
    func breathIsWhatWasPutIn(decibels: Double) throws {
        let voice = KnownVoice(hertz: 130)
        let white = whiteNoise(voice.samples.count, amplitude: 1)
        // Of white noise below 8 kHz three eighths lie between 2 and 5 kHz.
        let scale = Float(rootMeanSquare(voice.samples) * pow(10, decibels / 20) / (3.0 / 8).squareRoot())
        let breathy = zip(voice.samples, white).map { $0 + scale * $1 }
        let all = voice.contour.hertz.map { _ in true }
        let found = BreathNoise(breathy, sampleRate: voice.sampleRate, contour: voice.contour, chosen: all)
        let clear = BreathNoise(voice.samples, sampleRate: voice.sampleRate, contour: voice.contour, chosen: all)
        #expect(abs(try #require(found.decibels) - decibels) < 2)
        #expect(try #require(clear.decibels) < -32)
        var nothing = BreathNoise()
        #expect(nothing.decibels == nil)
        nothing.add(found)
        #expect(nothing.decibels == found.decibels)
    }
}
