import AudioCore
import CFFmpeg

/// Changes the rate of a stream with the SoX resampler inside FFmpeg (28 bits, linear phase).
public final class Resampler: StreamResampler {
    private let from: Int
    private let to: Int
    private let channelCount: Int
    private var context: OpaquePointer?
    private var framesIn = 0
    private var framesOut = 0
    /// Zeros fed after the end, so that the filter gives every frame that is due.
    private var tailFrames: Int { 64 + 64 * max(1, from / to) }

    /// - Parameter channelCount: 1...63.
    public init(from: Int, to: Int, channelCount: Int) throws {
        guard from > 0, to > 0, (1...63).contains(channelCount) else {
            throw Self.failure(from, to, "\(channelCount) channels cannot be resampled from \(from) to \(to) Hz")
        }
        self.from = from
        self.to = to
        self.channelCount = channelCount
        if from != to { context = try Self.open(from, to, channelCount) }
    }

    deinit { swr_free(&context) }

    public func process(_ block: [[Float]]) throws -> [[Float]] {
        guard block.count == channelCount, Set(block.map(\.count)).count <= 1 else {
            throw Self.failure(from, to, "got \(block.count) channels instead of \(channelCount), or of unequal length")
        }
        guard let frames = block.first?.count, frames > 0 else { return silence(0) }
        framesIn += frames
        guard context != nil else {
            framesOut += frames
            return block
        }
        let output = try convert(block)
        framesOut += output[0].count
        return output
    }

    public func finish() throws -> [[Float]] {
        guard context != nil else { return silence(0) }
        var output = try convert(silence(tailFrames))
        let rest = try convert(nil)
        for channel in output.indices { output[channel] += rest[channel] }
        framesOut += output[0].count
        trim(&output)
        guard framesOut == due else {
            throw Self.failure(from, to, "\(due - framesOut) frames are missing at the end")
        }
        swr_free(&context)
        return output
    }

    /// Frames that are due for what came in: round(n * to / from).
    private var due: Int {
        let (whole, rest) = framesIn.quotientAndRemainder(dividingBy: from)
        return whole * to + (2 * rest * to + from) / (2 * from)
    }

    /// Takes back what was given beyond the frames that are due.
    private func trim(_ output: inout [[Float]]) {
        let excess = framesOut - due
        guard excess > 0 else { return }
        for channel in output.indices { output[channel].removeLast(min(excess, output[channel].count)) }
        framesOut -= excess
    }

    private func silence(_ frames: Int) -> [[Float]] {
        [[Float]](repeating: [Float](repeating: 0, count: frames), count: channelCount)
    }

    /// - Parameter block: nil flushes.
    private func convert(_ block: [[Float]]?) throws -> [[Float]] {
        let frames = block?[0].count ?? 0
        let capacity = Int(swr_get_out_samples(context, Int32(frames))) + 64
        let flat = block?.flatMap { $0 }
        var result = [Float](repeating: 0, count: capacity * channelCount)
        let written = result.withUnsafeMutableBytes { target -> Int32 in
            var planes = (0..<channelCount).map { channel in
                target.baseAddress?.advanced(by: 4 * channel * capacity).assumingMemoryBound(to: UInt8.self)
            }
            guard let flat else { return swr_convert(context, &planes, Int32(capacity), nil, 0) }
            return flat.withUnsafeBytes { source in
                var inputs = (0..<channelCount).map { channel in
                    source.baseAddress?.advanced(by: 4 * channel * frames).assumingMemoryBound(to: UInt8.self)
                }
                return swr_convert(context, &planes, Int32(capacity), &inputs, Int32(frames))
            }
        }
        guard written >= 0 else { throw Self.failure(from, to, Failure.words(written)) }
        return (0..<channelCount).map { Array(result[$0 * capacity..<$0 * capacity + Int(written)]) }
    }

    private static func open(_ from: Int, _ to: Int, _ channelCount: Int) throws -> OpaquePointer? {
        // Channels are not mixed here: any layout with the right count will do.
        var layout = AVChannelLayout()
        guard av_channel_layout_from_mask(&layout, (UInt64(1) << UInt64(channelCount)) - 1) == 0 else {
            throw failure(from, to, "\(channelCount) channels are too many")
        }
        var same = layout
        var context: OpaquePointer?
        let status = swr_alloc_set_opts2(
            &context, &layout, AV_SAMPLE_FMT_FLTP, Int32(to), &same, AV_SAMPLE_FMT_FLTP, Int32(from), 0, nil)
        guard status >= 0, let context else { throw failure(from, to, Failure.words(status)) }
        let object = UnsafeMutableRawPointer(context)
        av_opt_set(object, "resampler", "soxr", 0)
        av_opt_set_double(object, "precision", 28, 0)
        // The pass band ends at 95 % of the lower half rate; the stop band begins at the half rate itself.
        av_opt_set_double(object, "cutoff", 0.95, 0)
        let opened = swr_init(context)
        guard opened >= 0 else {
            var context: OpaquePointer? = context
            swr_free(&context)
            throw failure(from, to, Failure.words(opened))
        }
        return context
    }

    private static func failure(_ from: Int, _ to: Int, _ cause: String) -> AudioError {
        AudioError(.internal, operation: "resample", subject: "audio from \(from) to \(to) Hz", cause: cause)
    }
}
