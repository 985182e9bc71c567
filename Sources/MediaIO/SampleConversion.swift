import AudioCore
import CFFmpeg

/// Turns FFmpeg's sample formats into planar float and back.
///
/// Integers of b bits stand for x / 2^(b - 1), so 16 and 24 bits come through float unchanged, there and back.
enum SampleConversion {
    /// Appends frames of a decoded frame to `channels`.
    /// - Parameters:
    ///   - count: how many of its frames, from the first.
    ///   - channels: samples, [channels][frames], nominally -1...1.
    /// - Returns: false where the sample format is not known.
    static func append(_ frame: AVFrame, count: Int, to channels: inout [[Float]]) -> Bool {
        switch AVSampleFormat(rawValue: frame.format) {
        case AV_SAMPLE_FMT_FLT: interleaved(frame, count, &channels) { (x: Float) in x }
        case AV_SAMPLE_FMT_FLTP: planar(frame, count, &channels) { (x: Float) in x }
        case AV_SAMPLE_FMT_DBL: interleaved(frame, count, &channels) { (x: Double) in Float(x) }
        case AV_SAMPLE_FMT_DBLP: planar(frame, count, &channels) { (x: Double) in Float(x) }
        case AV_SAMPLE_FMT_S16: interleaved(frame, count, &channels) { (x: Int16) in Float(x) * 0x1p-15 }
        case AV_SAMPLE_FMT_S16P: planar(frame, count, &channels) { (x: Int16) in Float(x) * 0x1p-15 }
        case AV_SAMPLE_FMT_S32: interleaved(frame, count, &channels) { (x: Int32) in Float(x) * 0x1p-31 }
        case AV_SAMPLE_FMT_S32P: planar(frame, count, &channels) { (x: Int32) in Float(x) * 0x1p-31 }
        case AV_SAMPLE_FMT_S64: interleaved(frame, count, &channels) { (x: Int64) in Float(x) * 0x1p-63 }
        case AV_SAMPLE_FMT_S64P: planar(frame, count, &channels) { (x: Int64) in Float(x) * 0x1p-63 }
        case AV_SAMPLE_FMT_U8: interleaved(frame, count, &channels) { (x: UInt8) in (Float(x) - 128) * 0x1p-7 }
        case AV_SAMPLE_FMT_U8P: planar(frame, count, &channels) { (x: UInt8) in (Float(x) - 128) * 0x1p-7 }
        default: return false
        }
        return true
    }

    @inline(__always)
    private static func planar<Sample>(
        _ frame: AVFrame, _ count: Int, _ channels: inout [[Float]], _ value: (Sample) -> Float
    ) {
        for channel in channels.indices {
            guard let plane = frame.extended_data[channel] else { continue }
            plane.withMemoryRebound(to: Sample.self, capacity: count) { samples in
                append(count, to: &channels[channel]) { value(samples[$0]) }
            }
        }
    }

    @inline(__always)
    private static func interleaved<Sample>(
        _ frame: AVFrame, _ count: Int, _ channels: inout [[Float]], _ value: (Sample) -> Float
    ) {
        guard let plane = frame.extended_data[0] else { return }
        let stride = channels.count
        plane.withMemoryRebound(to: Sample.self, capacity: count * stride) { samples in
            for channel in channels.indices {
                append(count, to: &channels[channel]) { value(samples[$0 * stride + channel]) }
            }
        }
    }

    @inline(__always)
    private static func append(_ count: Int, to channel: inout [Float], _ value: (Int) -> Float) {
        let piece = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count { buffer.initializeElement(at: index, to: value(index)) }
            filled = count
        }
        channel += piece
    }
}
