import Files
import Foundation

/// A PyTorch checkpoint (`.pt`, `.bin`), mapped: the zip form, and the older one of pickles followed by storages.
/// Tensors are views of the file.
///
/// The pickle is read, never executed. Constructors of tensors are understood; anything else is refused by its name,
/// unless the caller says that it may be passed over.
public struct TorchCheckpoint: Sendable {
    public let url: URL
    /// By path: dictionaries' keys joined by "/".
    public let tensors: [String: StoredTensor]

    /// - Parameter ignoring: names of classes whose objects may occur and are passed over: "package.module.Class".
    public init(_ url: URL, ignoring: Set<String> = []) throws {
        try self.init(ByteSlice(MappedFile(url)), of: url, ignoring: ignoring)
    }

    /// - Parameter url: named in errors.
    public init(_ bytes: ByteSlice, of url: URL, ignoring: Set<String> = []) throws {
        self.url = url
        let isZip = bytes.count >= 4 && bytes[0..<4].array == Array("PK\u{3}\u{4}".utf8)
        tensors =
            isZip
            ? try Self.readZip(bytes, url, ignoring) : try Self.readLegacy(bytes, url, ignoring)
    }

    /// - Throws: where the checkpoint holds no such tensor.
    public func tensor(_ path: String) throws -> StoredTensor {
        guard let tensor = tensors[path] else {
            throw FileError(.badData, url, "read", "it holds no tensor \(path)")
        }
        return tensor
    }

    private static func readZip(
        _ bytes: ByteSlice, _ url: URL, _ ignoring: Set<String>
    ) throws -> [String: StoredTensor] {
        let archive = try ZipArchive(bytes, of: url)
        guard let pickle = archive.members.first(where: { $0.name.hasSuffix("/data.pkl") }) else {
            throw FileError(.badData, url, "read", "it is no PyTorch checkpoint")
        }
        let folder = pickle.name.dropLast("data.pkl".count) + "data/"
        var unpickler = TorchUnpickler(ByteReader(try archive.contents(of: pickle), of: url), ignoring: ignoring)
        try unpickler.read()
        return try unpickler.tensors { key in
            try archive.member(folder + key).map { try archive.uncheckedStoredBytes(of: $0) }
        }
    }

    /// torch.save before version 1.6: magic number, protocol, system, objects, keys; then for each key the number of
    /// its storage's elements and the elements.
    private static func readLegacy(
        _ bytes: ByteSlice, _ url: URL, _ ignoring: Set<String>
    ) throws -> [String: StoredTensor] {
        let magic: [UInt8] = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
        guard bytes.count > magic.count, bytes[0..<magic.count].array == magic else {
            throw FileError(.badData, url, "read", "it is no PyTorch checkpoint")
        }
        var offset = magic.count
        for _ in 0..<2 {
            var plain = TorchUnpickler(ByteReader(bytes, of: url, at: offset), ignoring: [])
            offset = try plain.read()
        }
        var unpickler = TorchUnpickler(ByteReader(bytes, of: url, at: offset), ignoring: ignoring)
        offset = try unpickler.read()
        var keyReader = TorchUnpickler(ByteReader(bytes, of: url, at: offset), ignoring: [])
        offset = try keyReader.read()
        var reader = ByteReader(bytes, of: url, at: offset)
        var storages: [String: ByteSlice] = [:]
        for key in try keyReader.texts() {
            let count = try reader.size(UInt64.self)
            guard let elementType = unpickler.elementTypes[key],
                let size = elementType.byteCount(of: [count])
            else { throw reader.failure("its storage \(key) is damaged") }
            storages[key] = try reader.slice(size)
        }
        return try unpickler.tensors { storages[$0] }
    }
}

/// Gives a pickle's names the meaning that torch.save gives them.
private struct TorchUnpickler {
    private struct Storage {
        var elementType: ElementType
        var key: String
    }

    private struct View {
        var storage: Storage
        var offset: Int
        var shape: [Int]
        var strides: [Int]
    }

    private enum Object {
        case storage(Storage)
        case view(View)
    }

    private var pickle: PickleReader
    private let ignoring: Set<String>
    private var root = PickleReader.Value.none
    private var objects: [Object] = []
    /// By storage.
    private(set) var elementTypes: [String: ElementType] = [:]

