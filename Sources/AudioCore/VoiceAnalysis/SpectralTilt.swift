import Foundation

/// How a voice's average spectrum falls. Sums of power, so that stretches can be put together; only voiced frames count.
public struct SpectralTilt: Sendable, Equatable {
    /// Hz: third-octave bands whose densities the line is laid through.
    private static let span = 250.0...5000.0
    private static let bandsPerOctave = 3.0

    private let hertzPerBin: Double
    /// Power of the voiced frames, [bins].
    private var power: [Double]
    public private(set) var frames = 0

    /// - Parameters:
    ///   - samples: mono, of one speaker.
    ///   - chosen: which frames count: as long as `contour`.
    public init(_ samples: [Float], sampleRate: Int, contour: PitchContour, chosen: [Bool]) {
        let stft = STFT(
            windowSamples: 2 * FourierPlan.size(atLeast: sampleRate * 16 / 1000),
            hopSamples: Int((contour.frameSeconds * Double(sampleRate)).rounded()))
        hertzPerBin = Double(sampleRate) / Double(stft.windowSamples)
        power = [Double](repeating: 0, count: stft.binCount)
        guard !samples.isEmpty else { return }
        var frame = 0
        func take(_ real: UnsafeBufferPointer<Float>, _ imaginary: UnsafeBufferPointer<Float>) {
            defer { frame += 1 }
            guard frame < chosen.count, chosen[frame], contour.hertz[frame] > 0 else { return }
            for bin in power.indices { power[bin] += Double(real[bin] * real[bin] + imaginary[bin] * imaginary[bin]) }
            frames += 1
        }
        let analyzer = STFTAnalyzer(stft)
        analyzer.push(samples, emit: take)
        analyzer.finish(emit: take)
    }

    /// - Parameter other: of the same rate.
    public mutating func add(_ other: SpectralTilt) {
        for bin in power.indices where bin < other.power.count { power[bin] += other.power[bin] }
        frames += other.frames
    }

    private func sum(_ range: Range<Double>) -> (power: Double, bins: Int) {
        let first = Int((range.lowerBound / hertzPerBin).rounded(.up))
        let last = min(power.count, Int((range.upperBound / hertzPerBin).rounded(.up)))
        guard first < last else { return (0, 0) }
        return (power[first..<last].reduce(0, +), last - first)
    }

    /// The slope of a line through the density of power in third octaves from 250 to 5000 Hz, dB an octave; nil with
    /// less than a tenth of a second of voice.
    public var decibelsPerOctave: Double? {
        guard frames >= 10 else { return nil }
        var points: [(x: Double, y: Double)] = []
        var octave = log2(Self.span.lowerBound)
        while exp2(octave) < Self.span.upperBound * 0.999 {
            let next = octave + 1 / Self.bandsPerOctave
            let (power, bins) = sum(exp2(octave)..<exp2(next))
            if bins > 0, power > 0 { points.append((octave, 10 * log10(power / Double(bins)))) }
            octave = next
        }
        guard points.count > 2 else { return nil }
        let count = Double(points.count)
        let (x, y) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
        let slope = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
        return slope / points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    }

    /// The level from 1 to 5 kHz less that from 50 Hz to 1 kHz, dB ("alpha ratio"; Eyben et al. 2016 give its negative).
    public var alphaRatioDecibels: Double? {
        let (low, high) = (sum(50..<1000).power, sum(1000..<5000).power)
        guard frames >= 10, low > 0, high > 0 else { return nil }
        return 10 * log10(high / low)
    }
}
