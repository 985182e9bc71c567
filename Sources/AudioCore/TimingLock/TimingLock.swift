import Foundation

/// Finds the durations with which a synthesizer's tokens follow a recording of the same words.
///
/// The plan's expected phonetic features are compared with the recording's: dynamic time warping finds the way roughly,
/// a segmental search on the synthesizer's own frame grid exactly. Silences are known from the denoised recording, so
/// that no word is smeared over one. All times are those at which a sound is heard; `leadFrames` tells how much later
/// the synthesizer wants its tokens.
public struct TimingLock: Sendable {
    public let frameSeconds: Double
    public let leadFrames: Int
    /// Unit rows, [phones, dimension].
    private let phoneCentroids: Matrix

    /// 5 ms columns of one frame.
    private var columnsPerFrame: Int { Int((frameSeconds / DistanceField.hopSeconds).rounded()) }

    /// How strongly odd durations of phones are disliked.
    private static let phoneDurationWeight: Float = 1
    /// The same for pauses, whose length says little.
    private static let pauseDurationWeight: Float = 0.3
    /// The longest a phone may be: 10 s, so that a stretched vowel is still followed.
    private static let longestPhoneFrames = 400
    /// Frames to either side of the warping path within which token ends are sought, tried in turn.
    private static let bands = [16, 60, 200]

    /// - Parameter phoneCentroids: mean expected feature of each phone, [phones, dimension], at least one.
    public init(frameSeconds: Double, leadFrames: Int, phoneCentroids: Matrix) {
        precondition(phoneCentroids.rows > 0, "the lock's score needs phone centroids")
        self.frameSeconds = frameSeconds
        self.leadFrames = leadFrames
        self.phoneCentroids = phoneCentroids.withUnitRows
    }

    public init(_ synthesizer: some SpeechSynthesizer) {
        self.init(
            frameSeconds: synthesizer.frameSeconds, leadFrames: synthesizer.leadFrames,
            phoneCentroids: synthesizer.phoneCentroids)
    }

    /// Frames of a recording: its length in `frameSeconds`, the last one perhaps not full.
    public func frameCount(seconds: Double) -> Int { max(0, Int((seconds / frameSeconds - 1e-6).rounded(.up))) }

    /// - Parameters:
    ///   - plan: what is said.
    ///   - track: phonetic features of the recording.
    ///   - silence: where the recording is silent, from its first moment on; beyond its end nothing is.
    ///   - seconds: the recording's length.
    /// - Returns: nil where the recording is too short for the words, or holds no features.
    public func align(_ plan: SpeechPlan, to track: PhoneticTrack, silence: SilenceMask, seconds: Double) -> Lock? {
        let frameCount = frameCount(seconds: seconds)
        guard frameCount >= plan.tokens.count, track.features.rows > 0, plan.features.rows > 0 else { return nil }
        let rows = TokenRows(plan, leadFrames: leadFrames, perFrame: columnsPerFrame)
        let columnCount = frameCount * columnsPerFrame
        let distances = DistanceField(
            plan: plan.features, frameSeconds: frameSeconds, leadFrames: leadFrames, track: track,
            columnCount: columnCount)
        let field = GuidedField(
            field: distances, isGap: rows.isGap(rowCount: distances.rowCount),
            isSilent: (0..<columnCount).map { $0 < silence.isSilent.count && silence.isSilent[$0] })
        let path = WarpingPath(through: field)
        let rate = pace(along: path, in: field)
        guard let frames = segment(rows, path: path, field: field, rate: rate, frameCount: frameCount) else {
            return nil
        }
        let floor = NearestPhone(centroids: phoneCentroids, track: track, columnCount: columnCount)
        return LockAppraisal(
            plan: plan, rows: rows, frames: frames, rate: rate, frameSeconds: frameSeconds,
            columnsPerFrame: columnsPerFrame, field: field, floor: floor
        ).lock
    }

    /// Recording by plan, words only: columns matched with words outside silence by rows of words, 0.4...2.5.
    private func pace(along path: WarpingPath, in field: GuidedField) -> Float {
        var spoken = 0
        var lastColumn: Int32 = -1
        for index in path.rows.indices {
            let column = path.columns[index]
            guard !field.isGap[Int(path.rows[index])], !field.isSilent[Int(column)], column != lastColumn else {
                continue
            }
            spoken += 1
            lastColumn = column
        }
        let planned = field.isGap.count { !$0 }
        return min(max(Float(spoken) / Float(max(1, planned)), 0.4), 2.5)
    }

