import AudioCore
import Foundation
import Testing

@Suite("Watermark") struct WatermarkTests {
    /// Noise whose bands rise and fall as in speech: syllables of 200 ms, [n].
    static func speech(seconds: Double, rate: Int, seed: UInt64 = 1) -> [Float] {
        var generator = SplitMix64(state: seed)
        var low: Float = 0
        return (0..<Int(seconds * Double(rate))).map { n in
            let noise = Float.random(in: -1...1, using: &generator)
            low += 0.3 * (noise - low)
            let time = Double(n) / Double(rate)
            let syllable = Float(0.15 + 0.85 * pow(sin(.pi * time / 0.2), 2))
            return 0.3 * syllable * (0.7 * low + 0.3 * noise)
        }
    }

    /// Every third or second sample, after a running mean: crude, and enough below 7.5 kHz.
    static func at16k(_ samples: [Float]) -> [Float] {
        stride(from: 0, to: samples.count - 2, by: 3).map { (samples[$0] + samples[$0 + 1] + samples[$0 + 2]) / 3 }
    }

    static func find(_ samples: [Float], block: Int = 7001) -> [MarkedInterval] {
        let detector = WatermarkDetector()
        for start in stride(from: 0, to: samples.count, by: block) {
            detector.push(Array(samples[start..<min(samples.count, start + block)]))
        }
        return detector.finish()
    }

    @Test("Marked speech in the middle of other speech is found to half a second, wherever the file was cut")
    func localised() throws {
        let plain = Self.speech(seconds: 20, rate: 48000)
        let marked = WatermarkEmbedder(sampleRate: 48000).mark(
            Array(plain[48000 * 7..<48000 * 11]), firstFrame: 336_000)
        let whole = Array(plain[0..<48000 * 7]) + marked + Array(plain[(48000 * 11)...])
        for cut in [0, 31_415, 100_003] {
            let found = Self.find(Self.at16k(Array(whole.dropFirst(cut))))
            let interval = try #require(found.first)
            #expect(found.count == 1)
            #expect(abs(interval.span.start - (7 - Double(cut) / 48000)) < 0.5)
            #expect(abs(interval.span.end - (11 - Double(cut) / 48000)) < 0.5)
            #expect(interval.score > WatermarkDetector.threshold)
        }
    }

    @Test("A second is enough, at any rate and level", arguments: [16000, 48000], [Float(0.03), 1])
    func short(rate: Int, gain: Float) throws {
        let plain = Self.speech(seconds: 6, rate: rate, seed: 9)
        let marked = WatermarkEmbedder(sampleRate: rate).mark(
            Array(plain[2 * rate..<3 * rate + rate / 2]), firstFrame: 5)
        let whole = (plain[..<(2 * rate)] + marked + plain[(3 * rate + rate / 2)...]).map { gain * $0 }
        let found = Self.find(rate == 16000 ? whole : Self.at16k(whole))
        let interval = try #require(found.first)
        #expect(interval.span.overlap(with: TimeSpan(start: 2, end: 3.5)) > 0.9)
    }

    @Test("Two pieces are marked as if they were one: the pattern follows the programme's time")
    func pieces() throws {
        let plain = Self.speech(seconds: 8, rate: 16000)
        let embedder = WatermarkEmbedder(sampleRate: 16000)
        let cut = 50_000
        let joined =
            embedder.mark(Array(plain[..<cut]), firstFrame: 0) + embedder.mark(Array(plain[cut...]), firstFrame: cut)
        let found = Self.find(joined)
        #expect(found.count == 1)
        let interval = try #require(found.first)
        #expect(interval.span.seconds > 7)
        let period = 16.336
        #expect(min(interval.phaseSeconds, period - interval.phaseSeconds) < 0.013)
    }

    @Test("Noise, tones, silence and nothing are not marked")
    func unmarked() {
        #expect(Self.find(Self.speech(seconds: 60, rate: 16000, seed: 77)).isEmpty)
        #expect(Self.find((0..<320_000).map { Float(sin(Double($0) * 0.5) + sin(Double($0) * 1.3)) }).isEmpty)
        #expect(Self.find([Float](repeating: 0, count: 160_000)).isEmpty)
        #expect(Self.find([]).isEmpty)
        #expect(Self.find([0.5]).isEmpty)
    }

    @Test("The level stays, silence stays silent, and the change is small")
    func quiet() {
        var speech = Self.speech(seconds: 4, rate: 24000)
        for n in 48000..<72000 { speech[n] = 0 }
        let marked = WatermarkEmbedder(sampleRate: 24000).mark(speech, firstFrame: 123)
        #expect(marked.count == speech.count)
        #expect(marked[49000..<71000].allSatisfy { abs($0) < 1e-6 })
        func power(_ samples: [Float]) -> Double { samples.reduce(0) { $0 + Double($1) * Double($1) } }
        let change = zip(marked, speech).map { $0 - $1 }
        #expect(power(change) < 0.03 * power(speech))
        #expect(abs(10 * log10(power(marked) / power(speech))) < 0.1)
        for count in [0, 1, 100] {
            #expect(
                WatermarkEmbedder(sampleRate: 44100).mark([Float](repeating: 0.1, count: count), firstFrame: 0).count
                    == count)
        }
    }
}
