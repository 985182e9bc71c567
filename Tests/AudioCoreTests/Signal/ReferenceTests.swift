import AudioCore
import Foundation
import Testing

/// Knuth's linear congruential generator, so that Python makes the very same noise.
private struct Noise {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// 0 ..< 1.
    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 53)
    }
}

/// Values that other programs gave for the same signals.
struct ReferenceTests {
    /// Reference: Praat 6.1.38 (parselmouth), To Pitch (ac), time step 0.0125, 60-500 Hz, octave jump cost 0.6,
    /// voiced/unvoiced cost 0.14, voicing threshold 0.45, on the signal without the 100 zeros before it. They move
    /// Praat's first frame, at 31.25 ms, onto our frame 3.
    private static let praat: [Float] = [
        0, 0, 0, 0, 0, 186.65, 186.98, 189.48, 193.84, 197.98, 201.75, 204.87, 208.05, 209.83, 211.17, 211.99, 212.04,
        211.5, 210.37, 208.64, 206.34, 203.54, 200.07, 196.14, 191.53, 186.6, 181.42, 176.16, 170.88, 165.64, 160.39,
        155.09, 149.95, 146.77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 97.08, 96.21, 94.83, 93.84, 92.92, 92.74, 92.5,
        92.49, 92.96, 93.71, 94.76, 95.95, 97.5, 99.37, 101.26, 103.76, 106.55, 109.86, 112.95, 116.8, 121.19, 125.3,
        129.65, 132.41, 0, 0, 0, 0, 0, 0,
    ]

    @Test func pitchIsPraats() {
        var noise = Noise(seed: 1)
        var phase = 0.0
        var samples = [Float](repeating: 0, count: 100)
        for n in 0..<16000 {
            let time = Double(n) / 16000
            phase += 140 * pow(2, 0.6 * sin(2 * .pi * 1.1 * time)) / 16000
            var value = 0.0
            if (0.1..<0.45).contains(time) || (0.6..<0.9).contains(time) {
                for harmonic in 1...8 { value += sin(2 * .pi * phase * Double(harmonic)) / Double(harmonic) }
                value *= 0.5 + 0.5 * pow(sin(2 * .pi * 3 * time), 2)
            }
            samples.append(Float(0.1 * value + 0.02 * (noise.next() - 0.5)))
        }
        samples += [Float](repeating: 0, count: 100)
        let found = PitchTracker(sampleRate: 16000).track(samples, floor: 60, ceiling: 500).hertz
        for (frame, expected) in Self.praat.enumerated() {
            let hertz = found[frame + 3]
            #expect((hertz > 0) == (expected > 0), "voicing of frame \(frame)")
            // The interpolation differs in its taper: a tenth of a percent.
            if expected > 0 { #expect(abs(hertz / expected - 1) < 1e-3, "\(hertz) for \(expected), frame \(frame)") }
        }
    }

    /// Reference: FFmpeg 5.1's ebur128 filter (libebur128): I = -15.227 LUFS, true peak 0.633.
    @Test func loudnessIsLibebur128s() throws {
        var noise = Noise(seed: 7)
        let samples = (0..<441_000).map { n -> Float in
            let time = Double(n) / 44100
            var decibels = -6.0
            if time > 4 { decibels -= 14 }
            if time > 6 && time < 8 { decibels -= 25 }
            let hiss = (noise.next() - 0.5) * pow(10, decibels / 20)
            return Float(hiss + 0.2 * sin(2 * .pi * 90 * time))
        }
        var loudness = Loudness(sampleRate: 44100, channelCount: 1)
        loudness.add([samples])
        #expect(abs(try #require(loudness.integrated) + 15.227) < 0.01)
        var peak = TruePeak(sampleRate: 44100, channelCount: 1)
        for start in stride(from: 0, to: samples.count, by: 4410) { peak.add([Array(samples[start..<start + 4410])]) }
        // FFmpeg's filter is another one; in white noise they differ by a few hundredths of a decibel.
        #expect(abs(peak.magnitude / 0.633 - 1) < 0.02)
    }
}
