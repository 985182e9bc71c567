/// Where the samples of a float32 WAV or RF64 file lie.
struct WaveLayout {
    private(set) var sampleRate = 0
    private(set) var channelCount = 0
    private(set) var dataOffset = 0
    private(set) var dataBytes = 0

    init(_ file: RandomAccessFile) throws {
        func fail(_ why: String) -> FileError { FileError(.badData, file.url, "read", why) }
        let head = try file.bytes(12, at: 0)
        guard head.count == 12, ["RIFF", "RF64"].contains(Self.text(head, 0)), Self.text(head, 8) == "WAVE" else {
            throw fail("it is not a WAV file")
        }
        var large = 0
        var at = 12
        while dataOffset == 0 {
            let chunk = try file.bytes(8, at: at)
            guard chunk.count == 8 else { throw fail("its header is incomplete") }
            let size = Self.number(chunk, 4, bytes: 4)
            let body = at + 8
            switch Self.text(chunk, 0) {
            case "ds64":
                let sizes = try file.bytes(16, at: body)
                if sizes.count == 16 { large = Self.number(sizes, 8, bytes: 8) }
            case "fmt ":
                try readFormat(try file.bytes(min(size, 26), at: body), fail)
            case "data":
                dataOffset = body
                dataBytes = max(0, min(size == Int(UInt32.max) ? large : size, file.byteCount - body))
            default: break
            }
            at = body + size + size % 2
        }
        guard channelCount > 0, sampleRate > 0 else { throw fail("its header is incomplete") }
    }

    /// - Parameter body: the chunk's first 26 bytes, or fewer.
    private mutating func readFormat(_ body: [UInt8], _ fail: (String) -> FileError) throws {
        guard body.count >= 16 else { return }
        // WAVE_FORMAT_EXTENSIBLE keeps the format proper in its first bytes of the sub-format.
        let isExtensible = Self.number(body, 0, bytes: 2) == 0xFFFE && body.count >= 26
        guard Self.number(body, isExtensible ? 24 : 0, bytes: 2) == 3, Self.number(body, 14, bytes: 2) == 32 else {
            throw fail("its samples are not 32-bit floating point")
        }
        channelCount = Self.number(body, 2, bytes: 2)
        sampleRate = Self.number(body, 4, bytes: 4)
    }

    private static func text(_ bytes: [UInt8], _ at: Int) -> String {
        String(decoding: bytes[at..<at + 4], as: UTF8.self)
    }

    /// Little-endian.
    private static func number(_ bytes: [UInt8], _ at: Int, bytes count: Int) -> Int {
        let value = bytes[at..<at + count].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(clamping: value)
    }
}
