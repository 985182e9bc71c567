import Foundation

@testable import AudioCore

/// Speech-like sound: harmonics of a gliding pitch and hiss, in syllables of 200 ms with pauses.
func syntheticVoice(seconds: Double, sampleRate: Int, pitchHertz: Double = 220, seed: UInt64 = 1) -> [Float] {
    var noise = NoiseSource(seed: seed)
    let hiss = noise.samples(Int(seconds * Double(sampleRate)))
    var phase = 0.0
    return hiss.enumerated().map { index, hiss in
        let time = Double(index) / Double(sampleRate)
        phase += pitchHertz * (1 + 0.2 * sin(2 * .pi * 0.7 * time)) / Double(sampleRate)
        let syllable = max(0, sin(2 * .pi * 2.5 * time)) * (sin(2 * .pi * 0.4 * time) > -0.8 ? 1 : 0)
        let tone = sawtooth(2 * .pi * phase, harmonics: 30)
        return Float(0.1 * syllable * (tone + 0.15 * Double(hiss)))
    }
}

/// Sum of sin(k x) / k, by Chebyshev's recurrence.
func sawtooth(_ x: Double, harmonics: Int) -> Double {
    var (previous, current, sum) = (0.0, sin(x), 0.0)
    let turn = 2 * cos(x)
    for harmonic in 1...harmonics {
        sum += current / Double(harmonic)
        (previous, current) = (current, turn * current - previous)
    }
    return sum
}

func noise(_ seed: UInt64, count: Int, level: Float) -> [Float] {
    var source = NoiseSource(seed: seed)
    return source.samples(count).map { $0 * level }
}

func meanSquare(_ samples: some Collection<Float>) -> Double {
    samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))
}

func decibels(_ power: Double) -> Double { 10 * log10(max(1e-20, power)) }

/// Part of `error` that goes with `voice`, in dB re the voice: least squares over tiles of frames and bins, what chance
/// would correlate taken off.
func ghost(_ error: [Float], voice: [Float], grid: SpectralGrid) -> Double {
    let error = grid.transform.transform(error)
    let voice = grid.transform.transform(voice)
    let (tileFrames, tileBins) = (8, 4)
    var ghost = 0.0
    var whole = 0.0
    for frame in stride(from: 0, to: voice.frames - tileFrames + 1, by: tileFrames) {
        for bin in stride(from: grid.bin(hertz: 150), to: voice.bins - tileBins + 1, by: tileBins) {
            var (real, imaginary, voicePower, errorPower) = (0.0, 0.0, 1e-12, 0.0)
            for f in frame..<frame + tileFrames {
                for b in bin..<bin + tileBins {
                    let at = f * voice.bins + b
                    let (er, ei) = (Double(error.real[at]), Double(error.imaginary[at]))
                    let (vr, vi) = (Double(voice.real[at]), Double(voice.imaginary[at]))
                    real += er * vr + ei * vi
                    imaginary += ei * vr - er * vi
                    voicePower += vr * vr + vi * vi
                    errorPower += er * er + ei * ei
                }
            }
            let common = (real * real + imaginary * imaginary) / voicePower
            ghost += max(0, common - (errorPower - common) / 8)
            whole += voicePower
        }
    }
    return decibels(ghost / whole)
}
