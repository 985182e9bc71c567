import Foundation

/// Where each period of a voice lies, one mark a period.
///
/// The method is that of Praat's manual, "Sound & Pitch: To PointProcess (cc)" (Boersma & Weenink): within each voiced
/// stretch the first mark is put on the extremum of the period in its middle; from there each next one, to the left and
/// to the right, where a period's worth of sound is most like that about the mark before it.
public struct PeriodMarks: Sendable, Equatable {
    /// Seconds, ascending.
    public let times: [Double]

    public init(times: [Double]) { self.times = times }

    /// - Parameters:
    ///   - samples: mono, of one speaker.
    ///   - contour: of these samples.
    public init(_ samples: [Float], sampleRate: Int, contour: PitchContour) {
        let walk = PeriodWalk(samples, sampleRate: sampleRate, contour: contour)
        var times: [Double] = []
        for run in contour.voicedRuns { times += walk.marks(in: run, after: times.last ?? -.infinity) }
        self.times = times
    }
}

extension PitchContour {
    /// Voiced frames in a row.
    public var voicedRuns: [Range<Int>] {
        var runs: [Range<Int>] = []
        for (frame, pitch) in hertz.enumerated() where pitch > 0 {
            if let last = runs.last, last.upperBound == frame {
                runs[runs.count - 1] = last.lowerBound..<frame + 1
            } else {
                runs.append(frame..<frame + 1)
            }
        }
        return runs
    }

    /// F0 at a moment of a voiced run, linear between frames; at its edges, half a frame wide, that of the last frame.
    func hertz(at time: Double, in run: Range<Int>) -> Double? {
        let position = time / frameSeconds
        guard position >= Double(run.lowerBound) - 0.5, position <= Double(run.upperBound) - 0.5 else { return nil }
        let inside = min(Double(run.upperBound - 1), max(Double(run.lowerBound), position))
        let lower = Int(inside)
        let upper = min(lower + 1, run.upperBound - 1)
        return Double(hertz[lower]) + (inside - Double(lower)) * Double(hertz[upper] - hertz[lower])
    }
}

/// Steps from period to period.
struct PeriodWalk {
    /// Where the next mark is sought, in periods.
    private static let reach = 0.8...1.25
    /// Below this likeness a mark is left out.
    private static let leastLikeness = 0.3
    /// One more mark beyond the voiced stretch must be this like.
    private static let edgeLikeness = 0.7
    /// Sound below this share of the loudest is no period.
    private static let quiet: Float = 0.01
    private static let edgeQuiet: Float = 0.0233

    private let samples: [Float]
    private let sampleRate: Double
    private let contour: PitchContour
    private let peak: Float

    init(_ samples: [Float], sampleRate: Int, contour: PitchContour) {
        self.samples = samples
        self.sampleRate = Double(sampleRate)
        self.contour = contour
        peak = samples.reduce(0) { max($0, abs($1)) }
    }

    /// - Parameters:
    ///   - run: voiced frames.
    ///   - last: the mark before; none is put within 0.8 periods of it.
    func marks(in run: Range<Int>, after last: Double) -> [Double] {
        let left = (Double(run.lowerBound) - 0.5) * contour.frameSeconds
        let right = (Double(run.upperBound) - 0.5) * contour.frameSeconds
        let middle = (left + right) / 2
        guard let pitch = contour.hertz(at: middle, in: run),
            let first = extremum(from: middle - 0.5 / pitch, to: middle + 0.5 / pitch)
        else { return [] }
        var before: [Double] = []
        walk(from: first, direction: -1, in: run, limit: left) { time, period in
            if time - last > 0.8 * period { before.append(time) }
        }
        var after: [Double] = []
        walk(from: first, direction: 1, in: run, limit: right) { time, _ in after.append(time) }
        let own = contour.hertz(at: first, in: run).map { first - last > 0.8 / $0 } ?? false
        return before.reversed() + (own ? [first] : []) + after
    }

