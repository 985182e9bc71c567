import Foundation

/// Moves pitch and time of finished speech, its timbre left alone: pitch-synchronous overlap-add in the time domain
/// (Moulines & Charpentier 1990, "Pitch-synchronous waveform processing techniques for text-to-speech synthesis using
/// diphones"). Voiced sound is taken apart period by period and set together at other distances; what has no periods is
/// taken in steps of 5 ms.
///
/// Windows are the halves of a Hann window as wide as the way to the neighbouring grain, so they add up to 1: where
/// neither pitch nor time is moved, the samples are the input's.
public struct OverlapAdd: Sendable {
    /// Steps through what has no periods, seconds.
    private static let unvoicedStep = 0.005
    /// How far from its place hiss is taken where its pace changes, seconds.
    private static let scatter = 0.006
    /// Pitch is moved by at most this factor, up or down.
    private static let farthest = 2.5
    /// Samples on either side that an interpolated sample is made of.
    private static let reach = 12

    private let samples: [Float]
    private let sampleRate: Double
    private let runs: [Run]

    /// Marks of one voiced stretch, seconds, ascending.
    private struct Run {
        var marks: [Double]

        /// The mark nearest to a moment.
        func nearest(to time: Double) -> Int {
            var (low, high) = (0, marks.count - 1)
            while high - low > 1 {
                let middle = (low + high) / 2
                if marks[middle] <= time { low = middle } else { high = middle }
            }
            return time - marks[low] <= marks[high] - time ? low : high
        }
        func periodAfter(_ index: Int) -> Double {
            index + 1 < marks.count ? marks[index + 1] - marks[index] : marks[index] - marks[index - 1]
        }
        func periodBefore(_ index: Int) -> Double {
            index > 0 ? marks[index] - marks[index - 1] : marks[1] - marks[0]
        }
    }

    /// - Parameters:
    ///   - samples: mono, of one speaker.
    ///   - contour: of these samples.
    public init(_ samples: [Float], sampleRate: Int, contour: PitchContour) {
        self.init(
            samples, sampleRate: sampleRate, contour: contour,
            marks: PeriodMarks(samples, sampleRate: sampleRate, contour: contour))
    }

    /// - Parameter marks: where the periods lie; those without a neighbour within 1.6 periods are no periods.
    public init(_ samples: [Float], sampleRate: Int, contour: PitchContour, marks: PeriodMarks) {
        self.samples = samples
        self.sampleRate = Double(sampleRate)
        var runs: [Run] = []
        var pending: [Double] = []
        func close() {
            if pending.count >= 3 { runs.append(Run(marks: pending)) }
            pending = []
        }
        for time in marks.times {
            let frame = min(max(Int((time / contour.frameSeconds).rounded()), 0), contour.hertz.count - 1)
            let near = max(frame - 1, 0)...min(frame + 1, contour.hertz.count - 1)
            let pitch = contour.hertz[near].filter { $0 > 0 }.min() ?? 0
            if let last = pending.last, pitch <= 0 || time - last > 1.6 / Double(pitch) { close() }
            pending.append(time)
        }
        close()
        self.runs = runs
    }

    /// A piece of the sound and where it goes.
    private struct Grain {
        /// Seconds in the result and in the sound.
        var result: Double
        var source: Double
        /// Periods of the sound before and after a mark; nil where the grain is no period.
        var periods: (before: Double, after: Double)?
    }

    /// - Parameters:
    ///   - count: samples of the result.
    ///   - warp: which moment of the sound is heard when.
    ///   - pitch: Hz at a moment of the result, asked only where the sound has periods; nil: the sound's own there.
    /// - Returns: [count]
    public func moved(
        count: Int, warp: TimeWarp = .identity, pitch: (_ seconds: Double) -> Double? = { _ in nil }
    ) -> [Float] {
        guard count > 0, !samples.isEmpty else { return [Float](repeating: 0, count: max(0, count)) }
        return render(grains(until: Double(count) / sampleRate, warp: warp, pitch: pitch), count: count)
    }

