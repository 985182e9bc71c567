import Foundation

/// A NumPy array (`.npy`): little-endian, C order, of 32- or 64-bit floats or 64-bit integers.
public struct NumpyArray: Sendable {
    public enum ElementType: String, Sendable {
        case float32 = "<f4"
        case float64 = "<f8"
        case int64 = "<i8"

        var byteCount: Int { self == .float32 ? 4 : 8 }
    }

    public let shape: [Int]
    public let elementType: ElementType
    /// Elements, row-major, [product of shape]; a view of the file.
    public let bytes: ByteSlice

    /// - Parameter url: named in errors.
    public init(_ file: ByteSlice, of url: URL) throws {
        var reader = ByteReader(file, of: url)
        guard try reader.slice(6).array == [0x93] + Array("NUMPY".utf8) else {
            throw reader.failure("it is no NumPy array")
        }
        let version = try reader.number(UInt8.self)
        try reader.skip(1)
        let length = version == 1 ? try reader.size(UInt16.self) : try reader.size(UInt32.self)
        let header = NumpyHeader(try reader.text(length))
        guard let type = header.text("descr").flatMap(ElementType.init(rawValue:)) else {
            throw reader.failure("its elements are of a type that is not supported")
        }
        guard header.value("fortran_order") == "False" else {
            throw reader.failure("its elements lie column by column, which is not supported")
        }
        guard let shape = header.shape, let count = Self.product(shape) else { throw reader.failure("it is damaged") }
        let (size, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
        guard !overflow else { throw reader.failure("it is damaged") }
        self.shape = shape
        elementType = type
        bytes = try reader.slice(size)
    }

    /// Elements, row-major, [product of shape].
    public var floats: [Float] {
        switch elementType {
        case .float32: load(UInt32.self) { Float(bitPattern: $0) }
        case .float64: load(UInt64.self) { Float(Double(bitPattern: $0)) }
        case .int64: load(UInt64.self) { Float(Int64(bitPattern: $0)) }
        }
    }

    private func load<Bits: FixedWidthInteger>(_: Bits.Type, _ convert: (Bits) -> Float) -> [Float] {
        bytes.withUnsafeBytes { buffer in
            (0..<buffer.count / MemoryLayout<Bits>.size).map {
                convert(
                    Bits(
                        littleEndian: buffer.loadUnaligned(
                            fromByteOffset: $0 * MemoryLayout<Bits>.size, as: Bits.self)))
            }
        }
    }

    private static func product(_ shape: [Int]) -> Int? {
        shape.reduce(1) { product, extent in
            guard let product, extent >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            return overflow ? nil : next
        }
    }
}

/// Named NumPy arrays in a zip file (`.npz`).
public struct NumpyArchive: Sendable {
    private let archive: ZipArchive
    /// In the file's order, without ".npy".
    public let names: [String]

    public init(_ url: URL) throws {
        try self.init(ByteSlice(MappedFile(url)), of: url)
    }

    /// - Parameter url: named in errors.
    public init(_ bytes: ByteSlice, of url: URL) throws {
        archive = try ZipArchive(bytes, of: url)
        names = archive.members.map(\.name).filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
    }

    /// - Throws: where there is no such array or it is damaged.
    public func array(_ name: String) throws -> NumpyArray {
        guard let member = archive.member(name + ".npy") else {
            throw FileError(.badData, archive.url, "read", "it holds no array \(name)")
        }
        return try NumpyArray(archive.contents(of: member), of: archive.url)
    }
}

/// The header of a `.npy` file: a Python dictionary of three keys (numpy.lib.format).
private struct NumpyHeader {
    private let text: String

    init(_ text: String) { self.text = text }

    /// What follows a key, up to the next comma outside brackets.
    func value(_ key: String) -> String? {
        guard let range = text.range(of: "'\(key)':") else { return nil }
        var depth = 0
        var value = ""
        for character in text[range.upperBound...] {
            if depth == 0, character == "," || character == "}" { break }
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            value.append(character)
        }
        return value.trimmingCharacters(in: .whitespaces)
    }

    func text(_ key: String) -> String? {
        guard let value = value(key), value.count >= 2, value.first == "'", value.last == "'" else { return nil }
        return String(value.dropFirst().dropLast())
    }

    /// "(510, 1, 256)", "(3,)" or "()".
    var shape: [Int]? {
        guard let value = value("shape"), value.first == "(", value.last == ")" else { return nil }
        let fields = value.dropFirst().dropLast().split(separator: ",")
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        let extents = fields.compactMap { Int($0) }
        return extents.count == fields.count ? extents : nil
    }
}
