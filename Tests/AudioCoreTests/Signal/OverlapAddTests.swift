import AudioCore
import Foundation
import Testing

@Suite struct OverlapAddTests {
    static let rate = 24_000

    /// Pulses of a gliding pitch through three resonances, hiss before, between and after: like "sa-sa-s".
    struct Talk {
        var samples: [Float] = []
        /// Voiced stretches, seconds.
        var voiced: [ClosedRange<Double>] = []

        init(hertz: @escaping (Double) -> Double = { 110 + 25 * sin(2 * .pi * 1.3 * $0) }) {
            var random = SplitMix64(state: 7)
            let parts: [(seconds: Double, isVoiced: Bool)] = [
                (0.15, false), (0.5, true), (0.12, false), (0.6, true), (0.2, false),
            ]
            let count = Int(parts.reduce(0) { $0 + $1.seconds } * Double(rate))
            var source = [Double](repeating: 0, count: count)
            var start = 0.0
            for part in parts {
                let range = Int(start * Double(rate))..<Int((start + part.seconds) * Double(rate))
                if part.isVoiced {
                    voiced.append(start...start + part.seconds)
                    var phase = 0.0
                    for n in range {
                        phase += hertz(Double(n) / Double(rate)) / Double(rate)
                        if phase >= 1 {
                            phase -= 1
                            source[n] += 1
                        }
                    }
                } else {
                    for n in range { source[n] = Double.random(in: -0.02...0.02, using: &random) }
                }
                start += part.seconds
            }
            // Resonances of an open vowel.
            for (formant, width) in [(700.0, 90.0), (1200.0, 110.0), (2600.0, 160.0)] {
                let r = exp(-.pi * width / Double(rate))
                let c = 2 * r * cos(2 * .pi * formant / Double(rate))
                var (a, b) = (0.0, 0.0)
                for n in source.indices {
                    let value = source[n] + c * a - r * r * b
                    (b, a) = (a, value)
                    source[n] = value * (1 - r)
                }
            }
            let peak = source.map(abs).max() ?? 1
            samples = source.map { Float(0.5 * $0 / peak) }
        }

        var overlapAdd: OverlapAdd { OverlapAdd(samples, sampleRate: rate, contour: contour(samples)) }
    }

    static func contour(_ samples: [Float]) -> PitchContour {
        PitchTracker(sampleRate: rate, frameSeconds: 0.0125).track(samples)
    }

    /// Median of ln(a / b) over frames that are voiced in both, and the share of frames within 0.5 semitones of it.
    static func pitchRatio(_ a: PitchContour, _ b: (Double) -> Double) -> (ratio: Double, near: Double) {
        let logs = a.hertz.indices.filter { a.hertz[$0] > 0 }.map {
            log(Double(a.hertz[$0]) / b(Double($0) * a.frameSeconds))
        }.sorted()
        let median = logs[logs.count / 2]
        return (exp(median), Double(logs.filter { abs($0 - median) < log(2) / 24 }.count) / Double(logs.count))
    }

    @Test func leavesSoundAloneWhereNothingMoves() {
        let talk = Talk()
        let same = talk.overlapAdd.moved(count: talk.samples.count)
        #expect(same.count == talk.samples.count)
        let furthest = zip(same, talk.samples).map { abs($0 - $1) }.max() ?? 1
        // Of a peak of 0.5: rounding of the windows alone.
        #expect(furthest < 1e-4)
    }

    @Test(arguments: [0.7, 0.85, 1.2, 1.5]) func movesPitchByAKnownFactorAndKeepsTime(factor: Double) {
        let melody = { (t: Double) in 110 + 25 * sin(2 * .pi * 1.3 * t) }
        let talk = Talk(hertz: melody)
        let moved = talk.overlapAdd.moved(count: talk.samples.count) { melody($0) * factor }
        #expect(moved.count == talk.samples.count)
        let found = Self.pitchRatio(Self.contour(moved), melody)
        #expect(abs(found.ratio / factor - 1) < 0.01)
        #expect(found.near > 0.9)
        // The vowels stay where they were.
        for stretch in talk.voiced {
            let (before, after) = (level(talk.samples, stretch), level(moved, stretch))
            #expect(abs(before - after) < 3)
        }
    }

    @Test(arguments: [0.6, 0.8, 1.3, 1.9]) func movesTimeByAKnownFactorAndKeepsPitch(factor: Double) {
        let talk = Talk(hertz: { _ in 120 })
        let seconds = Double(talk.samples.count) / Double(Self.rate)
        let count = Int((seconds * factor * Double(Self.rate)).rounded())
        let warp = TimeWarp(source: [seconds], result: [seconds * factor])
        let moved = talk.overlapAdd.moved(count: count, warp: warp)
        #expect(moved.count == count)
        let contour = Self.contour(moved)
        let found = Self.pitchRatio(contour, { _ in 120 })
        #expect(abs(found.ratio - 1) < 0.01)
        // Each vowel begins and ends where the warp says, to two frames of the tracker; what the tracker misses of the
        // sound's own edges is stretched with it.
        let tolerance = 0.03 * max(1, factor)
        for stretch in talk.voiced {
            let inside = contour.hertz.indices.filter {
                let t = Double($0) * contour.frameSeconds / factor
                return t > stretch.lowerBound - 0.05 && t < stretch.upperBound + 0.05 && contour.hertz[$0] > 0
            }
            let start = Double(inside.first ?? 0) * contour.frameSeconds
            let end = Double(inside.last ?? 0) * contour.frameSeconds
            #expect(abs(start - stretch.lowerBound * factor) < tolerance)
            #expect(abs(end - stretch.upperBound * factor) < tolerance)
        }
    }

