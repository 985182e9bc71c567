import Foundation

/// F0 by autocorrelation: Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the
/// harmonics-to-noise ratio of a sampled sound", as Praat's "To Pitch (ac)" does it, with frames at `i * frameSeconds`.
///
/// This is the tracker that *dictates* the new voice's melody; `JudgePitchTracker` judges the result.
public struct PitchTracker: Sendable {
    public struct Options: Sendable, Equatable {
        /// Hz; the window is three of its periods long.
        public var floor = 60.0
        /// Hz.
        public var ceiling = 500.0
        /// Frames whose peak is below this share of the loudest are taken for silent.
        public var silenceThreshold: Float = 0.03
        /// Autocorrelation above which a frame is voiced.
        public var voicingThreshold: Float = 0.45
        /// Favour of high candidates, an octave.
        public var octaveCost: Float = 0.01
        /// Cost of a jump by an octave within 10 ms.
        public var octaveJumpCost: Float = 0.6
        /// Cost of a change between voiced and unvoiced within 10 ms.
        public var voicedUnvoicedCost: Float = 0.14
        /// Candidates kept in a frame, the unvoiced one included.
        public var candidates = 15

        public init() {}
    }

    public let sampleRate: Int
    public let frameSeconds: Double
    public var options: Options

    public init(sampleRate: Int, frameSeconds: Double = 0.0125, options: Options = Options()) {
        self.sampleRate = sampleRate
        self.frameSeconds = frameSeconds
        self.options = options
    }

    /// Frames whose centres lie within `samples` samples.
    public func frameCount(samples: Int) -> Int {
        samples == 0 ? 0 : Int(Double(samples - 1) / (frameSeconds * Double(sampleRate)) + 1e-9) + 1
    }

    /// Two passes: the first between the options' floor and ceiling, the second in the range of this voice,
    /// 0.65 x the lower quartile ... 2 x the upper one. Far fewer octave errors than one pass.
    /// - Parameter samples: mono, of one speaker.
    public func track(_ samples: [Float]) -> PitchContour {
        let first = track(samples, floor: options.floor, ceiling: options.ceiling)
        guard let range = Self.range(of: first) else { return first }
        return track(samples, floor: range.lowerBound, ceiling: range.upperBound)
    }

    /// The range in which a voice is to be looked for, Hz; nil with too few voiced frames (20) to tell.
    public static func range(of contour: PitchContour) -> ClosedRange<Double>? {
        let voiced = contour.voicedHertz.sorted()
        guard voiced.count > 20 else { return nil }
        return max(
            50, 0.65 * Double(quantile(0.25, ofSorted: voiced)))...min(
                700, 2 * Double(quantile(0.75, ofSorted: voiced)))
    }

    /// One pass.
    /// - Parameters:
    ///   - samples: mono, any level.
    ///   - floor: Hz.
    ///   - ceiling: Hz.
    public func track(_ samples: [Float], floor: Double, ceiling: Double) -> PitchContour {
        let frames = frameCount(samples: samples.count)
        guard frames > 0 else { return PitchContour(frameSeconds: frameSeconds, hertz: []) }
        let analysis = PitchCandidateAnalysis(
            sampleRate: sampleRate, floor: floor, ceiling: ceiling, capacity: options.candidates,
            voicingThreshold: options.voicingThreshold, octaveCost: options.octaveCost)
        let candidates = analysis.candidates(of: samples, frames: frames, frameSeconds: frameSeconds)
        return PitchContour(frameSeconds: frameSeconds, hertz: choose(candidates, ceiling: ceiling))
    }

    private func choose(_ candidates: PitchCandidates, ceiling: Double) -> [Float] {
        let correction = Float(0.01 / frameSeconds)
        let jumpCost = options.octaveJumpCost * correction
        let voicingCost = options.voicedUnvoicedCost * correction
        let ceilingOctave = Float(log2(ceiling))
        let (silence, voicing) = (options.silenceThreshold, options.voicingThreshold)
        let path = bestPath(counts: candidates.counts) { frame, index in
            guard index > 0 else {
                return voicing + max(0, 2 - candidates.intensity[frame] / (silence / (1 + voicing)))
            }
            let candidate = candidates[frame, index]
            return candidate.strength - options.octaveCost * (ceilingOctave - candidate.octave)
        } cost: { frame, from, to in
            switch (from > 0, to > 0) {
            case (false, false): return 0
            case (true, true):
                return jumpCost * abs(candidates[frame - 1, from].octave - candidates[frame, to].octave)
            default: return voicingCost
            }
        }
        return path.enumerated().map { frame, index in index > 0 ? candidates[frame, index].hertz : 0 }
    }
}
