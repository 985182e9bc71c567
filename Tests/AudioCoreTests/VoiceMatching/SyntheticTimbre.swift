import AudioCore
import Foundation

/// Talkers made of pulses through three resonances: the same sounds, other mouths.
struct SyntheticTimbre {
    /// What all resonances are multiplied by: a shorter throat is above 1.
    var scale: Double
    /// How much of the high frequencies goes, 0...1.
    var tilt: Double
    var hertz = 120.0

    static let sampleRate = 24_000
    /// Formants of five vowels, Hz.
    private static let vowels: [[Double]] = [
        [730, 1090, 2440], [270, 2290, 3010], [530, 1840, 2480], [570, 840, 2410], [300, 870, 2240],
    ]

    /// - Parameters:
    ///   - sounds: vowels 0...4, each 120 ms; -1 is a pause.
    ///   - noise: amplitude of a hiss under everything.
    func say(_ sounds: [Int], amplitude: Float = 0.2, noise: Float = 1e-5, seed: UInt64 = 1) -> [Float] {
        let each = Self.sampleRate * 12 / 100
        var generator = SplitMix64(state: seed)
        var output: [Float] = []
        var phase = 0.0
        var memory = [[Double]](repeating: [0, 0], count: 3)
        var low = 0.0
        for (place, sound) in sounds.enumerated() {
            let formants = sound < 0 ? nil : Self.vowels[sound]
            let next = place + 1 < sounds.count && sounds[place + 1] >= 0 ? Self.vowels[sounds[place + 1]] : formants
            for n in 0..<each {
                phase += hertz / Double(Self.sampleRate)
                var value = 0.0
                if phase >= 1 {
                    phase -= 1
                    value = formants == nil ? 0 : 1
                }
                value += 1e-3 * Double.random(in: -1...1, using: &generator) * (formants == nil ? 0 : 1)
                let share = Double(n) / Double(each)
                for index in 0..<3 {
                    let (a, b) = ((formants ?? next ?? Self.vowels[0])[index], (next ?? Self.vowels[0])[index])
                    let centre = (a + (b - a) * share) * scale
                    let radius = exp(-.pi * (60 + 30 * Double(index)) / Double(Self.sampleRate))
                    let angle = 2 * .pi * centre / Double(Self.sampleRate)
                    let resonated =
                        value + 2 * radius * cos(angle) * memory[index][0] - radius * radius * memory[index][1]
                    memory[index] = [resonated, memory[index][0]]
                    value = resonated * (1 - radius)
                }
                low += (1 - tilt) * (value - low)
                output.append(Float(low) + noise * Float.random(in: -1...1, using: &generator))
            }
        }
        let peak = output.reduce(Float(0)) { max($0, abs($1)) }
        return output.map { $0 * amplitude / max(1e-9, peak) }
    }

    /// A sequence of vowels with pauses.
    static func sentence(_ count: Int, seed: UInt64) -> [Int] {
        var generator = SplitMix64(state: seed)
        return (0..<count).map { $0 % 12 == 11 ? -1 : Int.random(in: 0...4, using: &generator) }
    }
}
