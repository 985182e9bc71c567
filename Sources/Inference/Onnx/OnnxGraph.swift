import AudioCore
import Files
import Foundation

/// An ONNX model (`.onnx`), mapped, to be looked at, cut, changed and run. Large constants stay in the file.
public struct OnnxGraph: Sendable {
    public var name: String
    /// In an order in which they can run.
    public var nodes: [OnnxNode]
    public var inputs: [OnnxValue]
    public var outputs: [OnnxValue]
    public private(set) var constants: [String: OnnxTensor]
    /// Types of inner values, where the file declares them.
    private var innerValues: [String: OnnxValue]
    /// Everything of the model but its graph: versions, operator sets.
    private var header: [ProtobufField]
    private let url: URL

    public init(_ url: URL) throws {
        try self.init(ByteSlice(MappedFile(url)), of: url)
    }

    /// - Parameter url: named in errors.
    public init(_ bytes: ByteSlice, of url: URL) throws {
        self.url = url
        name = ""
        nodes = []
        inputs = []
        outputs = []
        constants = [:]
        innerValues = [:]
        header = []
        var graph: ByteSlice?
        var reader = ProtobufReader(bytes, of: url)
        while let field = try reader.next() {
            if field.number == 7 { graph = field.bytes } else { header.append(field) }
        }
        guard let graph else { throw FileError(.badData, url, "read", "it is no ONNX model") }
        try read(graph)
    }

    private mutating func read(_ graph: ByteSlice) throws {
        var reader = ProtobufReader(graph, of: url)
        while let field = try reader.next() {
            guard let bytes = field.bytes else { continue }
            switch field.number {
            case 1: nodes.append(try OnnxNode(bytes, of: url))
            case 2: name = field.text ?? ""
            case 5: add(try OnnxTensor(bytes, of: url))
            case 11: inputs.append(try OnnxValue(bytes, of: url))
            case 12: outputs.append(try OnnxValue(bytes, of: url))
            case 13:
                let value = try OnnxValue(bytes, of: url)
                innerValues[value.name] = value
            case 15: throw reader.failure("it holds sparse constants, which are not supported")
            default: break
            }
        }
    }

    /// Adds a constant, or puts it in the place of the one of its name.
    public mutating func add(_ constant: OnnxTensor) { constants[constant.name] = constant }

    /// The node that makes a value; nil for inputs and constants.
    public func producer(of value: String) -> OnnxNode? { nodes.first { $0.outputs.contains(value) } }

    // MARK: - Cut

    /// The part of the network between values, as a network of its own.
    /// - Parameters:
    ///   - inputs: values that are given from outside; any value of this graph.
    ///   - outputs: values that are wanted.
    ///   - types: of those inputs and outputs whose type the file does not declare.
    /// - Throws: where an output depends on an input of this graph that is not given.
    public func cut(inputs: [String], outputs: [String], types: [OnnxValue] = []) throws -> OnnxGraph {
        var part = self
        part.inputs = try inputs.map { try value($0, types) }
        part.outputs = try outputs.map { try value($0, types) }
        let given = Set(inputs)
        for name in inputs { part.constants[name] = nil }
        try part.removeUnneeded(given: given)
        return part
    }

    private func value(_ name: String, _ types: [OnnxValue]) throws -> OnnxValue {
        let declared = types + inputs + outputs
        guard let value = declared.first(where: { $0.name == name }) ?? innerValues[name] else {
            throw failure("the type of \(name) is not declared")
        }
        return value
    }

    /// Keeps what the outputs need and nothing else.
    mutating func removeUnneeded(given: Set<String>) throws {
        var producers: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for output in node.outputs where !output.isEmpty { producers[output] = index }
        }
        var neededNodes: Set<Int> = []
        var neededValues: Set<String> = []
        var pending = outputs.map(\.name)
        while let value = pending.popLast() {
            guard neededValues.insert(value).inserted, !given.contains(value), constants[value] == nil else { continue }
            guard let producer = producers[value] else { throw failure("\(value) is needed and nothing gives it") }
            if neededNodes.insert(producer).inserted { pending += nodes[producer].dependencies }
        }
        nodes = nodes.indices.filter(neededNodes.contains).map { nodes[$0] }
        constants = constants.filter { neededValues.contains($0.key) }
        let made = Set(nodes.flatMap(\.outputs))
        let ends = Set((inputs + outputs).map(\.name))
        innerValues = innerValues.filter { made.contains($0.key) && !ends.contains($0.key) }
    }

    func failure(_ cause: String) -> FileError { FileError(.badData, url, "change", cause) }

    // MARK: - Write and run

    /// The model as the bytes of an `.onnx` file, constants and all.
    public func encoded() -> ByteSlice { ByteSlice(encoded(external: [])) }

    /// Makes the network ready to run. Large constants are used where they lie.
    public func session(
        options: SessionOptions = SessionOptions(), in runtime: InferenceRuntime
    ) throws -> InferenceSession {
        var weights: [String: Tensor] = [:]
        for (name, constant) in constants {
            guard let type = constant.elementType, let bytes = constant.bytes, bytes.count >= Self.externalBytes else {
                continue
            }
            weights[name] = try Tensor(
                borrowing: Self.aligned(bytes, to: type.byteCount), elementType: type, shape: constant.shape,
                in: runtime)
        }
        let model = ByteSlice(encoded(external: Set(weights.keys)))
        return try InferenceSession(bytes: model, weights: weights, options: options, in: runtime)
    }

    /// Constants of shapes and the like must lie inside the model, where shape inference sees them.
    private static let externalBytes = 4096

    private static func aligned(_ bytes: ByteSlice, to alignment: Int) -> ByteSlice {
        bytes.withUnsafeBytes { source in
            UInt(bitPattern: source.baseAddress) % UInt(alignment) == 0
                ? bytes : ByteSlice(copying: source.count) { $0.copyMemory(from: source) }
        }
    }

    private func encoded(external: Set<String>) -> [UInt8] {
        var writer = ProtobufWriter()
        for field in header { writer.field(field) }
        writer.message(7) { graph in
            for node in nodes { graph.message(1) { node.write(to: &$0) } }
            graph.text(2, name)
            for (name, constant) in constants.sorted(by: { $0.key < $1.key }) {
                constant.write(5, to: &graph, asExternal: external.contains(name))
            }
            for value in inputs { value.write(11, to: &graph) }
            for value in outputs { value.write(12, to: &graph) }
            for (_, value) in innerValues.sorted(by: { $0.key < $1.key }) { value.write(13, to: &graph) }
        }
        return writer.bytes
    }
}