    @Test func movesBothAtOnceAlongABrokenWarp() {
        let talk = Talk(hertz: { _ in 100 })
        // The first vowel twice as long, the second half as long, hiss between them as it was.
        let warp = TimeWarp(source: [0.15, 0.5, 0.12, 0.6, 0.2], result: [0.15, 1.0, 0.12, 0.3, 0.2])
        let count = Int(1.77 * Double(Self.rate))
        let moved = talk.overlapAdd.moved(count: count, warp: warp) { $0 < 1.2 ? 130 : 90 }
        let contour = Self.contour(moved)
        let first = contour.hertz[Int(0.2 / 0.0125)..<Int(1.1 / 0.0125)].filter { $0 > 0 }
        let second = contour.hertz[Int(1.32 / 0.0125)..<Int(1.52 / 0.0125)].filter { $0 > 0 }
        #expect(first.count > 65)
        #expect(second.count > 12)
        #expect(first.allSatisfy { abs($0 - 130) < 3 })
        #expect(second.allSatisfy { abs($0 - 90) < 3 })
    }

    /// Formants are what a voice is known by: a filter's answer must not move with the pitch.
    @Test func keepsFormantsWherePitchMoves() {
        let talk = Talk(hertz: { _ in 100 })
        let moved = talk.overlapAdd.moved(count: talk.samples.count) { _ in 130 }
        for band in [600.0...800, 1100...1300] {
            let before = share(talk.samples, band) - share(talk.samples, 1700...2100)
            let after = share(moved, band) - share(moved, 1700...2100)
            #expect(abs(before - after) < 4)
        }
    }

    @Test func speaksOfNothingWhereThereIsNothing() {
        let silence = OverlapAdd([], sampleRate: Self.rate, contour: PitchContour(frameSeconds: 0.0125, hertz: []))
        #expect(silence.moved(count: 100) == [Float](repeating: 0, count: 100))
        let talk = Talk()
        #expect(talk.overlapAdd.moved(count: 0).isEmpty)
    }

    @Test func keepsTheLevelOfHissThatIsStretched() {
        var random = SplitMix64(state: 3)
        let hiss = (0..<Self.rate).map { _ in Float.random(in: -0.3...0.3, using: &random) }
        let moved = OverlapAdd(hiss, sampleRate: Self.rate, contour: Self.contour(hiss)).moved(
            count: 2 * Self.rate, warp: TimeWarp(source: [1], result: [2]))
        #expect(abs(level(hiss, 0.1...0.9) - level(moved, 0.2...1.8)) < 2.5)
    }

    private func level(_ samples: [Float], _ span: ClosedRange<Double>) -> Double {
        let part = samples[Int(span.lowerBound * Double(Self.rate))..<Int(span.upperBound * Double(Self.rate))]
        return 10 * log10(part.reduce(0) { $0 + Double($1 * $1) } / Double(part.count) + 1e-12)
    }

    /// Decibels in a band, by the sum over a few tones.
    private func share(_ samples: [Float], _ band: ClosedRange<Double>) -> Double {
        var power = 0.0
        for hertz in stride(from: band.lowerBound, through: band.upperBound, by: 5) {
            var (re, im) = (0.0, 0.0)
            for (n, x) in samples.enumerated() {
                let angle = 2 * .pi * hertz * Double(n) / Double(Self.rate)
                re += Double(x) * cos(angle)
                im += Double(x) * sin(angle)
            }
            power += re * re + im * im
        }
        return 10 * log10(power)
    }
}

@Suite struct TimeWarpTests {
    @Test func goesThereAndBack() {
        let warp = TimeWarp(source: [0.1, 0.5, 0.2], result: [0.2, 0.25, 0.2], lead: 0.05)
        #expect(abs(warp.source(at: -0.05 + 0.2) - (-0.05 + 0.1)) < 1e-12)
        #expect(abs(warp.source(at: 0.15 + 0.125) - (0.05 + 0.25)) < 1e-12)
        for time in stride(from: -0.5, to: 1.5, by: 0.037) {
            #expect(abs(warp.result(at: warp.source(at: time)) - time) < 1e-9)
        }
    }

    @Test func leavesOutKnotsThatDoNotRise() {
        let warp = TimeWarp(knots: [
            .init(result: 0, source: 0), .init(result: 1, source: 0), .init(result: 2, source: 1),
        ])
        #expect(warp.knots.count == 2)
        #expect(warp.source(at: 1) == 0.5)
        #expect(TimeWarp.identity.source(at: 3.5) == 3.5)
    }
}
