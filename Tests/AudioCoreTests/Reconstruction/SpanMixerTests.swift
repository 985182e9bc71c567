import Foundation
import Testing

@testable import AudioCore

@Suite struct SpanMixerTests {
    func mixer(ceiling: Float) -> SpanMixer { SpanMixer(limiter: SpanLimiter(ceiling: ceiling, sampleRate: 48000)) }

    @Test func givesBedPlusNewVoiceInsideAndTheInputAtTheRims() {
        let old = syntheticVoice(seconds: 1, sampleRate: 48000)
        let new = syntheticVoice(seconds: 1, sampleRate: 48000, pitchHertz: 200, seed: 2)
        let bed = noise(3, count: old.count, level: 0.01)
        let programme = zip(old, bed).map { $0 + $1 }
        let span = PlacedSpan(samples: 0..<old.count, fadeIn: 480, fadeOut: 480)
        let mixed = mixer(ceiling: 1).mix(span, programme: [programme], removed: [old], new: [new])
        #expect(mixed.leastGain == 1)
        for n in 480..<old.count - 480 { #expect(abs(mixed.samples[0][n] - bed[n] - new[n]) < 1e-6) }
        // What is left when the new voice is taken away is the bed, and the old voice at the rims.
        for n in 0..<old.count {
            let old = (1 - span.weights[n]) * old[n]
            #expect(abs(mixed.samples[0][n] - mixed.voice[0][n] - bed[n] - old) < 1e-6)
        }
        #expect(abs(mixed.samples[0][0] - programme[0]) < 1e-3)
    }

    @Test func joinsWithoutAClick() {
        // The worst join there is: a loud low tone exchanged for another one, cut in the middle of both.
        let old = (0..<9600).map { Float(0.5 * sin(2 * .pi * 200 * Double($0) / 48000)) }
        let new = (0..<9600).map { Float(0.5 * cos(2 * .pi * 313 * Double($0) / 48000)) }
        let span = PlacedSpan(samples: 0..<9600, fadeIn: 480, fadeOut: 480)
        let mixed = mixer(ceiling: 1).mix(span, programme: [old], removed: [old], new: [new]).samples[0]
        func roughness(_ x: [Float]) -> [Float] { (2..<x.count).map { abs(x[$0] - 2 * x[$0 - 1] + x[$0 - 2]) } }
        let around = old + mixed + old
        let rim = roughness(Array(around[9500..<10200]))
        #expect((rim.max() ?? 1) < 1.5 * (roughness(new).max() ?? 0) + 1.5 * (roughness(old).max() ?? 0))
    }

    @Test func limitsTheTruePeakAndLeavesQuietPassagesAlone() {
        // A sine at a quarter of the rate, sampled beside its crests: the true peak is 3 dB above the samples.
        let tone = (0..<48000).map { n -> Float in
            let envelope: Float = n > 20000 && n < 28000 ? 1.2 : 0.3
            return envelope * Float(sin(.pi / 2 * Double(n) + .pi / 4))
        }
        var channels = [tone, tone.map { $0 * 0.1 }]
        let span = PlacedSpan(samples: 0..<48000, fadeIn: 0, fadeOut: 0)
        let silence = channels.map { [Float](repeating: 0, count: $0.count) }
        let mixed = mixer(ceiling: 0.9).mix(span, programme: silence, removed: silence, new: channels)
        channels = mixed.samples
        #expect(mixed.leastGain < 0.8)
        var measured = TruePeak(sampleRate: 48000, channelCount: 2)
        measured.add(channels)
        #expect(measured.magnitude <= 0.905)
        #expect(channels[0][0..<15000] == tone[0..<15000])
        #expect(abs(channels[1][24000] / (tone[24000] * 0.1) - channels[0][24000] / tone[24000]) < 1e-5)
    }
}
