import AudioCore
import CFFmpeg

/// Puts float samples into an encoder's frames.
///
/// A sample that already lies on the grid of the stored integers is stored as it is, so that what came from a file of
/// that depth goes back unchanged. Others are rounded; at 16 bits with triangular dither of two steps' width, from a
/// generator that starts the same way in every run. What exceeds full scale is clipped, without wrapping.
struct Quantizer {
    private let sampleFormat: AVSampleFormat
    private let bits: Int?
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(sampleFormat: AVSampleFormat, bits: Int?) {
        self.sampleFormat = sampleFormat
        self.bits = bits
    }

    /// - Parameters:
    ///   - channels: samples, [channels][at least offset + count].
    ///   - frame: writable, with room for `count` frames.
    /// - Returns: false where a sample is not a number.
    mutating func fill(_ frame: AVFrame, from channels: [[Float]], offset: Int, count: Int) -> Bool {
        let stride = av_sample_fmt_is_planar(sampleFormat) == 1 ? 1 : channels.count
        var isFinite = true
        for (channel, samples) in channels.enumerated() {
            let plane = stride == 1 ? frame.extended_data[channel] : frame.extended_data[0]
            guard let plane else { return false }
            let first = stride == 1 ? 0 : channel
            samples.withUnsafeBufferPointer { samples in
                let samples = UnsafeBufferPointer(rebasing: samples[offset..<offset + count])
                isFinite = samples.allSatisfy(\.isFinite) && isFinite
                guard isFinite else { return }
                switch bits {
                case 16:
                    plane.withMemoryRebound(to: Int16.self, capacity: count * stride) { target in
                        for index in 0..<count { target[first + index * stride] = Int16(dithered(samples[index])) }
                    }
                case let bits?:
                    let unit = Double(1 << (bits - 1))
                    plane.withMemoryRebound(to: Int32.self, capacity: count * stride) { target in
                        for index in 0..<count {
                            let value = (Double(samples[index]) * unit).rounded(.toNearestOrEven)
                            target[first + index * stride] = Int32(min(max(value, -unit), unit - 1)) << (32 - bits)
                        }
                    }
                case nil:
                    plane.withMemoryRebound(to: Float.self, capacity: count * stride) { target in
                        for index in 0..<count { target[first + index * stride] = samples[index] }
                    }
                }
            }
        }
        return isFinite
    }

    /// - Returns: -32768...32767.
    private mutating func dithered(_ sample: Float) -> Int32 {
        let scaled = sample * 32768
        let clipped = min(max(scaled, -32768), 32767)
        if clipped == clipped.rounded() { return Int32(clipped) }
        let noisy = (clipped + uniform() + uniform() - 1).rounded(.toNearestOrEven)
        return Int32(min(max(noisy, -32768), 32767))
    }

    /// 0 ..< 1 (xorshift, Marsaglia 2003).
    private mutating func uniform() -> Float {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Float(state >> 40) * 0x1p-24
    }
}
