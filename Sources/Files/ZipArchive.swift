import CZlib
import Foundation

/// A zip file (stored and deflated members, zip64), mapped into memory.
public struct ZipArchive: Sendable {
    /// A member as the central directory describes it.
    public struct Member: Sendable {
        public var name: String
        /// Bytes once unpacked.
        public var size: Int
        fileprivate var packedSize: Int
        fileprivate var method: UInt16
        fileprivate var checksum: UInt32
        fileprivate var headerOffset: Int
    }

    public let url: URL
    /// In the directory's order.
    public let members: [Member]
    private let bytes: ByteSlice
    private let indexes: [String: Int]

    public init(_ url: URL) throws {
        try self.init(ByteSlice(MappedFile(url)), of: url)
    }

    /// - Parameter url: named in errors.
    public init(_ bytes: ByteSlice, of url: URL) throws {
        self.bytes = bytes
        self.url = url
        members = try Self.directory(bytes, url)
        indexes = Dictionary(members.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { $1 })
    }

    public func member(_ name: String) -> Member? { indexes[name].map { members[$0] } }

    /// A member's contents, checked against its CRC. A stored member is a view of the file, not a copy.
    public func contents(of member: Member) throws -> ByteSlice {
        let packed = try packedBytes(of: member)
        let unpacked: ByteSlice
        switch member.method {
        case 0: unpacked = packed
        case 8: unpacked = try inflate(packed, to: member)
        default: throw failure("\(member.name) is packed by an unknown method (\(member.method))")
        }
        guard unpacked.count == member.size, Self.checksum(unpacked) == member.checksum else {
            throw failure("\(member.name) is damaged")
        }
        return unpacked
    }

    /// A copy of a member's contents, checked against its CRC.
    /// - Throws: where there is no such member or it is damaged.
    public func contents(of name: String) throws -> Data {
        guard let member = member(name) else { throw failure("it holds no \(name)") }
        return try contents(of: member).withUnsafeBytes { Data($0) }
    }

    /// A stored member where it lies, its CRC unchecked: for weights of which a run reads each once anyway and whose
    /// file's digest was checked when it was installed.
    public func uncheckedStoredBytes(of member: Member) throws -> ByteSlice {
        guard member.method == 0 else { throw failure("\(member.name) is compressed") }
        return try packedBytes(of: member)
    }

    private func failure(_ cause: String) -> FileError { FileError(.badData, url, "read", cause) }

    private func packedBytes(of member: Member) throws -> ByteSlice {
        var reader = ByteReader(bytes, of: url)
        try reader.seek(to: member.headerOffset)
        guard try reader.number(UInt32.self) == 0x0403_4b50 else { throw failure("\(member.name) is damaged") }
        try reader.skip(22)
        let name = try reader.size(UInt16.self)
        let extra = try reader.size(UInt16.self)
        try reader.skip(name + extra)
        return try reader.slice(member.packedSize)
    }

