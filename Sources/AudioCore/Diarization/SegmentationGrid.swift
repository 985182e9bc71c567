/// Where the speech segmenter's frames lie in a programme, and how its windows follow one another.
///
/// The hop between windows is a whole number of frames, so that windows add up without resampling. Figures are those of
/// pyannote's segmentation 3.0 network: frame `i` of a window stands for the samples
/// `[leadSamples + i * frameSamples, + frameSamples)`.
public struct SegmentationGrid: Sendable, Equatable {
    public var sampleRate: Int
    public var windowSamples: Int
    public var framesPerWindow: Int
    public var frameSamples: Int
    public var leadSamples: Int
    public var hopFrames: Int

    public init(
        sampleRate: Int = 16_000, windowSamples: Int = 160_000, framesPerWindow: Int = 589, frameSamples: Int = 270,
        leadSamples: Int = 360, hopFrames: Int = 60
    ) {
        self.sampleRate = sampleRate
        self.windowSamples = windowSamples
        self.framesPerWindow = framesPerWindow
        self.frameSamples = frameSamples
        self.leadSamples = leadSamples
        self.hopFrames = hopFrames
    }

    public var hopSamples: Int { hopFrames * frameSamples }
    public var frameSeconds: Double { Double(frameSamples) / Double(sampleRate) }

    /// Frames in `seconds`, rounded.
    public func frames(_ seconds: Double) -> Int { Int((seconds / frameSeconds).rounded()) }

    /// Windows that cover `sampleCount` samples; the last one reaches beyond the end.
    public func windowCount(sampleCount: Int) -> Int {
        guard sampleCount > 0 else { return 0 }
        let beyondFirst = max(0, sampleCount - windowSamples)
        return 1 + (beyondFirst + hopSamples - 1) / hopSamples
    }

    /// Frames of the programme that lie inside its `sampleCount` samples and are covered by windows.
    public func frameCount(sampleCount: Int) -> Int {
        let windows = windowCount(sampleCount: sampleCount)
        guard windows > 0 else { return 0 }
        return min((windows - 1) * hopFrames + framesPerWindow, sampleCount / frameSamples)
    }

    /// First sample of frame `index`.
    public func sample(ofFrame index: Int) -> Int { leadSamples + index * frameSamples }

    /// The frame that holds sample `index`; negative for the samples before the first frame.
    public func frame(ofSample index: Int) -> Int {
        let offset = index - leadSamples
        return offset >= 0 ? offset / frameSamples : (offset - frameSamples + 1) / frameSamples
    }

    /// The stretch of time that `frames` stand for, cut at the programme's end.
    public func span(of frames: Range<Int>, sampleCount: Int) -> TimeSpan {
        let start = min(sample(ofFrame: frames.lowerBound), sampleCount)
        let end = min(sample(ofFrame: frames.upperBound), sampleCount)
        return TimeSpan(start: Double(start) / Double(sampleRate), end: Double(end) / Double(sampleRate))
    }
}
