import AudioCore
import Files
import Foundation

/// A constant of an ONNX graph (message TensorProto); its elements stay in the file where they can.
public struct OnnxTensor: Sendable {
    public let name: String
    public let shape: [Int]
    private let content: Content

    private enum Content {
        case elements(ElementType, ByteSlice)
        /// Of a type that no network of ours computes with (text), kept as it lies in the file.
        case encoded(ByteSlice)
    }

    /// - Parameter elements: row-major, [product of shape].
    public init(_ name: String, _ elements: [Float], shape: [Int]) {
        precondition(elements.count == shape.reduce(1, *), "\(elements.count) elements for \(shape)")
        self.name = name
        self.shape = shape
        let bytes = ByteSlice(copying: 4 * elements.count) { target in
            elements.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        content = .elements(.float32, bytes)
    }

    public var elementType: ElementType? { if case .elements(let type, _) = content { type } else { nil } }

    /// Elements as they lie in memory, row-major, little-endian.
    public var bytes: ByteSlice? { if case .elements(_, let bytes) = content { bytes } else { nil } }

    init(_ bytes: ByteSlice, of url: URL) throws {
        var reader = ProtobufReader(bytes, of: url)
        var name = ""
        var shape: [Int] = []
        var code = 0
        var raw: ByteSlice?
        var typed: [ProtobufField] = []
        while let field = try reader.next() {
            switch field.number {
            case 1: shape += try Self.varints(field, of: url).map { Int(Int64(bitPattern: $0)) }
            case 2: code = field.int ?? 0
            case 4, 5, 7, 10: typed.append(field)
            case 8: name = field.text ?? ""
            case 9: raw = field.bytes
            case 13: throw reader.failure("its constant \(name) lies in another file")
            case 14 where field.int != 0: throw reader.failure("its constant \(name) lies in another file")
            default: break
            }
        }
        self.name = name
        self.shape = shape
        guard let elementType = ElementType(rawValue: code) else {
            content = .encoded(bytes)
            return
        }
        let elements = try raw ?? Self.elements(elementType, typed, of: url)
        guard elementType.byteCount(of: shape) == elements.count else {
            throw reader.failure("its constant \(name) is damaged")
        }
        content = .elements(elementType, elements)
    }

    /// Numbers, row-major, [product of shape].
    public func floats() throws -> [Float] {
        guard case .elements(let type, let bytes) = content else { throw notNumbers }
        func load<Element: BitwiseCopyable>(_: Element.Type, _ convert: (Element) -> Float) -> [Float] {
            bytes.withUnsafeBytes { buffer in
                (0..<buffer.count / MemoryLayout<Element>.size).map {
                    convert(buffer.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self))
                }
            }
        }
        switch type {
        case .float32: return load(Float.self) { $0 }
        case .float16: return load(Float16.self) { Float($0) }
        case .uint8: return load(UInt8.self) { Float($0) }
        case .int8: return load(Int8.self) { Float($0) }
        case .int32: return load(Int32.self) { Float($0) }
        case .int64: return load(Int64.self) { Float($0) }
        default: throw notNumbers
        }
    }

    private var notNumbers: AudioError {
        AudioError(
            .badData, operation: "read", subject: "the constant \(name)", cause: "it does not hold plain numbers")
    }

    /// - Parameter asExternal: writes that the elements are given apart, under the tensor's name.
    func write(_ number: Int, to writer: inout ProtobufWriter, asExternal: Bool) {
        switch content {
        case .encoded(let bytes): writer.bytes(number, bytes)
        case .elements(let type, let bytes):
            writer.message(number) { tensor in
                for extent in shape { tensor.int(1, extent) }
                tensor.int(2, type.rawValue)
                tensor.text(8, name)
                guard asExternal else { return tensor.bytes(9, bytes) }
                for (key, value) in [("location", "memory"), ("offset", "0"), ("length", "\(bytes.count)")] {
                    tensor.message(13) {
                        $0.text(1, key)
                        $0.text(2, value)
                    }
                }
                tensor.int(14, 1)
            }
        }
    }

    // MARK: - Fields float_data, int32_data, int64_data, double_data

    private static func varints(_ field: ProtobufField, of url: URL) throws -> [UInt64] {
        switch field.content {
        case .varint(let value): return [value]
        case .bytes(let packed):
            var reader = ProtobufReader(packed, of: url)
            var values: [UInt64] = []
            while !reader.isAtEnd { values.append(try reader.varint()) }
            return values
        default: throw FileError(.badData, url, "read", "it is damaged")
        }
    }

    private static func elements(_ type: ElementType, _ fields: [ProtobufField], of url: URL) throws -> ByteSlice {
        var bytes: [UInt8] = []
        for field in fields {
            switch field.content {
            case .fixed32(let value) where field.number == 4:
                withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
            case .fixed64(let value) where field.number == 10:
                withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
            case .bytes(let packed) where field.number == 4 || field.number == 10: bytes += packed.array
            default:
                for value in try varints(field, of: url) {
                    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0.prefix(type.byteCount)) }
                }
            }
        }
        return ByteSlice(bytes)
    }
}
