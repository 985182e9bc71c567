import Foundation

/// Reads little-endian numbers and texts one after another and never beyond the end: a shorter file is an error, not a crash.
public struct ByteReader {
    public let bytes: ByteSlice
    /// Named in errors.
    public let url: URL
    public private(set) var offset: Int

    public init(_ bytes: ByteSlice, of url: URL, at offset: Int = 0) {
        self.bytes = bytes
        self.url = url
        self.offset = offset
    }

    public var remaining: Int { bytes.count - offset }

    public func failure(_ cause: String) -> FileError { FileError(.badData, url, "read", cause) }

    public mutating func seek(to position: Int) throws {
        guard position >= 0, position <= bytes.count else { throw failure("it ends early or is damaged") }
        offset = position
    }

    public mutating func skip(_ count: Int) throws { _ = try slice(count) }

    public mutating func slice(_ count: Int) throws -> ByteSlice {
        guard count >= 0, count <= remaining else { throw failure("it ends early or is damaged") }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    public mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws -> Number {
        guard MemoryLayout<Number>.size <= remaining else { throw failure("it ends early or is damaged") }
        defer { offset += MemoryLayout<Number>.size }
        return bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }

    /// A count or an offset: a number that must fit in an `Int`.
    public mutating func size<Number: FixedWidthInteger>(_: Number.Type) throws -> Int {
        guard let value = Int(exactly: try number(Number.self)) else { throw failure("it is damaged") }
        return value
    }

    /// UTF-8.
    public mutating func text(_ count: Int) throws -> String {
        let part = try slice(count)
        return part.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// UTF-8 up to a line feed, which is taken but not given.
    public mutating func line() throws -> String {
        let rest = bytes[offset..<bytes.count]
        guard let length = rest.withUnsafeBytes({ $0.firstIndex(of: 10) }) else {
            throw failure("it ends early or is damaged")
        }
        defer { offset += 1 }
        return try text(length)
    }
}