    init(_ reader: ByteReader, ignoring: Set<String>) {
        pickle = PickleReader(reader)
        self.ignoring = ignoring
    }

    /// - Returns: byte offset beyond the pickle.
    @discardableResult
    mutating func read() throws -> Int {
        var objects: [Object] = []
        var elementTypes: [String: ElementType] = [:]
        root = try pickle.read(
            persistent: { values, pickle in
                let storage = try Self.storage(values, pickle)
                elementTypes[storage.key] = storage.elementType
                objects.append(.storage(storage))
                return .object(objects.count - 1)
            },
            call: { [ignoring] name, arguments, pickle in
                switch name {
                case "collections.OrderedDict": return pickle.makeDictionary()
                case "torch._utils._rebuild_tensor_v2":
                    objects.append(.view(try Self.view(arguments, objects, pickle)))
                    return .object(objects.count - 1)
                case "torch._utils._rebuild_parameter":
                    guard let tensor = arguments.first else { throw pickle.damaged }
                    return tensor
                default:
                    guard ignoring.contains(name) else {
                        throw pickle.failure("it asks for \(name), which is no tensor and is refused")
                    }
                    return .opaque
                }
            })
        self.objects = objects
        self.elementTypes = elementTypes
        return pickle.endOffset
    }

    /// A list of texts that is the whole pickle.
    func texts() throws -> [String] {
        guard case .list(let index) = root else { throw pickle.damaged }
        return try pickle.lists[index].map {
            guard case .string(let text) = $0 else { throw pickle.damaged }
            return text
        }
    }

    /// - Parameter storage: the bytes of a key.
    func tensors(_ storage: (String) throws -> ByteSlice?) throws -> [String: StoredTensor] {
        var tensors: [String: StoredTensor] = [:]
        // Dictionaries may hold each other, and themselves: each is visited once.
        var visited: Set<Int> = []
        var pending = [(path: "", value: root)]
        while let (path, value) = pending.popLast() {
            switch value {
            case .dictionary(let index):
                guard visited.insert(index).inserted else { continue }
                guard path.utf8.count < 4096 else { throw pickle.failure("its dictionaries are nested too deeply") }
                for (key, value) in pickle.dictionaries[index] {
                    guard case .string(let name) = key else { continue }
                    pending.append((path.isEmpty ? name : path + "/" + name, value))
                }
            case .object(let index):
                guard case .view(let view) = objects[index] else { continue }
                guard let bytes = try storage(view.storage.key),
                    let tensor = StoredTensor(
                        name: path, elementType: view.storage.elementType, shape: view.shape, strides: view.strides,
                        storage: bytes, offset: view.offset)
                else { throw pickle.failure("its tensor \(path) is damaged") }
                tensors[path] = tensor
            default: break
            }
        }
        return tensors
    }

    /// ("storage", type, key, place, number of elements, ...)
    private static func storage(_ values: [PickleReader.Value], _ pickle: PickleReader) throws -> Storage {
        guard values.count >= 5, case .global(let type) = values[1], case .string(let key) = values[2] else {
            throw pickle.damaged
        }
        let types: [String: ElementType] = [
            "torch.FloatStorage": .float32, "torch.HalfStorage": .float16, "torch.BFloat16Storage": .bfloat16,
            "torch.DoubleStorage": .float64, "torch.LongStorage": .int64, "torch.IntStorage": .int32,
            "torch.ShortStorage": .int16, "torch.CharStorage": .int8, "torch.ByteStorage": .uint8,
            "torch.BoolStorage": .bool,
        ]
        guard let elementType = types[type] else {
            throw pickle.failure("it asks for \(type), which is no tensor and is refused")
        }
        return Storage(elementType: elementType, key: key)
    }

    /// (storage, offset, shape, strides, ...)
    private static func view(
        _ arguments: [PickleReader.Value], _ objects: [Object], _ pickle: PickleReader
    ) throws -> View {
        guard arguments.count >= 4, case .object(let index) = arguments[0], case .storage(let storage) = objects[index],
            case .int(let offset) = arguments[1]
        else { throw pickle.damaged }
        return View(
            storage: storage, offset: offset, shape: try pickle.ints(arguments[2]),
            strides: try pickle.ints(arguments[3]))
    }
}
