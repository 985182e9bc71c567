import Foundation

/// How the two channels of a programme belong together, from the power of each tenth of a second.
///
/// Calls and remote interviews often keep each person on a channel. There, whenever somebody speaks, one channel is far
/// louder than the other, now this one, now that, and the two have nothing in common. Music and people panned between
/// the loudspeakers lie on both channels: over calls with one speaker a channel, 97 to 100 % of the steps differ by more
/// than 12 dB; over music in stereo and mixed podcasts hardly any do.
struct ChannelRelation {
    private static let stepSeconds = 0.1
    /// Steps this far below the loudest are pauses.
    private static let pauseDecibels = 40.0
    private static let dominanceDecibels = 12.0
    private static let leastDominatedShare = 0.6
    /// What each channel must dominate at least; else the other one is the programme.
    private static let leastShareOfEach = 0.03
    private static let mostCorrelation = 0.35

    private let stepFrames: Int
    private var filled = 0
    private var (leftSum, rightSum, crossSum) = (0.0, 0.0, 0.0)
    private var left: [Float] = []
    private var right: [Float] = []
    private var cross: [Float] = []
    private var hasDifference = false
    private var hasFrames = false

    init(sampleRate: Int) { stepFrames = max(1, Int(Self.stepSeconds * Double(sampleRate))) }

    /// - Parameters: the next frames of both channels, equally many.
    mutating func add(_ first: [Float], _ second: [Float]) {
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                var start = 0
                while start < first.count {
                    let end = min(first.count, start + stepFrames - filled)
                    addPart(first, second, start..<end)
                    start = end
                }
            }
        }
    }

    /// True where both channels are the same.
    var isDualMono: Bool { hasFrames && !hasDifference }

    var hasOneSpeakerAChannel: Bool {
        let loudest = zip(left, right).reduce(0) { max($0, max($1.0, $1.1)) }
        let threshold = loudest * Float(pow(10, -Self.pauseDecibels / 10))
        let ratio = Float(pow(10, Self.dominanceDecibels / 10))
        let active = left.indices.filter { max(left[$0], right[$0]) > threshold }
        guard loudest > 0, !active.isEmpty else { return false }
        let leftShare = Double(active.count { left[$0] > ratio * right[$0] }) / Double(active.count)
        let rightShare = Double(active.count { right[$0] > ratio * left[$0] }) / Double(active.count)
        let correlations = active.map {
            abs(cross[$0]) / max((left[$0] * right[$0]).squareRoot(), .leastNormalMagnitude)
        }
        return leftShare + rightShare >= Self.leastDominatedShare && min(leftShare, rightShare) >= Self.leastShareOfEach
            && Double(correlations.sorted()[correlations.count / 2]) < Self.mostCorrelation
    }

    private mutating func addPart(
        _ first: UnsafeBufferPointer<Float>, _ second: UnsafeBufferPointer<Float>, _ range: Range<Int>
    ) {
        var (a, b, ab) = (leftSum, rightSum, crossSum)
        var differs = hasDifference
        for index in range {
            let (x, y) = (first[index], second[index])
            a += Double(x) * Double(x)
            b += Double(y) * Double(y)
            ab += Double(x) * Double(y)
            differs = differs || x != y
        }
        (leftSum, rightSum, crossSum) = (a, b, ab)
        hasDifference = differs
        hasFrames = true
        filled += range.count
        guard filled == stepFrames else { return }
        left.append(Float(a))
        right.append(Float(b))
        cross.append(Float(ab))
        (leftSum, rightSum, crossSum, filled) = (0, 0, 0, 0)
    }
}
