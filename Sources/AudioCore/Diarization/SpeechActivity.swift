/// How many people speak in each frame and where one takes over from another, averaged over the windows.
public struct SpeechActivity: Sendable {
    public let grid: SegmentationGrid
    /// Mean number of people speaking, [frames], 0...2.
    public let speakerCount: [Float]
    /// Share of windows that hear one solo speaker hand over to another within 0.1 s, [frames], 0...1.
    public let change: [Float]

    /// Frames on each side of a hand-over that count as near it.
    private static let changeReach = 6

    public var frameCount: Int { speakerCount.count }

    public init(_ windows: SegmentationWindows) {
        grid = windows.grid
        let frames = windows.frameCount
        var count = [Float](repeating: 0, count: frames)
        var change = [Float](repeating: 0, count: frames)
        var covering = [Float](repeating: 0, count: frames)
        for index in 0..<windows.count {
            let first = windows.firstFrame(index)
            let classes = windows.classes(index)
            for (offset, value) in classes.enumerated() {
                count[first + offset] += Float(PowersetClass.speakers(value).nonzeroBitCount)
                covering[first + offset] += 1
            }
            for switched in Self.handOvers(in: classes) {
                let near = max(0, switched - Self.changeReach)..<min(classes.count, switched + Self.changeReach)
                for offset in near { change[first + offset] += 1 }
            }
        }
        for frame in 0..<frames where covering[frame] > 0 {
            count[frame] /= covering[frame]
            change[frame] /= covering[frame]
        }
        speakerCount = count
        self.change = change
    }

    /// Whether anybody speaks, by the majority of windows.
    public func isSpeech(_ frame: Int) -> Bool { speakerCount[frame] >= 0.5 }

    /// Whether two people speak at once, by the majority of windows.
    public func isOverlapped(_ frame: Int) -> Bool { speakerCount[frame] >= 1.5 }

    /// - Returns: where a solo frame of one local speaker follows one of another, midway through the gap.
    private static func handOvers(in classes: ArraySlice<UInt8>) -> [Int] {
        var found: [Int] = []
        var last: (speaker: Int, offset: Int)?
        for (offset, value) in classes.enumerated() {
            guard let speaker = PowersetClass.soloSpeaker(value) else { continue }
            if let last, last.speaker != speaker { found.append((last.offset + offset + 1) / 2) }
            last = (speaker, offset)
        }
        return found
    }
}
