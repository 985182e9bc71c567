import AudioCore
import Foundation
import TestSupport
import Testing

/// A pulse-like voice whose pitch glides, with 0.3 s of silence on both sides and a hiss in the middle.
private struct GlidingVoice {
    let rate: Int
    var samples: [Float] = []
    /// Hz at each sample; 0 where unvoiced.
    var hertz: [Double] = []

    init(rate: Int, from low: Double, to high: Double) {
        self.rate = rate
        var phase = 0.0
        for n in 0..<2 * rate {
            let time = Double(n) / Double(rate)
            let voiced = (0.3..<1.7).contains(time) && !(0.9..<1.1).contains(time)
            let pitch = low * pow(high / low, min(1, max(0, (time - 0.3) / 1.4)))
            phase += pitch / Double(rate)
            var value = 0.0
            if voiced {
                for harmonic in 1...10 { value += sin(2 * .pi * phase * Double(harmonic)) / Double(harmonic) }
            } else if (0.9..<1.1).contains(time) {
                value = Double.random(in: -0.7...0.7)
            }
            samples.append(Float(0.1 * value + Double.random(in: -1e-3...1e-3)))
            hertz.append(voiced ? pitch : 0)
        }
    }

    func check(_ contour: PitchContour, semitones: Double, sourceLocation: SourceLocation = #_sourceLocation) {
        var (wrong, voiced, missed, unvoiced, invented) = (0, 0, 0, 0, 0)
        for (frame, found) in contour.hertz.enumerated() {
            let time = Double(frame) * contour.frameSeconds
            // Frames whose window crosses an edge may go either way.
            guard [0.3, 0.9, 1.1, 1.7].allSatisfy({ abs($0 - time) > 0.04 }) else { continue }
            let truth = hertz[min(hertz.count - 1, Int(time * Double(rate)))]
            if truth > 0 {
                voiced += 1
                if found == 0 { missed += 1 } else if abs(12 * log2(Double(found) / truth)) > semitones { wrong += 1 }
            } else {
                unvoiced += 1
                if found > 0 { invented += 1 }
            }
        }
        #expect(voiced > 60 && unvoiced > 40, sourceLocation: sourceLocation)
        #expect(wrong == 0, sourceLocation: sourceLocation)
        #expect(missed <= voiced / 50, sourceLocation: sourceLocation)
        #expect(invented <= unvoiced / 20, sourceLocation: sourceLocation)
    }
}

struct PitchTests {
    @Test(arguments: [(16000, 80.0, 140.0), (16000, 180, 320), (24000, 110, 220), (48000, 90, 130)])
    func trackersFollowAGlide(rate: Int, low: Double, high: Double) {
        let voice = GlidingVoice(rate: rate, from: low, to: high)
        let contour = PitchTracker(sampleRate: rate).track(voice.samples)
        #expect(contour.hertz.count == 160)
        voice.check(contour, semitones: 0.15)
        voice.check(JudgePitchTracker(sampleRate: rate).track(voice.samples), semitones: 0.3)
    }

    @Test func silenceIsUnvoiced() {
        let silence = [Float](repeating: 0, count: 16000)
        #expect(PitchTracker(sampleRate: 16000).track(silence).voicedShare == 0)
        #expect(JudgePitchTracker(sampleRate: 16000).track(silence).voicedShare == 0)
        #expect(PitchTracker(sampleRate: 16000).track([]).hertz.isEmpty)
        #expect(JudgePitchTracker(sampleRate: 16000).track([]).hertz.isEmpty)
        #expect(PitchTracker(sampleRate: 16000).track([0.5]).hertz == [0])
    }

    @Test func levelDoesNotMatter() {
        let voice = GlidingVoice(rate: 16000, from: 100, to: 150)
        let loud = PitchTracker(sampleRate: 16000).track(voice.samples)
        let quiet = PitchTracker(sampleRate: 16000).track(voice.samples.map { $0 / 64 })
        #expect(loud == quiet)
    }

    @Test(
        "Sound that fades out into the smallest numbers has no pitch there",
        arguments: [Float(1e-20), 1e-38, 7 * Float.leastNonzeroMagnitude])
    func subnormalNumbers(_ scale: Float) {
        let voice = sine(150, seconds: 0.5, sampleRate: 16000)
        let faint = (0..<8000).map { scale * Float(1 + $0 % 7) }
        let contour = PitchTracker(sampleRate: 16000).track(voice + faint)
        #expect(contour.voicedHertz.count > 30)
        #expect(contour.voicedHertz.allSatisfy { abs($0 - 150) < 1 })
        // By itself the faint sound has the pitch of its period as long as its square is more than nothing.
        let alone = PitchTracker(sampleRate: 16000).track(faint).voicedHertz
        #expect(alone.isEmpty == (scale * scale == 0))
    }
}
