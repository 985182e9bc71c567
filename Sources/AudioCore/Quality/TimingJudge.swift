/// Says how far the words of new speech lie from those of the old: an aligner of its own, which has no part in making
/// the new speech (that is locked by phonetic features of a recognizer; this one looks at cepstra).
///
/// Both recordings are warped onto each other within a band; around each word's onset the warp gives a first answer,
/// which is then refined by sliding the stretch around the onset to where it fits best, to a fraction of a frame.
public struct TimingJudge: Sendable {
    /// For reports.
    public static let name = "cepstral warping"

    /// The largest deviation that can be seen.
    public var longestDeviationSeconds = 0.4
    /// What is compared around an onset.
    private static let before = 0.04
    private static let after = 0.08
    /// The refinement looks this far to either side of the warp.
    private static let searchSeconds = 0.03
    /// Cost of a frame's step that advances one recording only; distances between matching frames are about 3.
    private static let stepPenalty: Float = 0.3

    public init() {}

    /// - Parameters:
    ///   - source: the old speech alone (denoised), mono, 16 kHz.
    ///   - result: the new speech of the same span, mono, 16 kHz, as long.
    ///   - onsets: where words begin, seconds from the first sample.
    /// - Returns: for each onset how much later (positive) or earlier the new speech has it, milliseconds; nil where
    ///   one of the two is silent around it, so that nothing can be compared.
    public func deviations(source: [Float], result: [Float], onsets: [Double]) -> [Double?] {
        precondition(source.count == result.count, "\(source.count) and \(result.count) samples")
        let old = ArticulationFeatures(source)
        let new = ArticulationFeatures(result)
        let rate = ArticulationFeatures.framesPerSecond
        let warping = BandedWarping(band: Int(longestDeviationSeconds * rate), stepPenalty: Self.stepPenalty)
        guard let path = warping.path(old.features, new.features) else {
            return [Double?](repeating: nil, count: onsets.count)
        }
        return onsets.map { onset in
            deviation(old, new, path: path, onset: onset * rate).map { 1000 * $0 / rate }
        }
    }

    /// - Parameter onset: in frames.
    /// - Returns: frames.
    private func deviation(
        _ old: ArticulationFeatures, _ new: ArticulationFeatures, path: [Float], onset: Double
    ) -> Double? {
        let rate = ArticulationFeatures.framesPerSecond
        let first = max(0, Int((onset - Self.before * rate).rounded()))
        let last = min(path.count - 1, Int((onset + Self.after * rate).rounded()))
        guard first < last else { return nil }
        let frames = first...last
        let weights = frames.map { old.presence[$0] }
        let heard = weights.reduce(0, +)
        // A quarter of the stretch at least must be speech, in both.
        guard heard > 0.25 * Float(frames.count) else { return nil }
        let matched = frames.reduce(Float(0)) { $0 + new.presence[min(path.count - 1, Int(path[$1].rounded()))] }
        guard matched > 0.25 * Float(frames.count) else { return nil }
        let shifts = zip(frames, weights).filter { $0.1 > 0.5 }.map { path[$0.0] - Float($0.0) }
        guard !shifts.isEmpty else { return nil }
        let rough = quantile(0.5, of: shifts)
        return refine(old, new, frames: frames, around: Int(rough.rounded())) ?? Double(rough)
    }

    /// Slides the frames of the old over the new: the smallest mean distance, between the frames by a parabola.
    private func refine(
        _ old: ArticulationFeatures, _ new: ArticulationFeatures, frames: ClosedRange<Int>, around rough: Int
    ) -> Double? {
        let reach = Int(Self.searchSeconds * ArticulationFeatures.framesPerSecond)
        let costs = (rough - reach - 1...rough + reach + 1).map { shift in
            distance(old.features, new.features, frames: frames, shift: shift)
        }
        guard let best = costs.indices.dropFirst().dropLast().min(by: { costs[$0] < costs[$1] }) else { return nil }
        let (below, here, above) = (costs[best - 1], costs[best], costs[best + 1])
        let curvature = below + above - 2 * here
        guard here <= below, here <= above, curvature > 0 else { return nil }
        return Double(rough - reach - 1 + best) + Double(0.5 * (below - above) / curvature)
    }

    /// Mean squared distance; frames beyond the ends repeat the end.
    private func distance(_ old: Matrix, _ new: Matrix, frames: ClosedRange<Int>, shift: Int) -> Float {
        var sum: Float = 0
        old.elements.withUnsafeBufferPointer { a in
            new.elements.withUnsafeBufferPointer { b in
                for frame in frames {
                    let i = frame * old.columns
                    let j = min(new.rows - 1, max(0, frame + shift)) * new.columns
                    for n in 0..<old.columns { sum += (a[i + n] - b[j + n]) * (a[i + n] - b[j + n]) }
                }
            }
        }
        return sum / Float(frames.count)
    }
}
