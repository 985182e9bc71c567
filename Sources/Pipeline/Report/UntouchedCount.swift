import AudioCore
import Files
import Foundation

/// Proves that nothing outside the spans changed, sample by sample.
struct UntouchedCount {
    let material: MeasuredMaterial
    let media: any MediaAccess

    /// Compares the input with the file that was written where that is lossless, else with what the encoder was given.
    /// A file of integers is compared at its own depth: a decoded MP3 in a FLAC of 24 bits is untouched where every sample
    /// is the decoder's, rounded.
    func count(outside spans: [Range<Int>]) throws -> Report.Untouched {
        var source: (any MediaSource)?
        if let written = material.written { source = try media.open(written) }
        let tolerance = source.map { Self.halfStep($0.format) } ?? 0
        var result = Report.Untouched(samplesOutside: 0, samplesChanged: 0)
        var spans = spans.sorted { $0.lowerBound < $1.lowerBound }[...]
        var at = 0
        while at < material.input.frameCount {
            let block: [[Float]]
            if let source {
                guard let read = try source.read() else { break }
                block = read.channels
            } else {
                block = try material.output.read(at..<min(material.input.frameCount, at + 65536))
            }
            guard let count = block.first?.count, count > 0 else { continue }
            try compare(block, at: at, tolerance: tolerance, spans: &spans, &result)
            at += count
        }
        // Frames that are missing at the end are changed frames.
        let missing = max(0, material.input.frameCount - at) * material.input.channelCount
        result.samplesOutside += missing
        result.samplesChanged += missing
        return result
    }

    /// The most by which rounding moves a sample.
    private static func halfStep(_ format: MediaFormat) -> Float {
        guard !format.isFloat, let depth = format.bitDepth, depth < 32 else { return 0 }
        return 1 / Float(1 << depth)
    }

    private func compare(
        _ block: [[Float]], at start: Int, tolerance: Float, spans: inout ArraySlice<Range<Int>>,
        _ result: inout Report.Untouched
    ) throws {
        let end = start + block[0].count
        let before = try material.input.read(start..<end)
        var at = start
        while at < end {
            while let first = spans.first, first.upperBound <= at { spans = spans.dropFirst() }
            let stop = min(end, max(at, spans.first?.lowerBound ?? end))
            for channel in before.indices where channel < block.count {
                for frame in at - start..<stop - start
                where !(abs(before[channel][frame] - block[channel][frame]) <= tolerance) {
                    result.samplesChanged += 1
                }
            }
            result.samplesOutside += (stop - at) * before.count
            at = stop < end ? min(end, spans.first?.upperBound ?? end) : end
        }
    }
}
