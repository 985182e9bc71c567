import Files
import Foundation

/// A CTranslate2 `model.bin` of binary version 6, mapped: named tensors one after another, without alignment, then other
/// names for some of them.
public struct CTranslate2Model: Sendable {
    public let url: URL
    /// The folder's: "whisper-base".
    public var name: String { url.deletingLastPathComponent().lastPathComponent }
    /// "WhisperSpec".
    public let specification: String
    public let revision: Int
    public let tensors: [String: StoredTensor]

    public init(_ url: URL) throws {
        try self.init(ByteSlice(MappedFile(url)), of: url)
    }

    /// - Parameter url: named in errors.
    public init(_ bytes: ByteSlice, of url: URL) throws {
        self.url = url
        var reader = ByteReader(bytes, of: url)
        let version = try reader.number(UInt32.self)
        guard version == 6 else {
            throw reader.failure("it is no CTranslate2 model of version 6")
        }
        specification = try Self.text(&reader)
        revision = try reader.size(UInt32.self)
        var tensors: [String: StoredTensor] = [:]
        for _ in 0..<(try reader.number(UInt32.self)) {
            let tensor = try Self.tensor(&reader)
            tensors[tensor.name] = tensor
        }
        for _ in 0..<(try reader.number(UInt32.self)) {
            let alias = try Self.text(&reader)
            let target = try Self.text(&reader)
            guard let tensor = tensors[target] else { throw reader.failure("its alias \(alias) leads nowhere") }
            tensors[alias] = tensor
        }
        self.tensors = tensors
    }

    /// - Throws: where the model holds no such tensor.
    public func tensor(_ name: String) throws -> StoredTensor {
        guard let tensor = tensors[name] else { throw FileError(.badData, url, "read", "it holds no tensor \(name)") }
        return tensor
    }

    /// The length counts a closing zero.
    private static func text(_ reader: inout ByteReader) throws -> String {
        let length = try reader.size(UInt16.self)
        guard length > 0 else { throw reader.failure("it is damaged") }
        let text = try reader.text(length - 1)
        try reader.skip(1)
        return text
    }

    private static func tensor(_ reader: inout ByteReader) throws -> StoredTensor {
        let name = try text(&reader)
        let rank = try reader.size(UInt8.self)
        let shape = try (0..<rank).map { _ in try reader.size(UInt32.self) }
        let types: [ElementType] = [.float32, .int8, .int16, .int32, .float16, .bfloat16]
        let type = try reader.size(UInt8.self)
        guard rank <= 16, type < types.count else { throw reader.failure("its tensor \(name) is damaged") }
        let bytes = try reader.slice(try reader.size(UInt32.self))
        guard let tensor = StoredTensor(name: name, elementType: types[type], shape: shape, bytes: bytes) else {
            throw reader.failure("its tensor \(name) is damaged")
        }
        return tensor
    }
}
