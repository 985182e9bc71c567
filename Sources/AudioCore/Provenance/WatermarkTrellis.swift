import Foundation

/// Follows, for each place where the pattern may have begun, how much better "marked" explains the sound than "not marked".
///
/// The score of a step is theta s - sum over bands of log cosh(theta w x), where x are the step's values, w the weights of
/// bands and s the sum of w x with the pattern's signs. For signs that do not depend on the sound, exp of a sum of such
/// scores is a martingale with mean 1, whatever the sound is: a score of h comes about by chance with a probability of at
/// most exp(-h) for each beginning and place (Ville). Scores that fall to 0 begin anew (Page's cumulative sum, 1954).
final class WatermarkTrellis {
    /// A stretch that one place of the pattern explains.
    struct Candidate {
        var score: Float
        /// First and last step.
        var steps: ClosedRange<Int>
        /// Step of the pattern that lies at step 0 of the sound.
        var phase: Int
    }

    static let phaseCount = WatermarkPattern.columnCount * WatermarkFeatures.stepsPerCell
    /// Candidates below are forgotten.
    static let leastScore: Float = 14
    /// Where the score has fallen so far below its highest, the stretch has ended.
    private static let fall: Float = 14
    private static let theta: Float = 0.2

    /// One place of the pattern; which, says its index: [stepsPerCell, columnCount].
    private struct Place {
        var score: Float = 0
        /// The highest score of the stretch; 0 where none has begun.
        var peak: Float = 0
        var start: Int32 = 0
        var peakStep: Int32 = 0
    }

    private var candidates: [Candidate] = []
    /// Raw memory spares an exclusivity check for each of a million elements a second.
    private let places = UnsafeMutablePointer<Place>.allocate(capacity: phaseCount)
    private let sums = UnsafeMutablePointer<Float>.allocate(capacity: WatermarkPattern.columnCount)
    private var step = 0

    init() {
        places.initialize(repeating: Place(), count: Self.phaseCount)
        sums.initialize(repeating: 0, count: WatermarkPattern.columnCount)
    }

    deinit {
        places.deallocate()
        sums.deallocate()
    }

    /// - Parameter values: of the next step, [bandCount].
    func push(_ values: ArraySlice<Float>) {
        defer { step += 1 }
        let pattern = WatermarkPattern.shared
        let (columns, sums) = (WatermarkPattern.columnCount, sums)
        sums.update(repeating: 0, count: columns)
        var chance: Float = 0
        for (band, value) in zip(pattern.weights.indices, values) where value != 0 {
            let weighted = Self.theta * pattern.weights[band] * value
            chance += Self.logCosh(weighted)
            pattern.signs.withUnsafeBufferPointer { signs in
                let first = band * columns
                for column in 0..<columns { sums[column] += weighted * signs[first + column] }
            }
        }
        guard chance > 0 else { return }
        let (cell, part) = step.quotientAndRemainder(dividingBy: WatermarkFeatures.stepsPerCell)
        // Place j stands for the pattern's column (j + cell) mod columnCount.
        let turn = cell % columns
        advance(part * columns, sums + turn, count: columns - turn, less: chance)
        advance(part * columns + columns - turn, sums, count: turn, less: chance)
    }

    /// - Returns: all candidates.
    func finish() -> [Candidate] {
        for index in 0..<Self.phaseCount { close(index) }
        return candidates
    }

    private func advance(_ first: Int, _ gains: UnsafePointer<Float>, count: Int, less chance: Float) {
        let places = places + first
        let now = Int32(step)
        for index in 0..<count {
            let score = places[index].score + gains[index] - chance
            let peak = places[index].peak
            if score > peak {
                if peak == 0 { places[index].start = now }
                places[index].peak = score
                places[index].peakStep = now
                places[index].score = score
            } else if score <= 0 || (peak >= Self.leastScore && score < peak - Self.fall) {
                if peak >= Self.leastScore { close(first + index) }
                places[index].score = 0
                places[index].peak = 0
            } else {
                places[index].score = score
            }
        }
    }

    private func close(_ index: Int) {
        let place = places[index]
        guard place.peak >= Self.leastScore else { return }
        let (part, state) = index.quotientAndRemainder(dividingBy: WatermarkPattern.columnCount)
        // A step in the middle of a cell fits best.
        let phase = state * WatermarkFeatures.stepsPerCell - part + WatermarkFeatures.stepsPerCell / 2
        candidates.append(
            Candidate(
                score: place.peak, steps: Int(place.start)...Int(place.peakStep),
                phase: (phase + Self.phaseCount) % Self.phaseCount))
    }

    private static func logCosh(_ x: Float) -> Float {
        let size = abs(x)
        return size + log(1 + exp(-2 * size)) - Float(0.693_147_18)
    }
}
