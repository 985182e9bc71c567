import Foundation

/// A stretch that carries the mark.
public struct MarkedInterval: Sendable, Codable, Equatable {
    public var span: TimeSpan
    /// Natural logarithm of how much likelier the sound is with the mark than without.
    public var score: Double
    /// Where in the pattern of 16.3 s the sound's first sample would lie, seconds: for a file that was not cut, 0.
    /// Intervals of one uncut piece have the same.
    public var phaseSeconds: Double

    public init(span: TimeSpan, score: Double, phaseSeconds: Double) {
        self.span = span
        self.score = score
        self.phaseSeconds = phaseSeconds
    }
}

/// Finds marked speech in a stream of sound. Belongs to one thread; its memory does not grow with the sound.
public final class WatermarkDetector {
    /// The rate that `push` wants, Hz.
    public static let sampleRate = WatermarkFeatures.sampleRate
    /// Score from which a stretch counts as marked: by chance about once in 4000 hours, as extrapolated.
    public static let threshold = 27.0
    /// Score that is enough for a stretch within a minute of a marked one that has the same place in the pattern.
    public static let supportedThreshold = Double(WatermarkTrellis.leastScore)
    private static let supportSeconds = 60.0

    /// False alarms an hour at a threshold: extrapolated from counts of lower scores in sound without a mark (docs/measurements.md), whose
    /// number falls with exp(-threshold) as the theory has it.
    public static func falseAlarmsPerHour(atScore score: Double) -> Double { 1.2e8 * exp(-score) }

    private let analyzer = STFTAnalyzer(WatermarkFeatures.transform)
    private let trellis = WatermarkTrellis()
    /// Powers of the steps that are still needed, [steps, bandCount]; the first is step `firstStep`.
    private var powers: [Float] = []
    private var firstStep = 0
    /// The next step that the trellis gets.
    private var nextStep = 0
    private static let blockSteps = 2000
    /// The highest score anywhere, whether or not it reached the threshold; nil where none came near. Complete after
    /// `finish`.
    public private(set) var strongestScore: Double?

    public init() {}

    /// - Parameter samples: the next of the sound, mono, at `sampleRate`.
    public func push(_ samples: [Float]) {
        analyzer.push(samples) { powers += WatermarkFeatures.bandPowers($0, $1) }
        while endStep >= nextStep + Self.blockSteps + WatermarkFeatures.margin {
            process(nextStep..<nextStep + Self.blockSteps)
        }
    }

    /// - Returns: the marked stretches in order, without overlaps.
    public func finish() -> [MarkedInterval] {
        analyzer.finish { powers += WatermarkFeatures.bandPowers($0, $1) }
        while nextStep < endStep { process(nextStep..<min(endStep, nextStep + Self.blockSteps)) }
        let candidates = trellis.finish()
        strongestScore = candidates.map { Double($0.score) }.max()
        return Self.intervals(candidates)
    }

    private var endStep: Int { firstStep + powers.count / WatermarkPattern.bandCount }

    private func process(_ steps: Range<Int>) {
        let bands = WatermarkPattern.bandCount
        let values = WatermarkFeatures.values(
            Array(powers.prefix((min(endStep, steps.upperBound + WatermarkFeatures.margin) - firstStep) * bands)),
            wanted: steps.lowerBound - firstStep..<steps.upperBound - firstStep)
        for index in 0..<steps.count { trellis.push(values[index * bands..<(index + 1) * bands]) }
        nextStep = steps.upperBound
        let unneeded = max(0, nextStep - WatermarkFeatures.margin - firstStep)
        powers.removeFirst(unneeded * bands)
        firstStep += unneeded
    }

    /// What remains when of stretches that overlap the likeliest are taken.
    private static func intervals(_ candidates: [WatermarkTrellis.Candidate]) -> [MarkedInterval] {
        let sorted = candidates.sorted { $0.score > $1.score }
        var chosen: [MarkedInterval] = []
        for candidate in sorted where Double(candidate.score) >= threshold { choose(candidate, &chosen) }
        let certain = chosen
        for candidate in sorted where Double(candidate.score) < threshold {
            let interval = interval(candidate)
            let isSupported = certain.contains {
                phaseDistance($0.phaseSeconds, interval.phaseSeconds) < 2.5 * WatermarkFeatures.stepSeconds
                    && $0.span.start - supportSeconds < interval.span.end
                    && interval.span.start < $0.span.end + supportSeconds
            }
            if isSupported { choose(candidate, &chosen) }
        }
        return chosen.sorted { $0.span.start < $1.span.start }
    }

    /// Takes a stretch unless most of it is taken already; of what is taken it gets nothing.
    private static func choose(_ candidate: WatermarkTrellis.Candidate, _ chosen: inout [MarkedInterval]) {
        let interval = interval(candidate)
        let left = interval.span.minus(chosen.map(\.span))
        guard let longest = left.max(by: { $0.seconds < $1.seconds }),
            longest.seconds > 0.5 * interval.span.seconds
        else { return }
        var taken = interval
        taken.span = longest
        chosen.append(taken)
    }

    private static func interval(_ candidate: WatermarkTrellis.Candidate) -> MarkedInterval {
        let step = WatermarkFeatures.stepSeconds
        return MarkedInterval(
            span: TimeSpan(
                start: max(0, Double(candidate.steps.lowerBound) * step), end: Double(candidate.steps.upperBound) * step
            ),
            score: Double(candidate.score), phaseSeconds: Double(candidate.phase) * step)
    }

    private static func phaseDistance(_ one: Double, _ other: Double) -> Double {
        let distance = abs(one - other)
        return min(distance, WatermarkPattern.periodSeconds - distance)
    }
}
