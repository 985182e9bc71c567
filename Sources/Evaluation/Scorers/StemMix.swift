import AudioCore
import Files
import Foundation

/// A replaced programme, taken apart by the true stems: what one person said, what stands in its place, and the rest.
///
/// The mixture is bed + each stem times a gain of its own in each channel. The gains are found by least squares; what
/// they leave unexplained says whether the stems belong to the mixture at all.
struct StemMix {
    /// The programme's own rate.
    let sampleRate: Int
    let frameCount: Int
    /// [channels][frames]: the programme, what was made of it, and the part of everybody else and the bed.
    let programme: [[Float]]
    let output: [[Float]]
    let others: [[Float]]
    /// The true bed, [channels][frames].
    let bed: [[Float]]
    /// The person's own dry stem, [frames].
    let stem: [Float]
    /// Everybody's dry stems, [frames] each.
    let stems: [SpeakerID: [Float]]

    /// The part of the mixture that stems and bed must explain, dB.
    private static let leastExplainedDB = 20.0

    init(
        programme: Waveform, output: Waveform, speaker: SpeakerID, stems: [SpeakerID: [Float]], bed: [[Float]],
        name: String
    ) throws {
        guard let own = stems[speaker] else {
            throw Self.bad(name, "the suite names no stem of \(speaker)")
        }
        guard programme.frameCount == output.frameCount, programme.channels.count == output.channels.count else {
            throw Self.bad(
                name, "the output has \(output.frameCount) frames where the input has \(programme.frameCount)")
        }
        let count = programme.frameCount
        let people = stems.keys.sorted()
        let sounds = people.map { Self.fitted(stems[$0] ?? [], count) }
        let bed = programme.channels.indices.map { Self.fitted(bed[min($0, bed.count - 1)], count) }
        var others: [[Float]] = []
        for (channel, samples) in programme.channels.enumerated() {
            let speech = zip(samples, bed[channel]).map { $0 - $1 }
            let gains = Self.gains(of: sounds, in: speech)
            var rest = speech
            for (sound, gain) in zip(sounds, gains) {
                for n in rest.indices { rest[n] -= gain * sound[n] }
            }
            let explained = Self.energy(samples) / max(1e-12, Self.energy(rest))
            guard explained > pow(10, Self.leastExplainedDB / 10) else {
                throw Self.bad(name, "its stems and bed do not add up to it")
            }
            let gain = people.firstIndex(of: speaker).map { gains[$0] } ?? 0
            let mine = Self.fitted(own, count)
            others.append(zip(samples, mine).map { $0 - gain * $1 })
        }
        sampleRate = programme.sampleRate
        frameCount = count
        self.programme = programme.channels
        self.output = output.channels
        self.others = others
        self.bed = bed
        stem = Self.fitted(own, count)
        self.stems = stems.mapValues { Self.fitted($0, count) }
    }

    /// The person as he is in the mixture, [channels][frames].
    var old: [[Float]] { Self.difference(programme, others) }
    /// What stands in his place in the output, what is left of him included.
    var new: [[Float]] { Self.difference(output, others) }

    private static func bad(_ name: String, _ cause: String) -> AudioError {
        AudioError(.badData, operation: "judge", subject: name, cause: cause, mend: "check the suite's stems and bed")
    }

    static func difference(_ a: [[Float]], _ b: [[Float]]) -> [[Float]] {
        zip(a, b).map { zip($0, $1).map { $0 - $1 } }
    }

    private static func fitted(_ samples: [Float], _ count: Int) -> [Float] {
        samples.count >= count
            ? Array(samples.prefix(count)) : samples + [Float](repeating: 0, count: count - samples.count)
    }

    private static func energy(_ samples: [Float]) -> Double { product(samples, samples) }

    private static func product(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }

    /// The gains with which the sounds explain the signal best.
    private static func gains(of sounds: [[Float]], in signal: [Float]) -> [Float] {
        let order = sounds.count
        var system = [Double](repeating: 0, count: order * order)
        for i in 0..<order {
            for j in 0...i { system[i * order + j] = product(sounds[i], sounds[j]) }
            // A silent stem gets no gain.
            system[i * order + i] += 1e-9
        }
        let right = sounds.map { product($0, signal) }
        return (Cholesky(system, order: order)?.solve(right) ?? right.map { _ in 0 }).map { Float($0) }
    }
}
