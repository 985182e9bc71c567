import Foundation

/// Reads a float32 WAV or RF64 file at random; of the file, only what is asked for is ever in memory.
public final class WaveReader: Sendable {
    public let sampleRate: Int
    public let channelCount: Int
    public let frameCount: Int
    private let file: RandomAccessFile
    private let dataOffset: Int

    /// Interleaved samples that are read at once: they stay in the processor's cache while they are sorted by channel.
    private static let pieceSamples = 32_768

    public init(_ url: URL) throws {
        file = try RandomAccessFile(url)
        let layout = try WaveLayout(file)
        sampleRate = layout.sampleRate
        channelCount = layout.channelCount
        dataOffset = layout.dataOffset
        frameCount = layout.dataBytes / (4 * layout.channelCount)
    }

    public var seconds: Double { Double(frameCount) / Double(sampleRate) }

    /// - Parameter range: frames; what lies outside the file reads as zero.
    /// - Returns: samples, [channels][range.count].
    /// - Throws: `FileError` where the file has become shorter, or the disk refuses.
    public func read(_ range: Range<Int>) throws -> [[Float]] {
        var channels = (0..<channelCount).map { _ in [Float](repeating: 0, count: range.count) }
        guard channelCount > 1 else {
            let inside = range.clamped(to: 0..<frameCount)
            guard !inside.isEmpty else { return channels }
            try channels[0].withUnsafeMutableBufferPointer { samples in
                let place = UnsafeMutableBufferPointer(
                    rebasing: samples[inside.lowerBound - range.lowerBound..<inside.upperBound - range.lowerBound])
                try fill(place, from: inside.lowerBound)
            }
            return channels
        }
        try eachPiece(of: range) { piece, at in
            for channel in channels.indices {
                channels[channel].withUnsafeMutableBufferPointer { samples in
                    for frame in 0..<piece.count / channelCount {
                        samples[at + frame] = piece[frame * channelCount + channel]
                    }
                }
            }
        }
        return channels
    }

    /// The mean of the channels, [range.count].
    /// - Throws: as `read`.
    public func readMid(_ range: Range<Int>) throws -> [Float] {
        guard channelCount > 1 else { return try read(range)[0] }
        var mid = [Float](repeating: 0, count: range.count)
        let scale = 1 / Float(channelCount)
        try eachPiece(of: range) { piece, at in
            mid.withUnsafeMutableBufferPointer { mid in
                for frame in 0..<piece.count / channelCount {
                    var sum: Float = 0
                    for channel in 0..<channelCount { sum += piece[frame * channelCount + channel] }
                    mid[at + frame] = sum * scale
                }
            }
        }
        return mid
    }

    /// Reads what of a range lies inside the file, piece by piece.
    /// - Parameter body: takes interleaved samples and the index of their first frame in the range.
    private func eachPiece(of range: Range<Int>, _ body: (UnsafeBufferPointer<Float>, Int) -> Void) throws {
        let inside = range.clamped(to: 0..<frameCount)
        guard !inside.isEmpty else { return }
        let step = max(1, Self.pieceSamples / channelCount)
        let piece = UnsafeMutableBufferPointer<Float>.allocate(capacity: min(step, inside.count) * channelCount)
        defer { piece.deallocate() }
        for start in stride(from: inside.lowerBound, to: inside.upperBound, by: step) {
            let count = min(step, inside.upperBound - start) * channelCount
            let part = UnsafeMutableBufferPointer(rebasing: piece[..<count])
            part.initialize(repeating: 0)
            try fill(part, from: start)
            body(UnsafeBufferPointer(part), start - range.lowerBound)
        }
    }

    /// Fills a buffer with interleaved samples.
    private func fill(_ samples: UnsafeMutableBufferPointer<Float>, from frame: Int) throws {
        try file.read(into: UnsafeMutableRawBufferPointer(samples), at: dataOffset + 4 * frame * channelCount)
        guard 1.littleEndian != 1 else { return }
        for index in samples.indices {
            samples[index] = Float(bitPattern: UInt32(littleEndian: samples[index].bitPattern))
        }
    }
}