    private func walk(
        from start: Double, direction: Double, in run: Range<Int>, limit: Double, mark: (Double, Double) -> Void
    ) {
        var time = start
        while let pitch = contour.hertz(at: time, in: run) {
            let period = 1 / pitch
            let found = likest(to: time, period: period, direction: direction)
            let next = found?.time ?? time + direction * period
            let isBeyond = direction * (next - limit) > 0
            if let found, found.likeness > (isBeyond ? Self.edgeLikeness : Self.leastLikeness),
                found.peak > (isBeyond ? Self.edgeQuiet : Self.quiet) * peak
            {
                mark(next, period)
            }
            if isBeyond { return }
            time = next
        }
    }

    /// The moment of the largest magnitude, a parabola through its neighbours.
    private func extremum(from start: Double, to end: Double) -> Double? {
        let first = max(1, Int((start * sampleRate).rounded(.up)))
        let last = min(samples.count - 2, Int(end * sampleRate))
        guard first <= last else { return nil }
        var best = first
        for n in first...last where abs(samples[n]) > abs(samples[best]) { best = n }
        guard samples[best] != 0 else { return nil }
        let sign: Double = samples[best] < 0 ? -1 : 1
        let (a, b, c) = (sign * Double(samples[best - 1]), abs(Double(samples[best])), sign * Double(samples[best + 1]))
        let curvature = 2 * b - a - c
        let shift = curvature > 0 ? max(-0.5, min(0.5, 0.5 * (c - a) / curvature)) : 0
        return (Double(best) + shift) / sampleRate
    }

    /// Where, a period away, the sound is most like the period about `time`.
    private func likest(
        to time: Double, period: Double, direction: Double
    ) -> (time: Double, likeness: Double, peak: Float)? {
        let width = Int((period * sampleRate).rounded())
        let start = Int(((time - period / 2) * sampleRate).rounded())
        let shortest = Int((Self.reach.lowerBound * period * sampleRate).rounded(.down))
        let longest = Int((Self.reach.upperBound * period * sampleRate).rounded(.up))
        guard width > 2, shortest > 1 else { return nil }
        return samples.withUnsafeBufferPointer { x in
            var likeness = [Double](repeating: -1, count: longest - shortest + 3)
            var own = 0.0
            for n in max(0, start)..<max(max(0, start), min(x.count, start + width)) { own += Double(x[n] * x[n]) }
            guard own > 0 else { return nil }
            for index in likeness.indices {
                let lag = (shortest - 1 + index) * Int(direction)
                let first = max(0, start, -lag)
                let last = min(x.count, x.count - lag, start + width)
                guard first < last else { continue }
                var (product, other) = (0.0, 0.0)
                for n in first..<last {
                    product += Double(x[n] * x[n + lag])
                    other += Double(x[n + lag] * x[n + lag])
                }
                if other > 0 { likeness[index] = product / (own * other).squareRoot() }
            }
            return best(likeness, shortest: shortest, time: time, direction: direction, width: width, in: x)
        }
    }

    private func best(
        _ likeness: [Double], shortest: Int, time: Double, direction: Double, width: Int,
        in x: UnsafeBufferPointer<Float>
    ) -> (time: Double, likeness: Double, peak: Float)? {
        let summits = (1..<likeness.count - 1).filter {
            likeness[$0] > likeness[$0 - 1] && likeness[$0] >= likeness[$0 + 1]
        }
        guard let best = summits.max(by: { likeness[$0] < likeness[$1] }) else { return nil }
        let (a, b, c) = (likeness[best - 1], likeness[best], likeness[best + 1])
        let curvature = 2 * b - a - c
        let shift = curvature > 0 ? 0.5 * (c - a) / curvature : 0
        let lag = Double(shortest - 1 + best) + shift
        let found = time + direction * lag / sampleRate
        let centre = Int((found * sampleRate).rounded())
        var peak: Float = 0
        for n in max(0, centre - width / 2)..<max(max(0, centre - width / 2), min(x.count, centre + width / 2 + 1)) {
            peak = max(peak, abs(x[n]))
        }
        return (found, b + (curvature > 0 ? 0.125 * (c - a) * (c - a) / curvature : 0), peak)
    }
}
