import AudioCore
import Foundation
import Testing

/// EBU Tech 3341: a stereo 1 kHz sine in phase on both channels, levels in dBFS one after another.
private func tones(_ parts: [(decibels: Double, seconds: Double)], rate: Int = 48000, hertz: Double = 1000) -> [Float] {
    var samples: [Float] = []
    for part in parts {
        let amplitude = pow(10, part.decibels / 20)
        for _ in 0..<Int(part.seconds * Double(rate)) {
            samples.append(Float(amplitude * sin(2 * .pi * hertz * Double(samples.count) / Double(rate))))
        }
    }
    return samples
}

private func meter(_ channels: [[Float]], rate: Int = 48000, block: Int = 7000) -> Loudness {
    var meter = Loudness(sampleRate: rate, channelCount: channels.count)
    var start = 0
    while start < channels[0].count {
        let end = min(start + block, channels[0].count)
        meter.add(channels.map { Array($0[start..<end]) })
        start = end
    }
    return meter
}

struct LoudnessTests {
    /// Tech 3341 test cases 1 and 2, also at other rates.
    @Test(arguments: [8000, 16000, 22050, 44100, 48000, 96000])
    func steadyTonesReadTheirLevel(rate: Int) throws {
        for level in [-23.0, -33.0] {
            let tone = tones([(level, 20)], rate: rate)
            let loudness = meter([tone, tone], rate: rate)
            #expect(abs(try #require(loudness.integrated) - level) < 0.1)
            #expect(loudness.momentary.allSatisfy { abs($0 - level) < 0.1 })
            #expect(loudness.shortTerm.allSatisfy { abs($0 - level) < 0.1 })
        }
    }

    /// Tech 3341 test cases 3, 4 and 5: the gates.
    @Test(arguments: [
        [(-36.0, 10.0), (-23, 60), (-36, 10)],
        [(-72.0, 10.0), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],
        [(-26.0, 20.0), (-20, 20.1), (-26, 20)],
    ])
    func quietPartsAreLeftOut(parts: [(Double, Double)]) throws {
        let tone = tones(parts.map { (decibels: $0.0, seconds: $0.1) })
        #expect(abs(try #require(meter([tone, tone]).integrated) + 23) < 0.1)
    }

    /// Tech 3341 test case 6: five channels, the surrounds weighted.
    @Test func surroundChannelsWeighMore() throws {
        let channels = [-28.0, -28, -24, -30, -30].map { tones([($0, 20)]) }
        #expect(abs(try #require(meter(channels).integrated) + 23) < 0.1)
        let withBass = Array(channels[0..<3]) + [tones([(-3, 20)])] + Array(channels[3...])
        #expect(abs(try #require(meter(withBass).integrated) + 23) < 0.1)
    }

    @Test func blocksDoNotMatter() {
        let tone = tones([(-30, 1.5), (-20, 2.55)], rate: 44100)
        #expect(
            meter([tone], rate: 44100, block: 1).momentary == meter([tone], rate: 44100, block: 1_000_000).momentary)
    }

    @Test func silenceAndShortStreamsHaveNoLoudness() {
        #expect(meter([[Float](repeating: 0, count: 48000)]).integrated == nil)
        #expect(meter([tones([(-20, 0.39)])]).integrated == nil)
    }

    /// Tech 3341 test cases 15 to 19: sines whose peaks lie between the samples. Tolerance +0.2 / -0.4 dB.
    @Test(arguments: [
        (divisor: 4.0, phase: 0.0, level: -6.0), (4, 45, -6), (6, 60, -6), (8, 67.5, -6), (4, 45, 3),
    ])
    func truePeaksBetweenSamplesAreFound(divisor: Double, phase: Double, level: Double) {
        let amplitude = pow(10, level / 20)
        let samples = (0..<48000).map {
            Float(amplitude * sin(2 * .pi * Double($0) / divisor + phase * .pi / 180))
        }
        // Faded in, for the standard's signals do not begin at once.
        let faded = samples.enumerated().map { $1 * min(1, Float($0) / 2400) }
        var meter = TruePeak(sampleRate: 48000, channelCount: 1)
        for start in stride(from: 0, to: 48000, by: 1000) { meter.add([Array(faded[start..<start + 1000])]) }
        #expect(meter.decibels - level < 0.2)
        #expect(meter.decibels - level > -0.4)
    }

    @Test func windowedPowerFollowsTheLevel() {
        let power = KWeighting.power(
            of: tones([(-20, 1), (-40, 1)]), sampleRate: 48000, windowSeconds: 0.4, hopSeconds: 0.1)
        #expect(power.count == 20)
        // A mono sine of -20 dBFS reads -23 LUFS.
        #expect(abs(-0.691 + 10 * log10(power[5]) + 23.01) < 0.1)
        #expect(abs(-0.691 + 10 * log10(power[15]) + 43.01) < 0.1)
        #expect(abs(KWeighting.loudness(of: tones([(-20, 1)]), sampleRate: 48000) + 23.01) < 0.1)
    }
}
