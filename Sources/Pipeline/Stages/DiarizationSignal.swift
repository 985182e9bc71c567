import AudioCore
import Files

/// What the two networks say about one channel of a programme, read window by window and stretch by stretch.
struct DiarizationSignal {
    let windows: SegmentationWindows
    let speech: SpeechActivity
    let segments: [VoiceSegment]

    private static let windowsAtOnce = 4
    /// Share of the progress that segmentation is given; the rest is embedding.
    private static let segmentationShare = 0.55
    /// Feature rows a second, and samples that the last row reaches beyond its hop: 25 ms frames every 10 ms.
    private static let rowsPerSecond = 100
    private static let frameSeconds = 0.025
    /// Fewer feature rows than this say nothing about a voice.
    private static let fewestRows = 20
    /// Overlapped rows are left out where at least this many remain.
    private static let fewestSoloRows = 40

    init(
        _ reader: WaveReader, channel: Int, segmenter: any SpeechSegmenter, embedder: any SpeakerEmbedder,
        stretches: VoiceSegmentation, progress: (Double) throws -> Void
    ) throws {
        windows = try Self.segmented(reader, channel, segmenter) { try progress($0 * Self.segmentationShare) }
        speech = SpeechActivity(windows)
        segments = try Self.embedded(reader, channel, embedder, speech, stretches.stretches(of: speech)) {
            try progress(Self.segmentationShare + $0 * (1 - Self.segmentationShare))
        }
    }

    private static func segmented(
        _ reader: WaveReader, _ channel: Int, _ segmenter: any SpeechSegmenter, progress: (Double) throws -> Void
    ) throws -> SegmentationWindows {
        let grid = SegmentationGrid(
            sampleRate: segmenter.sampleRate, windowSamples: segmenter.windowSamples,
            framesPerWindow: segmenter.framesPerWindow)
        var windows = SegmentationWindows(grid: grid, sampleCount: reader.frameCount)
        let count = grid.windowCount(sampleCount: reader.frameCount)
        while windows.count < count {
            let batch = windows.count..<min(count, windows.count + windowsAtOnce)
            let samples = try batch.map { index in
                let start = index * grid.hopSamples
                return try reader.read(start..<start + grid.windowSamples)[channel]
            }
            for classes in try segmenter.classes(of: samples) { windows.append(classes) }
            try progress(Double(windows.count) / Double(count))
        }
        return windows
    }

    private static func embedded(
        _ reader: WaveReader, _ channel: Int, _ embedder: any SpeakerEmbedder, _ speech: SpeechActivity,
        _ stretches: [Range<Int>], progress: (Double) throws -> Void
    ) throws -> [VoiceSegment] {
        let grid = speech.grid
        let hop = embedder.sampleRate / rowsPerSecond
        let beyond = Int(frameSeconds * Double(embedder.sampleRate)) - hop
        func row(_ frame: Int) -> Int { (grid.sample(ofFrame: frame) + hop / 2) / hop }
        var segments: [VoiceSegment] = []
        for (index, frames) in stretches.enumerated() {
            try progress(Double(index) / Double(stretches.count))
            let rows = row(frames.lowerBound)..<row(frames.upperBound)
            let samples = try reader.read(rows.lowerBound * hop..<rows.upperBound * hop + beyond)[channel]
            let features = embedder.features(of: samples)
            guard features.rows >= fewestRows else { continue }
            let solo = (0..<features.rows).filter { index in
                let frame = grid.frame(ofSample: (rows.lowerBound + index) * hop)
                return !speech.isOverlapped(min(max(frame, 0), speech.frameCount - 1))
            }
            let kept = solo.count >= fewestSoloRows && solo.count < features.rows ? features.rows(solo) : features
            segments.append(
                VoiceSegment(
                    frames: frames, overlapShare: 1 - Double(solo.count) / Double(features.rows),
                    voicePrint: try embedder.voicePrint(of: kept)))
        }
        try progress(1)
        return segments
    }
}

extension Matrix {
    /// The rows named, in that order.
    fileprivate func rows(_ indices: [Int]) -> Matrix {
        Matrix(rows: indices.count, columns: columns, elements: indices.flatMap { self[row: $0] })
    }
}
