import Foundation

/// F0 by the cumulative mean normalised difference: YIN (de Cheveigné & Kawahara 2002) with pYIN's distribution of
/// thresholds (Mauch & Dixon 2014) and a best path through each frame's candidates.
///
/// It only judges. What dictates the melody is `PitchTracker`, which shares no method with it: a tracker that scored
/// its own work would find its own errors right.
public struct JudgePitchTracker: Sendable {
    public let sampleRate: Int
    public let frameSeconds: Double
    /// Hz.
    public var floor: Double
    /// Hz.
    public var ceiling: Double

    /// Samples that are compared with their shifted selves: 32 ms.
    private var windowSamples: Int { max(32, sampleRate * 32 / 1000) }
    private static let capacity = 12
    /// Cost of a jump by an octave from frame to frame, in nepers of likelihood.
    private static let octaveCost: Float = 12
    /// Cost of beginning or ending voice: ln of pYIN's probability of 1 %.
    private static let voicingCost: Float = 4.6
    /// What makes up for the evidence of voice being spread over many dips (pYIN divides by its number of pitches).
    private static let unvoicedPrior: Float = 0.03
    /// Second parameter of the thresholds' beta distribution; half of pYIN's, because the window is short.
    private static let thresholdShape = 9.0
    /// Frames with less than this share of the loudest one's energy are silent: -40 dB.
    private static let silence: Float = 1e-4

    public init(sampleRate: Int, frameSeconds: Double = 0.01, floor: Double = 60, ceiling: Double = 500) {
        self.sampleRate = sampleRate
        self.frameSeconds = frameSeconds
        self.floor = floor
        self.ceiling = ceiling
    }

    /// - Parameter samples: mono, any level, of one speaker.
    /// - Returns: Hz, 0 where unvoiced; frames whose centres lie within the signal.
    public func track(_ samples: [Float]) -> PitchContour {
        let frames =
            samples.isEmpty ? 0 : Int(Double(samples.count - 1) / (frameSeconds * Double(sampleRate)) + 1e-9) + 1
        var candidates = PitchCandidates(frames: frames, capacity: Self.capacity)
        let difference = DifferenceFunction(
            windowSamples: windowSamples, maximumLag: Int(Double(sampleRate) / floor) + 2)
        let shortest = max(2, Int(Double(sampleRate) / ceiling))
        let energies = (0..<frames).map { frameEnergy(samples, start: start(of: $0)) }
        let gate = Self.silence * (energies.max() ?? 0)
        for frame in 0..<frames where energies[frame] > gate {
            difference.evaluate(samples, start: start(of: frame))
            collect(difference.normalised, shortest: shortest, frame: frame, into: &candidates)
        }
        let path = bestPath(counts: candidates.counts) { frame, index in
            let likelihood =
                index > 0
                ? candidates[frame, index].strength : Self.unvoicedPrior * (1 - candidates.intensity[frame])
            return log(max(1e-5, likelihood))
        } cost: { frame, from, to in
            switch (from > 0, to > 0) {
            case (false, false): return 0
            case (true, true):
                return Self.octaveCost * abs(candidates[frame - 1, from].octave - candidates[frame, to].octave)
            default: return Self.voicingCost
            }
        }
        return PitchContour(
            frameSeconds: frameSeconds,
            hertz: path.enumerated().map { frame, index in index > 0 ? candidates[frame, index].hertz : 0 })
    }

    /// The first sample of a frame. The middle of what is compared lies half a window and half a period later; 6 ms
    /// stands for the period.
    private func start(of frame: Int) -> Int {
        let centre = Int((Double(frame) * frameSeconds * Double(sampleRate)).rounded())
        return centre - (windowSamples + sampleRate * 6 / 1000) / 2
    }

    private func frameEnergy(_ samples: [Float], start: Int) -> Float {
        var sum: Float = 0
        for n in max(0, start)..<max(max(0, start), min(samples.count, start + windowSamples)) {
            sum += samples[n] * samples[n]
        }
        return sum
    }

    /// Each dip is as likely as the thresholds are for which it is the first one below: all between its own depth and
    /// the deepest dip's before it.
    private func collect(
        _ d: [Float], shortest: Int, frame: Int, into candidates: inout PitchCandidates
    ) {
        var deepest = 1.0
        var voiced = 0.0
        for lag in shortest..<d.count - 1 where d[lag] < d[lag - 1] && d[lag] <= d[lag + 1] && Double(d[lag]) < deepest
        {
            let probability = Self.thresholdsBelow(deepest) - Self.thresholdsBelow(Double(d[lag]))
            deepest = Double(d[lag])
            voiced += probability
            add(d, lag: lag, probability: probability, frame: frame, to: &candidates)
        }
        candidates.setIntensity(Float(min(1, voiced)), frame: frame)
    }

    private func add(
        _ d: [Float], lag: Int, probability: Double, frame: Int, to candidates: inout PitchCandidates
    ) {
        guard probability > 1e-4 else { return }
        let slope = 0.5 * (d[lag + 1] - d[lag - 1])
        let curvature = d[lag - 1] + d[lag + 1] - 2 * d[lag]
        let period = Double(lag) - (curvature > 0 ? Double(slope / curvature) : 0)
        let hertz = Float(Double(sampleRate) / period)
        candidates.add(
            PitchCandidate(hertz: hertz, octave: log2(hertz), strength: Float(probability)), frame: frame
        ) { $0.strength }
    }

    /// The share of thresholds below `x` when they are distributed as beta(2, b): 1 - (1 - x)^b (1 + b x).
    private static func thresholdsBelow(_ x: Double) -> Double {
        1 - pow(1 - x, thresholdShape) * (1 + thresholdShape * x)
    }
}
