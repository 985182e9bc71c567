import Foundation

/// How loud a piece of audio is over time: tells invented words from spoken ones.
struct WhisperLevels {
    /// Samples of one level.
    private static let hop = 160
    /// Levels in dB re full scale, one every 10 ms.
    private let levels: [Float]
    /// Level that the loudest twentieth of the piece exceeds.
    let peak: Float
    let seconds: Double

    /// - Parameter samples: mono, 16 kHz.
    init(_ samples: [Float]) {
        var levels: [Float] = []
        levels.reserveCapacity(samples.count / Self.hop + 1)
        samples.withUnsafeBufferPointer { samples in
            var start = 0
            while start < samples.count {
                let end = min(start + Self.hop, samples.count)
                var sum: Float = 0
                for index in start..<end { sum += samples[index] * samples[index] }
                levels.append(10 * log10(sum / Float(end - start) + 1e-12))
                start = end
            }
        }
        self.levels = levels
        let sorted = levels.sorted()
        peak = sorted.isEmpty ? -120 : sorted[min(sorted.count - 1, sorted.count * 19 / 20)]
        seconds = Double(samples.count) / Double(WhisperMel.sampleRate)
    }

    /// Loudest level between two times; -120 where nothing lies between.
    func loudest(from start: Double, to end: Double) -> Float {
        let first = max(0, Int(start * 100))
        let last = min(levels.count, Int((end * 100).rounded(.up)))
        guard first < last else { return -120 }
        return levels[first..<last].max() ?? -120
    }

    /// Nothing that could be heard.
    var isSilent: Bool { (levels.max() ?? -120) < -65 }
}