    private func inflate(_ packed: ByteSlice, to member: Member) throws -> ByteSlice {
        // Deflate packs at most 1032:1, so a larger claim is a lie that would only cost memory.
        guard member.size <= 1040 * (packed.count + 1), packed.count <= Int(UInt32.max), member.size <= Int(UInt32.max)
        else { throw failure("\(member.name) is damaged") }
        return try ByteSlice(copying: member.size) { output in
            var stream = z_stream()
            guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
                throw failure("there is no memory to unpack \(member.name)")
            }
            defer { inflateEnd(&stream) }
            let status = packed.withUnsafeBytes { input in
                stream.next_in = UnsafeMutablePointer(
                    mutating: input.baseAddress?.assumingMemoryBound(to: Bytef.self))
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
                stream.avail_out = UInt32(member.size)
                return CZlib.inflate(&stream, Z_FINISH)
            }
            guard status == Z_STREAM_END, stream.avail_out == 0 else { throw failure("\(member.name) is damaged") }
        }
    }

    private static func checksum(_ bytes: ByteSlice) -> UInt32 {
        bytes.withUnsafeBytes { buffer in
            UInt32(
                truncatingIfNeeded: crc32_z(0, buffer.baseAddress?.assumingMemoryBound(to: Bytef.self), buffer.count))
        }
    }

    /// PKWARE's APPNOTE 4.3.12-4.3.16.
    private static func directory(_ bytes: ByteSlice, _ url: URL) throws -> [Member] {
        var reader = ByteReader(bytes, of: url)
        let (count, start) = try endRecord(&reader)
        try reader.seek(to: start)
        // A directory entry takes at least 46 bytes.
        guard count <= reader.remaining / 46 else { throw reader.failure("its directory is damaged") }
        return try (0..<count).map { _ in try member(&reader) }
    }

    private static func member(_ reader: inout ByteReader) throws -> Member {
        guard try reader.number(UInt32.self) == 0x0201_4b50 else { throw reader.failure("its directory is damaged") }
        try reader.skip(6)
        let method = try reader.number(UInt16.self)
        try reader.skip(4)
        let checksum = try reader.number(UInt32.self)
        let packedSize = try reader.size(UInt32.self)
        let size = try reader.size(UInt32.self)
        let nameLength = try reader.size(UInt16.self)
        let extraLength = try reader.size(UInt16.self)
        let commentLength = try reader.size(UInt16.self)
        try reader.skip(8)
        let headerOffset = try reader.size(UInt32.self)
        let name = try reader.text(nameLength)
        var member = Member(
            name: name, size: size, packedSize: packedSize, method: method, checksum: checksum,
            headerOffset: headerOffset)
        try largeNumbers(ByteReader(reader.slice(extraLength), of: reader.url), into: &member)
        try reader.skip(commentLength)
        return member
    }

    /// The zip64 extra field holds those of three numbers that did not fit in 32 bits, in this order.
    private static func largeNumbers(_ extra: ByteReader, into member: inout Member) throws {
        var extra = extra
        let absent = Int(UInt32.max)
        while extra.remaining >= 4 {
            let kind = try extra.number(UInt16.self)
            let length = try extra.size(UInt16.self)
            var field = ByteReader(try extra.slice(length), of: extra.url)
            guard kind == 1 else { continue }
            if member.size == absent { member.size = try field.size(UInt64.self) }
            if member.packedSize == absent { member.packedSize = try field.size(UInt64.self) }
            if member.headerOffset == absent { member.headerOffset = try field.size(UInt64.self) }
        }
    }

    /// - Returns: how many members the directory has, and where it starts.
    private static func endRecord(_ reader: inout ByteReader) throws -> (count: Int, start: Int) {
        // The record is 22 bytes long, followed by a comment of at most 65535.
        var at = reader.bytes.count - 22
        let lowest = max(0, at - 65535)
        while at >= lowest {
            try reader.seek(to: at)
            if try reader.number(UInt32.self) == 0x0605_4b50 { break }
            at -= 1
        }
        guard at >= lowest else { throw reader.failure("it is not a zip file") }
        try reader.skip(6)
        let count = try reader.size(UInt16.self)
        try reader.skip(4)
        let start = try reader.size(UInt32.self)
        guard start == Int(UInt32.max) || count == 0xffff, at >= 20 else { return (count, start) }
        return try largeEndRecord(&reader, endRecord: at) ?? (count, start)
    }

    private static func largeEndRecord(_ reader: inout ByteReader, endRecord: Int) throws -> (count: Int, start: Int)? {
        try reader.seek(to: endRecord - 20)
        guard try reader.number(UInt32.self) == 0x0706_4b50 else { return nil }
        try reader.skip(4)
        try reader.seek(to: reader.size(UInt64.self))
        guard try reader.number(UInt32.self) == 0x0606_4b50 else { throw reader.failure("its directory is damaged") }
        try reader.skip(28)
        let count = try reader.size(UInt64.self)
        try reader.skip(8)
        return (count, try reader.size(UInt64.self))
    }
}
