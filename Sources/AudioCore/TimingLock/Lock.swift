/// Where a word of a plan was found in a recording.
public struct AlignedWord: Sendable, Codable, Hashable {
    /// Seconds from the recording's beginning at which the word is first and last heard.
    public var span: TimeSpan
    /// Mean distance between what was expected and what was heard, 0...2.
    public var cost: Double
    /// ln(duration / expected duration at the recording's pace).
    public var durationRatioLog: Double
    /// Frames that the word's tokens take, counted from the recording's beginning.
    public var frames: Range<Int>

    public init(span: TimeSpan, cost: Double, durationRatioLog: Double, frames: Range<Int>) {
        self.span = span
        self.cost = cost
        self.durationRatioLog = durationRatioLog
        self.frames = frames
    }
}

/// The durations with which a plan follows a recording, and how well it fits.
public struct Lock: Sendable, Equatable {
    /// Frames of each token, [tokens]; together exactly the recording. They are times at which sounds are *heard*: the
    /// synthesizer's lead is not in them.
    public var frames: [Int]
    /// [plan's words]
    public var words: [AlignedWord]
    /// Mean over the words' frames of (distance to the expected sound - distance to the nearest phone of any kind).
    /// The more negative the better; right texts lie about -0.17 (clean) to -0.11 (telephone), wrong ones about +0.05.
    public var score: Double
    /// Mean distance over the words' frames, 0...2.
    public var meanCost: Double
    /// Distances summed along the whole path, in units of 5 ms, with the silence mask's say. Two plans for the same
    /// recording are compared by it.
    public var pathCost: Double
    /// The recording's pace: its seconds of words by the plan's.
    public var rate: Double

    /// Locks of so many words are rejected when their score is higher.
    ///
    /// -0.04 for a turn of twenty words (measured on 150 locks: 4.7 % of the right ones are refused, 2.8 % of the wrong
    /// ones pass). A few words alone score higher, right or wrong, because the mean that is removed is their own:
    /// TIMIT's score -0.03 (right) and 0.16 (wrong) by twos, -0.10 and 0.15 by fours, -0.14 and 0.09 by eights.
    public static func rejectionScore(words count: Int) -> Double { min(0.11, -0.05 + 0.2 / Double(max(1, count))) }

    public var isRejected: Bool { score > Self.rejectionScore(words: words.count) }

    public init(
        frames: [Int], words: [AlignedWord], score: Double, meanCost: Double, pathCost: Double, rate: Double
    ) {
        self.frames = frames
        self.words = words
        self.score = score
        self.meanCost = meanCost
        self.pathCost = pathCost
        self.rate = rate
    }
}
