/// Bytes with whoever keeps them alive: a part of a mapped file, or of an array.
///
/// Sendable: the bytes never change, and the owner lives as long as any slice of it.
public struct ByteSlice: @unchecked Sendable {
    public let count: Int
    /// What the bytes die with.
    public let owner: AnyObject
    private let start: UnsafeRawPointer?

    private init(owner: AnyObject, start: UnsafeRawPointer?, count: Int) {
        self.owner = owner
        self.start = start
        self.count = count
    }

    public init(_ file: MappedFile) {
        self.init(owner: file, start: file.bytes.baseAddress, count: file.bytes.count)
    }

    public init(_ bytes: [UInt8]) {
        self.init(copying: bytes.count) { buffer in buffer.copyBytes(from: bytes) }
    }

    /// - Parameter fill: writes the bytes; they are zero before.
    public init(copying count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        let owner = OwnedBytes(count)
        try fill(owner.bytes)
        self.init(owner: owner, start: UnsafeRawPointer(owner.bytes.baseAddress), count: count)
    }

    /// - Parameter range: byte offsets; they must lie inside.
    public subscript(_ range: Range<Int>) -> ByteSlice {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the bytes")
        return ByteSlice(owner: owner, start: start.map { $0 + range.lowerBound }, count: range.count)
    }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(owner) { try body(UnsafeRawBufferPointer(start: start, count: count)) }
    }

    public var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// Memory of a slice that was made rather than mapped; 64-byte aligned, as tensors like it.
private final class OwnedBytes {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ count: Int) {
        bytes = .allocate(byteCount: max(count, 1), alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { bytes.deallocate() }
}
