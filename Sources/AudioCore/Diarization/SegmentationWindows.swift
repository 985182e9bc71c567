/// What the segmenter said about every window of a programme: one class a frame, a byte each (3 h: 6 MB).
public struct SegmentationWindows: Sendable {
    public let grid: SegmentationGrid
    /// Samples of the programme.
    public let sampleCount: Int
    /// Classes, [windows * framesPerWindow]; see `PowersetClass`.
    private var classes: [UInt8] = []
    public private(set) var count = 0

    public init(grid: SegmentationGrid = SegmentationGrid(), sampleCount: Int) {
        self.grid = grid
        self.sampleCount = sampleCount
        classes.reserveCapacity(grid.windowCount(sampleCount: sampleCount) * grid.framesPerWindow)
    }

    /// - Parameter window: classes, [framesPerWindow], of the window that follows the last one.
    public mutating func append(_ window: [UInt8]) {
        precondition(window.count == grid.framesPerWindow, "\(window.count) frames in a window")
        classes += window
        count += 1
    }

    /// Frames of the programme.
    public var frameCount: Int { grid.frameCount(sampleCount: sampleCount) }

    /// First frame of window `index` on the programme's grid.
    func firstFrame(_ index: Int) -> Int { index * grid.hopFrames }

    /// Classes of window `index` as far as they lie inside the programme.
    func classes(_ index: Int) -> ArraySlice<UInt8> {
        let inside = max(0, min(grid.framesPerWindow, frameCount - firstFrame(index)))
        return classes[index * grid.framesPerWindow..<index * grid.framesPerWindow + inside]
    }
}
