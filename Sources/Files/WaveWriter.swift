import Foundation

/// Writes a float32 WAV file, RF64 from 4 GB on.
public final class WaveWriter {
    private let handle: FileHandle
    private let url: URL
    private let sampleRate: Int
    private let channelCount: Int
    private var dataBytes = 0
    private var isFinished = false

    /// - Throws: `FileError` where the file cannot be created.
    public init(_ url: URL, sampleRate: Int, channelCount: Int) throws {
        self.url = url
        self.sampleRate = sampleRate
        self.channelCount = channelCount
        guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
            throw FileError(.cannotCreate, url, "write", String(cString: strerror(errno)))
        }
        do {
            handle = try FileHandle(forWritingTo: url)
            try handle.write(contentsOf: header)
        } catch {
            throw FileError(.inputOutput, url, "write", FileError.reason(error))
        }
    }

    /// - Parameter channels: samples, [channelCount][frames].
    public func append(_ channels: [[Float]]) throws {
        let frames = channels.first?.count ?? 0
        var interleaved = [Float](repeating: 0, count: frames * channelCount)
        for (channel, samples) in channels.enumerated() {
            for frame in 0..<frames { interleaved[frame * channelCount + channel] = samples[frame] }
        }
        dataBytes += 4 * interleaved.count
        do {
            try interleaved.withUnsafeBytes { try handle.write(contentsOf: Data($0)) }
        } catch {
            throw FileError(.inputOutput, url, "write", FileError.reason(error))
        }
    }

    /// Silence that takes no room on disks that know holes.
    public func appendSilence(frames: Int) throws {
        guard frames > 0 else { return }
        dataBytes += 4 * frames * channelCount
        do {
            try handle.truncate(atOffset: UInt64(header.count + dataBytes))
        } catch {
            throw FileError(.inputOutput, url, "write", FileError.reason(error))
        }
    }

    /// Completes the header and makes sure that the bytes are on the disk.
    public func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        do {
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: header)
            try handle.synchronize()
            try handle.close()
        } catch {
            throw FileError(.inputOutput, url, "write", FileError.reason(error))
        }
    }

    /// RIFF with a spare chunk that becomes `ds64` when the data outgrows 32 bits (EBU Tech 3306).
    private var header: Data {
        let isLarge = dataBytes > Int(UInt32.max) - 100
        var data = Data()
        func text(_ string: String) { data.append(contentsOf: string.utf8) }
        func number<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
        }
        text(isLarge ? "RF64" : "RIFF")
        number(isLarge ? UInt32.max : UInt32(dataBytes + 72))
        text("WAVE")
        text(isLarge ? "ds64" : "JUNK")
        number(UInt32(28))
        number(UInt64(isLarge ? dataBytes + 72 : 0))
        number(UInt64(isLarge ? dataBytes : 0))
        number(UInt64(isLarge ? dataBytes / (4 * channelCount) : 0))
        number(UInt32(0))
        text("fmt ")
        number(UInt32(16))
        number(UInt16(3))
        number(UInt16(channelCount))
        number(UInt32(sampleRate))
        number(UInt32(sampleRate * channelCount * 4))
        number(UInt16(channelCount * 4))
        number(UInt16(32))
        text("data")
        number(isLarge ? UInt32.max : UInt32(dataBytes))
        return data
    }
}
