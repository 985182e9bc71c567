import Foundation

/// Reads a float32 WAV or RF64 file at random; the file is mapped, not loaded.
public final class WaveReader: Sendable {
    public let sampleRate: Int
    public let channelCount: Int
    public let frameCount: Int
    private let file: MappedFile
    private let dataOffset: Int

    public init(_ url: URL) throws {
        file = try MappedFile(url)
        let layout = try WaveLayout(file)
        sampleRate = layout.sampleRate
        channelCount = layout.channelCount
        dataOffset = layout.dataOffset
        frameCount = layout.dataBytes / (4 * layout.channelCount)
    }

    public var seconds: Double { Double(frameCount) / Double(sampleRate) }

    /// - Parameter range: frames; what lies outside the file reads as zero.
    /// - Returns: samples, [channels][range.count].
    public func read(_ range: Range<Int>) -> [[Float]] {
        let inside = range.clamped(to: 0..<frameCount)
        return (0..<channelCount).map { channel in
            [Float](unsafeUninitializedCapacity: range.count) { buffer, count in
                buffer.initialize(repeating: 0)
                count = range.count
                let samples = file.bytes.baseAddress.map { $0 + dataOffset }
                guard let samples else { return }
                for frame in inside {
                    let offset = 4 * (frame * channelCount + channel)
                    let bits = UInt32(littleEndian: samples.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                    buffer[frame - range.lowerBound] = Float(bitPattern: bits)
                }
            }
        }
    }

    /// The mean of the channels, [range.count].
    public func readMid(_ range: Range<Int>) -> [Float] {
        let channels = read(range)
        guard channelCount > 1 else { return channels[0] }
        let scale = 1 / Float(channelCount)
        return range.indices.map { index in
            channels.reduce(0) { $0 + $1[index - range.lowerBound] } * scale
        }
    }
}

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
        handle = try FileHandle(forWritingTo: url)
        try handle.write(contentsOf: header)
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

/// Where the samples of a float32 WAV or RF64 file lie.
struct WaveLayout {
    var sampleRate = 0
    var channelCount = 0
    var dataOffset = 0
    var dataBytes = 0

    init(_ file: MappedFile) throws {
        let bytes = file.bytes
        func fail(_ why: String) -> FileError { FileError(.badData, file.url, "read", why) }
        func text(_ at: Int) -> String { String(decoding: bytes[at..<at + 4], as: UTF8.self) }
        func number<T: FixedWidthInteger>(_ at: Int, _: T.Type) -> Int {
            Int(truncatingIfNeeded: T(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: T.self)))
        }
        guard bytes.count >= 12, ["RIFF", "RF64"].contains(text(0)), text(8) == "WAVE" else {
            throw fail("it is not a WAV file")
        }
        var large = 0
        var at = 12
        while at + 8 <= bytes.count {
            let name = text(at)
            let size = number(at + 4, UInt32.self)
            let body = at + 8
            switch name {
            case "ds64" where body + 16 <= bytes.count: large = number(body + 8, UInt64.self)
            case "fmt " where body + 16 <= bytes.count:
                // WAVE_FORMAT_EXTENSIBLE keeps the format proper in its first bytes of the sub-format.
                let isExtensible = number(body, UInt16.self) == 0xFFFE && size >= 26 && body + 26 <= bytes.count
                let format = number(body + (isExtensible ? 24 : 0), UInt16.self)
                guard format == 3, number(body + 14, UInt16.self) == 32 else {
                    throw fail("its samples are not 32-bit floating point")
                }
                channelCount = number(body + 2, UInt16.self)
                sampleRate = number(body + 4, UInt32.self)
            case "data":
                dataOffset = body
                dataBytes = min(size == Int(UInt32.max) ? large : size, bytes.count - body)
            default: break
            }
            if dataOffset > 0 { break }
            at = body + size + size % 2
        }
        guard channelCount > 0, sampleRate > 0, dataOffset > 0 else { throw fail("its header is incomplete") }
    }
}
