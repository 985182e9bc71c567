import Foundation

/// How much of a voice is breath: what of its sound between 2 and 5 kHz, where breath is heard, does not repeat itself from
/// period to period, against the whole of the voiced sound. Hiss of the recording counts as breath; a rough voice's
/// irregular periods do, too. Sums of power, so that stretches can be put together.
public struct BreathNoise: Sendable, Equatable {
    static let band = 2000.0...5000.0
    /// The band's best lag lies this near to the period, a share of it.
    private static let slack = 0.03
    /// Windows are this many periods long.
    private static let periods = 2.0

    private var noise = 0.0
    private var voice = 0.0
    private var frames = 0

    public init() {}

    /// - Parameters:
    ///   - samples: mono, of one speaker.
    ///   - contour: of these samples.
    ///   - chosen: which frames count, [frames].
    public init(_ samples: [Float], sampleRate: Int, contour: PitchContour, chosen: [Bool]) {
        // Of a band this high a sample is a third of a period: the best lag is sought between samples.
        let high = RationalResampler(from: sampleRate, to: 2 * sampleRate, reach: 16).resample(
            BandFilter.filter(samples, sampleRate: sampleRate, band: Self.band))
        let rate = Double(2 * sampleRate)
        for (frame, pitch) in contour.hertz.enumerated() where pitch > 0 && chosen[frame] {
            let period = rate / Double(pitch)
            let window = Int(Self.periods * period)
            let longest = Int((period * (1 + Self.slack)).rounded(.up)) + 1
            let shortest = Int(period * (1 - Self.slack)) - 1
            let start = Int((Double(frame) * contour.frameSeconds * rate - Double(window + longest) / 2).rounded())
            guard start >= 0, start + window + longest < high.count else { continue }
            let ratio = Self.ratio(high, start: start, window: window, lags: shortest...longest)
            guard let ratio else { continue }
            noise += (1 - max(0, ratio.likeness)) * ratio.energy / 2
            voice += Self.energy(samples, start: start / 2, count: window / 2)
            frames += 1
        }
    }

    private static func energy(_ samples: [Float], start: Int, count: Int) -> Double {
        var sum = 0.0
        for n in start..<start + count { sum += Double(samples[n] * samples[n]) }
        return sum
    }

    /// - Returns: the largest cosine of the window and one that lies later by one of the lags, a parabola through its
    ///   neighbours, and the window's energy; nil in silence.
    private static func ratio(
        _ samples: [Float], start: Int, window: Int, lags: ClosedRange<Int>
    ) -> (likeness: Double, energy: Double)? {
        let own = energy(samples, start: start, count: window)
        guard own > 0 else { return nil }
        let likeness = samples.withUnsafeBufferPointer { x in
            lags.map { lag -> Double in
                var (product, other) = (Float(0), Float(0))
                for n in start..<start + window {
                    product += x[n] * x[n + lag]
                    other += x[n + lag] * x[n + lag]
                }
                return other > 0 ? Double(product) / (own * Double(other)).squareRoot() : 0
            }
        }
        guard let best = likeness.indices.max(by: { likeness[$0] < likeness[$1] }) else { return nil }
        guard best > 0, best < likeness.count - 1 else { return (likeness[best], own) }
        let (a, b, c) = (likeness[best - 1], likeness[best], likeness[best + 1])
        let curvature = 2 * b - a - c
        return (min(1, b + (curvature > 0 ? 0.125 * (c - a) * (c - a) / curvature : 0)), own)
    }

    public mutating func add(_ other: BreathNoise) {
        noise += other.noise
        voice += other.voice
        frames += other.frames
    }

    /// dB re the voiced sound; nil with less than a tenth of a second of it.
    public var decibels: Double? { frames >= 10 && voice > 0 ? 10 * log10(max(1e-9, noise / voice)) : nil }
}
