import AudioCore
import Pipeline

/// Concatenated minimum-permutation word errors (cpWER; Watanabe et al. 2020, CHiME-6): each speaker's words are strung
/// together and the found speakers are paired with the true ones so that the fewest words are wrong. A true speaker
/// nobody stands for loses all his words; a found one too many adds all of his.
public struct PermutedWordScore: Sendable, Equatable {
    public let errors: Int
    public let words: Int

    public var errorRate: Double? { words > 0 ? Double(errors) / Double(words) : nil }

    /// - Parameters: what each speaker said, in order.
    public init(truth: [SpeakerID: String], heard: [SpeakerID: String]) {
        let reference = truth.sorted { $0.key < $1.key }.map { TranscriptErrors.words(of: $0.value) }
        let hypothesis = heard.sorted { $0.key < $1.key }.map { TranscriptErrors.words(of: $0.value) }
        // As many empty speakers on either side as there may have to be.
        let size = max(reference.count, hypothesis.count)
        var costs = Matrix(rows: size, columns: size)
        for row in 0..<size {
            for column in 0..<size {
                costs[row, column] = -Float(
                    SequenceAlignment.errors(
                        reference: row < reference.count ? reference[row] : [],
                        hypothesis: column < hypothesis.count ? hypothesis[column] : []))
            }
        }
        errors = Int(-Assignment(maximizing: costs).total)
        words = reference.reduce(0) { $0 + $1.count }
    }
}
