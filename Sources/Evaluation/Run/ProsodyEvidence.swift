import AudioCore
import Foundation
import Pipeline

/// Whether the new voice keeps the old one's time, melody, loudness and pauses.
enum ProsodyEvidence {
    private static let median = FigureKind("timingMedianMs", "word onsets off, median", .milliseconds, .quantile(0.5))
    private static let mean = FigureKind("timingMeanMs", "- mean", .milliseconds)
    private static let p90 = FigureKind("timingP90Ms", "- 90th percentile", .milliseconds, .quantile(0.9))
    private static let p95 = FigureKind("timingP95Ms", "- 95th percentile", .milliseconds, .quantile(0.95))
    private static let within20 = FigureKind("timingWithin20Ms", "- within 20 ms", .share)
    private static let within50 = FigureKind("timingWithin50Ms", "- within 50 ms", .share)
    private static let bias = FigureKind("timingBiasMs", "- later (+) or earlier (-), mean", .milliseconds)
    private static let judged = FigureKind("timingWordsJudged", "- replaced words that could be judged", .share)
    private static let floorMedian = FigureKind(
        "timingJudgeMedianMs", "the judge's own error, median", .milliseconds, .quantile(0.5))
    private static let floorP95 = FigureKind(
        "timingJudgeP95Ms", "- 95th percentile", .milliseconds, .quantile(0.95))
    private static let melody = FigureKind("f0Correlation", "log-F0 correlation", .number)
    private static let voicing = FigureKind("voicingAgreement", "voicing agrees", .share)
    private static let gross = FigureKind("grossPitchErrors", "gross pitch errors (over 20 %)", .share)
    private static let energy = FigureKind("energyCorrelation", "loudness correlation", .number)
    private static let pauses = FigureKind("pausesKept", "pauses from 300 ms on that stay pauses", .share)
    private static let rate = FigureKind("speakingRateRatio", "speaking rate, new over old", .number)
    private static let pauseSeconds = 0.3
    /// A pause that is no louder than the old one by more than this, dB, is one.
    private static let pauseTolerance: Float = 3

    /// The old voice and what stands in its place over one stretch of new speech.
    private struct Pair {
        let replacement: Replacement
        let old: [Float]
        let new: [Float]

        init(_ replacement: Replacement, _ sound: ReplacedSound) {
            self.replacement = replacement
            old = ReplacedSound.cut(sound.old, replacement.span)
            new = ReplacedSound.cut(sound.new, replacement.span)
        }
    }

    static func evidence(_ sound: ReplacedSound, check: () throws -> Void) throws -> [Evidence] {
        let pairs = sound.replacements.filter { !$0.isKept && !$0.spans.isEmpty }.map { Pair($0, sound) }
        var figures = try timing(pairs, sound, check: check)
        figures += try prosody(pairs, sound, check: check)
        figures += flow(pairs)
        return figures
    }

    // MARK: Timing

    private static func timing(
        _ pairs: [Pair], _ sound: ReplacedSound, check: () throws -> Void
    ) throws -> [Evidence] {
        var (found, floor): ([[Double]], [[Double]]) = ([], [])
        var (asked, answered) = (0, 0)
        for pair in pairs {
            try check()
            let onsets = pair.replacement.words.filter { word in
                word.isReplaced && sound.replacedAlone.contains { $0.contains(word.span.start) }
            }.map { $0.span.start - pair.replacement.span.start }
            let deviations = TimingJudge().deviations(source: pair.old, result: pair.new, onsets: onsets)
            asked += onsets.count
            answered += deviations.count { $0 != nil }
            found.append(deviations.compactMap { $0 })
            floor.append(ownErrors(pair.old, onsets))
        }
        let judge = "\(TimingJudge.name), true stems"
        let sizes = found.map { $0.map(abs) }
        func within(_ limit: Double) -> [[Double]] { sizes.map { $0.map { $0 <= limit ? 1 : 0 } } }
        return [
            (median, sizes), (mean, sizes), (p90, sizes), (p95, sizes), (within20, within(20)),
            (within50, within(50)), (bias, found),
        ].map { Evidence($0.0, judge: judge, groupedBy: "turns", values: $0.1) }
            + [
                Evidence(
                    judged, judge: judge, groupedBy: "files", groups: [[.init(Double(answered), weight: Double(asked))]]
                ),
                Evidence(floorMedian, judge: "known warp of the old voice", groupedBy: "turns", values: floor),
                Evidence(floorP95, judge: "known warp of the old voice", groupedBy: "turns", values: floor),
            ]
    }

