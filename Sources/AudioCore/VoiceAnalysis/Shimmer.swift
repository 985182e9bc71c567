import Foundation

/// How much the strength of a voice's periods differs from their neighbours'. Sums, so that stretches can be put together.
///
/// A period's amplitude is the root mean square about its mark, weighed by a raised cosine that ends a fifth of the period
/// on each side. Local shimmer is the mean absolute difference of successive amplitudes over the mean amplitude, or the mean
/// absolute ratio in dB; apq5 the mean absolute difference from the mean of five (Praat's manual, "Voice 3. Shimmer").
/// Amplitudes count together where they differ by a factor of at most 1.6.
public struct Shimmer: Sendable, Equatable {
    private static let largestFactor = 1.6
    private static let share = 0.2

    private var amplitudeSum = 0.0
    private var amplitudeCount = 0
    private var differenceSum = 0.0
    private var decibelSum = 0.0
    private var differenceCount = 0
    private var quintetSum = 0.0
    private var quintetCount = 0

    public init() {}

    /// - Parameter samples: those the marks were found in.
    public init(_ marks: PeriodMarks, samples: [Float], sampleRate: Int) {
        let lengths = zip(marks.times.dropFirst(), marks.times).map { $0 - $1 }
        for run in Jitter.runs(lengths) {
            // A mark with a period on both sides has an amplitude.
            let amplitudes = (run.lowerBound + 1..<run.upperBound).map { index in
                Self.amplitude(
                    samples, Double(sampleRate), at: marks.times[index], before: lengths[index - 1],
                    after: lengths[index])
            }
            add(amplitudes)
        }
    }

    private mutating func add(_ amplitudes: [Double]) {
        amplitudeSum += amplitudes.reduce(0, +)
        amplitudeCount += amplitudes.count
        func areAlike(_ a: Double, _ b: Double) -> Bool { min(a, b) > 0 && max(a, b) <= Self.largestFactor * min(a, b) }
        for (a, b) in zip(amplitudes, amplitudes.dropFirst()) where areAlike(a, b) {
            differenceSum += abs(a - b)
            decibelSum += abs(20 * log10(b / a))
            differenceCount += 1
        }
        for start in 0..<max(0, amplitudes.count - 4) {
            let five = amplitudes[start..<start + 5]
            guard zip(five, five.dropFirst()).allSatisfy(areAlike) else { continue }
            quintetSum += abs(amplitudes[start + 2] - five.reduce(0, +) / 5)
            quintetCount += 1
        }
    }

    private static func amplitude(
        _ samples: [Float], _ rate: Double, at time: Double, before: Double, after: Double
    ) -> Double {
        let (left, right) = (share * before * rate, share * after * rate)
        let centre = time * rate
        var (sum, weights) = (0.0, 0.0)
        for n in max(0, Int((centre - left).rounded(.up)))...max(0, Int(centre + right)) where n < samples.count {
            let distance = Double(n) - centre
            let weight = 0.5 + 0.5 * cos(.pi * distance / (distance < 0 ? left : right))
            sum += weight * Double(samples[n] * samples[n])
            weights += weight
        }
        return weights > 0 ? (sum / weights).squareRoot() : 0
    }

    public mutating func add(_ other: Shimmer) {
        amplitudeSum += other.amplitudeSum
        amplitudeCount += other.amplitudeCount
        differenceSum += other.differenceSum
        decibelSum += other.decibelSum
        differenceCount += other.differenceCount
        quintetSum += other.quintetSum
        quintetCount += other.quintetCount
    }

    private var meanAmplitude: Double { amplitudeSum / Double(max(1, amplitudeCount)) }

    /// A share of the amplitude: 0.04 is 4 %; nil below ten differences.
    public var local: Double? {
        differenceCount < 10 ? nil : differenceSum / Double(differenceCount) / meanAmplitude
    }

    /// dB.
    public var localDecibels: Double? { differenceCount < 10 ? nil : decibelSum / Double(differenceCount) }

    /// As `local`.
    public var apq5: Double? { quintetCount < 10 ? nil : quintetSum / Double(quintetCount) / meanAmplitude }
}
