import Foundation

/// The level of a voice over time: root mean square of 40 ms about each frame (Hann), in dB re full scale. Frame i is
/// centred on `i * frameSeconds`.
public struct LevelContour: Sendable, Equatable {
    /// What is no sound at all.
    public static let silence = -120.0
    private static let windowSeconds = 0.04

    public let frameSeconds: Double
    /// dB, [frames].
    public let decibels: [Double]

    public init(frameSeconds: Double, decibels: [Double]) {
        self.frameSeconds = frameSeconds
        self.decibels = decibels
    }

    /// - Parameter samples: mono.
    public init(_ samples: [Float], sampleRate: Int, frameSeconds: Double = 0.01) {
        self.frameSeconds = frameSeconds
        let half = Int(Self.windowSeconds / 2 * Double(sampleRate))
        let window = Window.symmetricHann(2 * half + 1)
        let total = Double(window.reduce(0, +))
        let hop = frameSeconds * Double(sampleRate)
        let frames = samples.isEmpty ? 0 : Int(Double(samples.count - 1) / hop + 1e-9) + 1
        decibels = (0..<frames).map { frame in
            let centre = Int((Double(frame) * hop).rounded())
            var sum = 0.0
            for n in max(
                0, half - centre)..<max(max(0, half - centre), min(window.count, samples.count - centre + half))
            {
                let sample = samples[centre - half + n]
                sum += Double(window[n] * sample * sample)
            }
            return max(Self.silence, 10 * log10(sum / total + 1e-30))
        }
    }

    /// Stretches of `leastSeconds` and more in which nothing reaches `threshold` (dB), between sounds: what lies before the
    /// first and after the last sound is no pause.
    public func pauses(below threshold: Double, leastSeconds: Double = 0.25) -> [TimeSpan] {
        var pauses: [TimeSpan] = []
        var last: Int?
        for (frame, level) in decibels.enumerated() where level >= threshold {
            if let last, Double(frame - last - 1) * frameSeconds >= leastSeconds {
                pauses.append(
                    TimeSpan(start: (Double(last) + 0.5) * frameSeconds, end: (Double(frame) - 0.5) * frameSeconds))
            }
            last = frame
        }
        return pauses
    }

    /// From the first to the last frame that reaches `threshold`; nil where none does.
    public func sounding(above threshold: Double) -> TimeSpan? {
        guard let first = decibels.firstIndex(where: { $0 >= threshold }),
            let last = decibels.lastIndex(where: { $0 >= threshold })
        else { return nil }
        return TimeSpan(start: max(0, (Double(first) - 0.5) * frameSeconds), end: (Double(last) + 0.5) * frameSeconds)
    }
}