    /// What the judge makes of the old voice against itself, slowed and hurried by up to 30 ms: magnitudes, ms.
    private static func ownErrors(_ old: [Float], _ onsets: [Double]) -> [Double] {
        func delay(_ seconds: Double) -> Double { 0.03 * sin(2 * .pi * seconds / 1.7) }
        let rate = Double(ReplacedSound.rate)
        let warped = old.indices.map { index -> Float in
            let position = Double(index) - delay(Double(index) / rate) * rate
            let first = Int(position.rounded(.down))
            guard old.indices.contains(first), old.indices.contains(first + 1) else { return 0 }
            let part = Float(position - Double(first))
            return old[first] * (1 - part) + old[first + 1] * part
        }
        let found = TimingJudge().deviations(source: old, result: warped, onsets: onsets)
        return zip(onsets, found).compactMap { onset, found in
            // What was at `onset` is now where time less its delay is `onset`.
            let moved = (0..<20).reduce(onset) { time, _ in onset + delay(time) }
            return found.map { abs($0 - 1000 * (moved - onset)) }
        }
    }

    // MARK: Melody and loudness

    private static func prosody(
        _ pairs: [Pair], _ sound: ReplacedSound, check: () throws -> Void
    ) throws -> [Evidence] {
        let compared = try pairs.map { pair -> (seconds: Double, agreement: ProsodyAgreement) in
            try check()
            let alone = pair.replacement.spans.flatMap { ReplacedSound.shared($0, sound.replacedAlone) }
            return (
                ReplacedSound.seconds(alone),
                ProsodyAgreement(
                    source: ReplacedSound.cut(sound.old, alone), result: ReplacedSound.cut(sound.new, alone),
                    sampleRate: ReplacedSound.rate)
            )
        }
        // Longer stretches weigh more.
        func mean(_ kind: FigureKind, _ part: (ProsodyAgreement) -> Double?) -> Evidence {
            Evidence(
                kind, judge: "autocorrelation tracker of its own, true stems", groupedBy: "turns",
                groups: compared.map { one in
                    part(one.agreement).map { [.init($0 * one.seconds, weight: one.seconds)] } ?? []
                })
        }
        return [
            mean(melody, \.f0Correlation), mean(voicing, \.voicingAgreement), mean(gross, \.grossErrorShare),
            mean(energy, \.energyCorrelation),
        ]
    }

    // MARK: Pauses and rate

    /// How far a stretch lies below the loud parts, mean, dB.
    private static func depth(of span: TimeSpan, in energy: SpeechEnergy) -> Float {
        let first = max(0, Int(span.start / SpeechEnergy.hopSeconds))
        let frames = first..<max(first, Int(span.end / SpeechEnergy.hopSeconds))
        let part = energy.decibels[frames.clamped(to: energy.decibels.indices)]
        return energy.percentile(0.95) - part.reduce(0, +) / Float(max(1, part.count))
    }

    private static func flow(_ pairs: [Pair]) -> [Evidence] {
        let energies = pairs.map { pair in
            [pair.old, pair.new].map { SpeechEnergy($0, sampleRate: ReplacedSound.rate) }
        }
        let masks = energies.map { $0.map { SilenceMask($0) } }
        let keptPauses = zip(energies, masks).map { energies, masks -> [Double] in
            masks[0].pauses(atLeast: pauseSeconds).map { pause in
                // The edges of a pause are anybody's guess.
                let core = TimeSpan(start: pause.start + 0.05, end: pause.end - 0.05)
                let isSilent = masks[1].silentSeconds(in: core) >= 0.8 * core.seconds
                // In a room nothing is silent, neither before nor after.
                let isAsFaint = depth(of: core, in: energies[1]) >= depth(of: core, in: energies[0]) - pauseTolerance
                return isSilent || isAsFaint ? 1 : 0
            }
        }
        let rates = zip(pairs, masks).map { pair, masks -> [Evidence.Observation] in
            let whole = TimeSpan(start: 0, end: Double(pair.old.count) / Double(ReplacedSound.rate))
            let spoken = masks.map { whole.seconds - $0.silentSeconds(in: whole) }
            // The words are the same, so that less time for them is a higher rate.
            return spoken[1] > 0 ? [.init(spoken[0], weight: spoken[1])] : []
        }
        return [
            Evidence(pauses, judge: "energy, true stems", groupedBy: "turns", values: keptPauses),
            Evidence(rate, judge: "energy, true stems", groupedBy: "turns", groups: rates),
        ]
    }
}