    private func segment(
        _ rows: TokenRows, path: WarpingPath, field: GuidedField, rate: Float, frameCount: Int
    ) -> [Int]? {
        let scale = 1 / max(path.meanDistance, 1e-3)
        for band in Self.bands + [frameCount] {
            let tokens = rows.ranges.indices.map { index in
                let isGap = rows.isGapToken[index]
                let isLast = index == rows.ranges.count - 1
                return SegmentalAlignment.Token(
                    rows: rows.ranges[index],
                    expectedFrames: Float(rows.ranges[index].count) / Float(columnsPerFrame) * rate,
                    durationWeight: isGap ? Self.pauseDurationWeight : Self.phoneDurationWeight,
                    minimumFrames: index == 0 ? 0 : 1,
                    maximumFrames: isGap ? frameCount : Self.longestPhoneFrames,
                    end: isLast
                        ? frameCount...frameCount
                        : ends(at: rows.ranges[index].upperBound, path: path, band: band, frameCount: frameCount))
            }
            let alignment = SegmentalAlignment(
                tokens, in: field, columnsPerFrame: columnsPerFrame, frameCount: frameCount, scale: scale)
            if let alignment { return alignment.frames }
        }
        return nil
    }

    /// Where the path passes from the row before `row` to the one after it, and `band` frames to either side. A row that
    /// swallowed a long silence leaves the boundary free to lie at either end of it.
    private func ends(at row: Int, path: WarpingPath, band: Int, frameCount: Int) -> ClosedRange<Int> {
        let last = path.firstColumn.count - 1
        let before = Int(path.firstColumn[min(max(row - 1, 0), last)]) / columnsPerFrame - band
        let after = Int(path.lastColumn[min(row, last)]) / columnsPerFrame + band
        return min(max(before, 0), frameCount)...min(max(after, 0), frameCount)
    }
}

/// Which 5 ms rows of a plan expect which token, in times at which the token is heard.
struct TokenRows {
    /// [tokens]
    let ranges: [Range<Int>]
    /// [tokens]: true for pads, spaces and punctuation.
    let isGapToken: [Bool]
    let leadRows: Int

    init(_ plan: SpeechPlan, leadFrames: Int, perFrame: Int) {
        leadRows = leadFrames * perFrame
        var bounds = [0]
        for frames in plan.predictedFrames {
            bounds.append(bounds[bounds.count - 1] + Int(frames.rounded()) * perFrame)
        }
        let lead = leadRows
        let heard = bounds.map { max($0 - lead, 0) }
        ranges = zip(heard, heard.dropFirst()).map { $0..<$1 }
        isGapToken = plan.tokens.map { token in
            if case .gap = token.owner { return true }
            return false
        }
    }

    /// True for each row that expects a pause; what lies after the last token does too.
    func isGap(rowCount: Int) -> [Bool] {
        var result = [Bool](repeating: true, count: rowCount)
        for (range, isGap) in zip(ranges, isGapToken) where !isGap {
            for row in range where row < rowCount { result[row] = false }
        }
        return result
    }
}

/// The distance from each 5 ms of a recording to the nearest of all phones: how well anything at all would fit there.
struct NearestPhone {
    /// 0...2, [columns].
    let distance: [Float]

    init(centroids: Matrix, track: PhoneticTrack, columnCount: Int) {
        let products = track.features.products(with: centroids)
        let (width, last) = (centroids.rows, track.features.rows - 1)
        distance = products.elements.withUnsafeBufferPointer { products in
            (0..<columnCount).map { column in
                let position = Double(column) * DistanceField.hopSeconds / track.hopSeconds - 0.5
                let clamped = min(max(position, 0), Double(last))
                let index = min(Int(clamped), max(0, last - 1))
                let fraction = Float(clamped - Double(index))
                let (here, next) = (index * width, min(index + 1, last) * width)
                var best = -Float.infinity
                for phone in 0..<width {
                    let (a, b) = (products[here + phone], products[next + phone])
                    best = max(best, a + (b - a) * fraction)
                }
                return 1 - best
            }
        }
    }
}
