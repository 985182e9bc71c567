/// Cuts speech into short stretches that most likely hold one voice each, for embedding.
///
/// Short stretches rather than one embedding for each (window, local speaker): where the segmenter puts two people into
/// one local speaker, nothing after it could tell them apart again.
public struct VoiceSegmentation: Sendable, Equatable, Codable {
    /// Stretches longer than this are cut into overlapping ones of just this length: 1.5 s.
    public var longestFrames = 89
    /// The largest distance between the starts of two overlapping stretches: 0.75 s.
    public var hopFrames = 44
    /// Shorter stretches say too little about a voice: 0.25 s.
    public var shortestFrames = 15
    /// Where at least this share of windows hears a hand-over, speech is cut.
    public var changeThreshold: Float = 0.4
    /// No cut leaves a piece of this length or shorter: 0.2 s.
    public var shortestPieceFrames = 12

    public init() {}

    /// - Returns: runs of speech, cut at the middle of every hand-over, in order.
    public func pieces(of activity: SpeechActivity) -> [Range<Int>] {
        frameRuns(activity.frameCount, where: activity.isSpeech).flatMap { run in
            var cuts = [run.lowerBound]
            let handOvers = frameRuns(run.count) { activity.change[run.lowerBound + $0] >= changeThreshold }
            for handOver in handOvers {
                let middle = run.lowerBound + (handOver.lowerBound + handOver.upperBound) / 2
                let previous = cuts[cuts.count - 1]
                if middle - previous > shortestPieceFrames, run.upperBound - middle > shortestPieceFrames {
                    cuts.append(middle)
                }
            }
            return zip(cuts, cuts.dropFirst() + [run.upperBound]).map { $0..<$1 }
        }
    }

    /// - Returns: stretches to embed, in order; those of one piece are spread evenly over it.
    public func stretches(of activity: SpeechActivity) -> [Range<Int>] {
        pieces(of: activity).flatMap { piece -> [Range<Int>] in
            guard piece.count >= shortestFrames else { return [] }
            guard piece.count > longestFrames else { return [piece] }
            let slack = piece.count - longestFrames
            let steps = (slack + hopFrames - 1) / hopFrames
            return (0...steps).map { step in
                let start = piece.lowerBound + Int((Double(step * slack) / Double(steps)).rounded())
                return start..<start + longestFrames
            }
        }
    }
}

/// A stretch of speech with the vector that stands for its voice.
public struct VoiceSegment: Sendable, Equatable {
    /// On the programme's grid.
    public var frames: Range<Int>
    /// Share of the stretch in which two people speak, 0...1.
    public var overlapShare: Double
    /// Unit vector, [dimension].
    public var voicePrint: [Float]

    public init(frames: Range<Int>, overlapShare: Double, voicePrint: [Float]) {
        self.frames = frames
        self.overlapShare = overlapShare
        self.voicePrint = voicePrint
    }
}
