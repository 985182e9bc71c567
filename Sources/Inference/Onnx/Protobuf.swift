import Files
import Foundation

/// One field of a protobuf message, as it lies in the file.
struct ProtobufField {
    enum Content {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ByteSlice)
    }

    var number: Int
    var content: Content

    var bytes: ByteSlice? { if case .bytes(let bytes) = content { bytes } else { nil } }
    var int: Int? { if case .varint(let value) = content { Int(Int64(bitPattern: value)) } else { nil } }
    var text: String? { bytes.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } } }
}

/// Reads the fields of a protobuf message one after another (protobuf.dev/programming-guides/encoding).
struct ProtobufReader {
    private var reader: ByteReader

    init(_ bytes: ByteSlice, of url: URL) { reader = ByteReader(bytes, of: url) }

    func failure(_ cause: String) -> FileError { reader.failure(cause) }

    /// - Returns: nil at the end of the message.
    mutating func next() throws -> ProtobufField? {
        guard reader.remaining > 0 else { return nil }
        let key = try varint()
        guard let number = Int(exactly: key >> 3), number > 0 else { throw failure("it is damaged") }
        let content: ProtobufField.Content =
            switch key & 7 {
            case 0: .varint(try varint())
            case 1: .fixed64(try reader.number())
            case 2: .bytes(try reader.slice(try length()))
            case 5: .fixed32(try reader.number())
            default: throw failure("it is damaged")
            }
        return ProtobufField(number: number, content: content)
    }

    mutating func varint() throws -> UInt64 {
        var value = UInt64(0)
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try reader.number(UInt8.self)
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw failure("it is damaged")
    }

    var isAtEnd: Bool { reader.remaining == 0 }

    private mutating func length() throws -> Int {
        guard let length = Int(exactly: try varint()) else { throw failure("it is damaged") }
        return length
    }
}

/// Writes protobuf messages.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var value = value
        while value > 0x7f {
            bytes.append(UInt8(value & 0x7f) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    mutating func int(_ number: Int, _ value: Int) {
        varint(UInt64(number) << 3)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func text(_ number: Int, _ text: String) {
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func bytes(_ number: Int, _ slice: ByteSlice) {
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(slice.count))
        slice.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    mutating func message(_ number: Int, _ fill: (inout ProtobufWriter) -> Void) {
        var message = ProtobufWriter()
        fill(&message)
        varint(UInt64(number) << 3 | 2)
        varint(UInt64(message.bytes.count))
        bytes += message.bytes
    }

    mutating func field(_ field: ProtobufField) {
        switch field.content {
        case .bytes(let slice): bytes(field.number, slice)
        case .varint(let value):
            varint(UInt64(field.number) << 3)
            varint(value)
        case .fixed32(let value):
            varint(UInt64(field.number) << 3 | 5)
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        case .fixed64(let value):
            varint(UInt64(field.number) << 3 | 1)
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }
}