    private func grains(until end: Double, warp: TimeWarp, pitch: (Double) -> Double?) -> [Grain] {
        var grains: [Grain] = []
        var random = SplitMix64(state: 1)
        var time = 0.0
        var next = runs.firstIndex { ($0.marks.last ?? 0) > warp.source(at: 0) } ?? runs.count
        while time < end + Self.unvoicedStep {
            let source = warp.source(at: time)
            while next < runs.count, warp.result(at: runs[next].marks[runs[next].marks.count - 1]) < time - 1e-9 {
                next += 1
            }
            let start = next < runs.count ? warp.result(at: runs[next].marks[0]) : .infinity
            if time < start - 1e-9 {
                let pace = warp.source(at: time + Self.unvoicedStep) - source
                // Hiss taken in even steps at another pace repeats itself evenly, which is heard as a tone.
                let isMoved = abs(pace - Self.unvoicedStep) > 1e-9
                let scatter = isMoved ? Double.random(in: -Self.scatter...Self.scatter, using: &random) : 0
                grains.append(Grain(result: time, source: source + scatter, periods: nil))
                // The run begins with its first mark; a short last step rather than a very short one.
                let step = Self.unvoicedStep
                time = start - time < 1.5 * step ? start : time + step
            } else {
                let run = runs[next]
                let index = run.nearest(to: source)
                let (before, after) = (run.periodBefore(index), run.periodAfter(index))
                grains.append(Grain(result: time, source: run.marks[index], periods: (before, after)))
                var period = after
                if let wanted = pitch(time), wanted > 0 {
                    period = min(max(1 / wanted, after / Self.farthest), after * Self.farthest)
                }
                let end = warp.result(at: run.marks[run.marks.count - 1])
                let following = next + 1 < runs.count ? warp.result(at: runs[next + 1].marks[0]) : .infinity
                // The way out of a run ends at the next one's first mark at the latest.
                time = time + period > end + 1e-9 ? min(time + period, max(following, time + 1e-4)) : time + period
            }
        }
        return grains
    }

    private func render(_ grains: [Grain], count: Int) -> [Float] {
        var result = [Float](repeating: 0, count: count)
        for (index, grain) in grains.enumerated() {
            let left = width(index > 0 ? grains[index - 1] : nil, grain, side: \.before)
            let right = width(index + 1 < grains.count ? grains[index + 1] : nil, grain, side: \.after)
            let first = max(0, Int(((grain.result - left) * sampleRate).rounded(.up)))
            let last = min(count - 1, Int(((grain.result + right) * sampleRate).rounded(.down)))
            guard first <= last else { continue }
            let shift = (grain.source - grain.result) * sampleRate
            let reader = FractionalReader(shift: grain.periods == nil ? shift.rounded() : shift, reach: Self.reach)
            samples.withUnsafeBufferPointer { samples in
                for n in first...last {
                    let distance = Double(n) / sampleRate - grain.result
                    let share = distance < 0 ? -distance / left : distance / right
                    // The first grain has nothing before it.
                    let window = index == 0 && distance < 0 ? 1 : 0.5 + 0.5 * cos(.pi * min(1, share))
                    result[n] += Float(window) * reader.value(samples, at: n)
                }
            }
        }
        return result
    }

    /// How far a grain's window goes to one side: to the next grain, but between periods no farther than to the sound's
    /// own next period, which would be heard as an echo.
    private func width(_ other: Grain?, _ grain: Grain, side: KeyPath<(before: Double, after: Double), Double>)
        -> Double
    {
        guard let other else { return Self.unvoicedStep }
        let distance = abs(other.result - grain.result)
        guard let periods = grain.periods, other.periods != nil else { return distance }
        return min(distance, periods[keyPath: side])
    }
}

/// Reads samples a constant, perhaps broken, number of samples away, by a Hann-tapered sinc.
private struct FractionalReader {
    private let offset: Int
    /// Weights of the samples from `offset - reach + 1` on; empty where the shift is whole.
    private let taps: [Float]
    private let reach: Int

    init(shift: Double, reach: Int) {
        self.reach = reach
        let floor = shift.rounded(.down)
        let fraction = shift - floor
        if fraction < 1e-6 || fraction > 1 - 1e-6 {
            offset = Int(shift.rounded())
            taps = []
            return
        }
        offset = Int(floor)
        let weights = (0..<2 * reach).map { k -> Double in
            let x = Double(k - reach + 1) - fraction
            return sin(.pi * x) / (.pi * x) * (0.5 + 0.5 * cos(.pi * min(1, abs(x) / Double(reach))))
        }
        let sum = weights.reduce(0, +)
        taps = weights.map { Float($0 / sum) }
    }

    @inline(__always)
    func value(_ samples: UnsafeBufferPointer<Float>, at n: Int) -> Float {
        let at = n + offset
        guard !taps.isEmpty else { return at >= 0 && at < samples.count ? samples[at] : 0 }
        let first = at - reach + 1
        if first >= 0, first + 2 * reach <= samples.count {
            var sum: Float = 0
            for k in 0..<2 * reach { sum += taps[k] * samples[first + k] }
            return sum
        }
        var sum: Float = 0
        for k in 0..<2 * reach where first + k >= 0 && first + k < samples.count {
            sum += taps[k] * samples[first + k]
        }
        return sum
    }
}
