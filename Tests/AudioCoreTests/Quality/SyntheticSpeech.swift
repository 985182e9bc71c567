import Foundation

/// A babble of "words" with known onsets: harmonics through moving formants, fricative hiss, pauses. Enough like speech
/// for judges of timing and prosody to work on, and made without files.
struct SyntheticSpeech {
    let rate = 16000
    var samples: [Float]
    /// Seconds.
    var onsets: [Double] = []

    /// - Parameters:
    ///   - seed: chooses the words; the same seed says the same.
    ///   - pitch: Hz, the voice's middle.
    ///   - formantScale: the length of the vocal tract: another speaker.
    ///   - delay: moves each moment of the speech, seconds as a function of seconds.
    init(
        seed: UInt64, seconds: Double = 6, pitch: Double = 120, formantScale: Double = 1,
        delay: (Double) -> Double = { _ in 0 }
    ) {
        var state = seed
        func random() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        var words: [(start: Double, end: Double, vowels: [(Double, Double)], hiss: Double)] = []
        var time = 0.3
        while time < seconds - 0.7 {
            let length = 0.2 + 0.3 * random()
            words.append(
                (time, time + length, (0..<3).map { _ in (300 + 500 * random(), 900 + 1400 * random()) }, random()))
            time += length + (random() < 0.3 ? 0.2 : 0.03)
        }
        samples = [Float](repeating: 0, count: Int(seconds * Double(rate)))
        var phase = 0.0
        for n in samples.indices {
            // What is heard now was said `delay` earlier.
            let heard = Double(n) / Double(rate)
            var moment = heard
            for _ in 0..<4 { moment = heard - delay(moment) }
            let melody = pitch * (1 + 0.25 * sin(2 * .pi * moment / 1.7) + 0.1 * sin(2 * .pi * moment / 0.45))
            phase += melody / Double(rate)
            guard let word = words.first(where: { $0.start <= moment && moment < $0.end }) else {
                samples[n] = Float(1e-4 * (random() - 0.5))
                continue
            }
            let position = (moment - word.start) / (word.end - word.start)
            let envelope = min(1, position / 0.08, (1 - position) / 0.15)
            if position < 0.2 * word.hiss {
                samples[n] = Float(0.1 * envelope * (random() - 0.5))
                continue
            }
            let vowel = word.vowels[min(2, Int(position * 3))]
            var value = 0.0
            for harmonic in 1...Int(3600 / melody) {
                let hertz = Double(harmonic) * melody
                let first = exp(-pow((hertz - vowel.0 * formantScale) / 120, 2))
                let second = 0.4 * exp(-pow((hertz - vowel.1 * formantScale) / 180, 2))
                value += (first + second + 0.3 / Double(harmonic)) * sin(2 * .pi * phase * Double(harmonic))
            }
            samples[n] = Float(0.15 * envelope * value)
        }
        onsets = words.map(\.start)
    }
}
