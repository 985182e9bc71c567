import Foundation

/// How likely a turn was given to the right person: a logistic function of five measurements.
///
/// Fitted on 14 programmes (podcasts, calls, meetings), checked on 14 others: what it calls .99 is .98, .87 is .83, .60 is
/// .57. "Right" means that the person has at least half of the turn's real speech. On short meetings with many people it
/// says too much (.98 is .78), therefore the ceiling where few stretches were there to tell voices by.
public struct TurnConfidence: Sendable {
    /// Highest confidence where fewer than `fewItems` stretches told the voices apart.
    public var ceilingOfFew = 0.8
    public var fewItems = 40

    public init() {}

    struct Evidence {
        /// The speaker's mean share of strength, 0...1.
        var share: Double
        /// Mean cosine to the speaker's own centre and its margin over the best other's.
        var cosine: Double
        var margin: Double
        var seconds: Double
        /// Share of frames with two people, 0...1.
        var overlapShare: Double
    }

    func probability(_ evidence: Evidence, trainingItems: Int, speakers: Int) -> Double {
        let logit =
            1.693 + 0.858 * min(evidence.share, 0.999) + 1.493 * evidence.margin
            + 1.230 * log(min(max(evidence.seconds, 0.1), 8)) - 0.853 * evidence.overlapShare + 1.265 * evidence.cosine
        let probability = 1 / (1 + exp(-logit))
        return speakers > 1 && trainingItems < fewItems ? min(probability, ceilingOfFew) : probability
    }
}
