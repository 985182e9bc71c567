import AudioCore
import COnnxRuntime
import Files

/// A value of a network under construction.
public struct Edge: Sendable, Hashable {
    public let name: String
    /// An optional input that is left out.
    public static let absent = Edge(name: "")
}

/// A size that is known, or a name for one that is known only when the network runs.
public enum Dimension: Sendable, Equatable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case fixed(Int)
    case symbol(String)

    public init(integerLiteral value: Int) { self = .fixed(value) }
    public init(stringLiteral value: String) { self = .symbol(value) }
}

/// Defines a network operator by operator, with ONNX's own operators, and makes it a session (ONNX Runtime's Model
/// Editor interface). Attributes cannot be tensors or graphs: there is no If, Loop or Scan.
public final class GraphBuilder {
    public let runtime: InferenceRuntime
    private var graph: OpaquePointer?
    private var inputs: [OpaquePointer?] = []
    private var outputs: [OpaquePointer?] = []
    private var owners: [AnyObject] = []
    private var domains: Set<String> = [""]
    private var edgeCount = 0
    private var nodeCount = 0
    private let opset: Int

    public init(in runtime: InferenceRuntime, opset: Int = 21) throws {
        self.runtime = runtime
        self.opset = opset
        graph = try runtime.make("define") { runtime.editor.pointee.CreateGraph(&$0) }
    }

    deinit {
        for case let value? in inputs + outputs { runtime.api.pointee.ReleaseValueInfo(value) }
        if let graph { runtime.api.pointee.ReleaseGraph(graph) }
    }

    // MARK: - Ends

    public func input(_ name: String, _ elementType: ElementType = .float32, shape: [Dimension]) throws -> Edge {
        inputs.append(try valueInfo(name, elementType, shape))
        return Edge(name: name)
    }

    /// - Parameter name: of the session's output.
    public func output(
        _ edge: Edge, named name: String, _ elementType: ElementType = .float32, shape: [Dimension]
    ) throws {
        try addNode("Identity", inputs: [edge], outputs: [name], attributes: [:], domain: "")
        outputs.append(try valueInfo(name, elementType, shape))
    }

    // MARK: - Constants

    /// - Parameter elements: copied, [product of shape].
    public func constant<Element: TensorElement>(_ elements: [Element], shape: [Int]) throws -> Edge {
        guard Element.elementType.byteCount(of: shape) == elements.count * Element.elementType.byteCount else {
            throw failure("\(elements.count) elements do not fill the shape \(shape)")
        }
        let edge = freshEdge("constant")
        let handle = try elements.withUnsafeBytes {
            try Tensor.copy($0, elementType: Element.elementType, shape: shape, in: runtime)
        }
        try addInitializer(edge.name, handle, isExternal: false)
        return edge
    }

    public func constant<Element: TensorElement>(_ elements: [Element]) throws -> Edge {
        try constant(elements, shape: [elements.count])
    }

    public func scalar<Element: TensorElement>(_ element: Element) throws -> Edge {
        try constant([element], shape: [])
    }

    /// A weight of a mapped file. It stays where it is; small, unaligned and non-contiguous ones are copied.
    public func weight(_ tensor: StoredTensor) throws -> Edge {
        let edge = freshEdge("weight")
        let bytes = try tensor.contiguousBytes()
        let isAligned = bytes.withUnsafeBytes {
            UInt(bitPattern: $0.baseAddress) % UInt(tensor.elementType.byteCount) == 0
        }
        // ONNX Runtime refuses external weights of fewer than 128 bytes.
        guard bytes.count >= 128, isAligned else {
            let handle = try bytes.withUnsafeBytes {
                try Tensor.copy($0, elementType: tensor.elementType, shape: tensor.shape, in: runtime)
            }
            try addInitializer(edge.name, handle, isExternal: false)
            return edge
        }
        let handle = try Tensor.view(bytes, elementType: tensor.elementType, shape: tensor.shape, in: runtime)
        owners.append(bytes.owner)
        try addInitializer(edge.name, handle, isExternal: true)
        return edge
    }

    // MARK: - Operators

    /// An operator with one output.
    public func op(
        _ type: String, _ inputs: Edge..., attributes: [String: Attribute] = [:], domain: String = ""
    ) throws -> Edge {
        try op(type, inputs: inputs, attributes: attributes, outputCount: 1, domain: domain)[0]
    }

    public func op(
        _ type: String, inputs: [Edge], attributes: [String: Attribute] = [:], outputCount: Int, domain: String = ""
    ) throws -> [Edge] {
        let outputs = (0..<outputCount).map { _ in freshEdge(type) }
        try addNode(type, inputs: inputs, outputs: outputs.map(\.name), attributes: attributes, domain: domain)
        return outputs
    }

    // MARK: - Session

    /// Makes the session; the builder is used up.
    public func session(options: SessionOptions = SessionOptions()) throws -> InferenceSession {
        guard let graph else { throw failure("the network was made already") }
        let api = runtime.api
        let editor = runtime.editor
        try runtime.check("define", editor.pointee.SetGraphInputs(graph, &inputs, inputs.count))
        inputs = []
        try runtime.check("define", editor.pointee.SetGraphOutputs(graph, &outputs, outputs.count))
        outputs = []
        let names = domains.sorted()
        let versions = names.map { $0.isEmpty ? Int32(opset) : 1 }
        let model = try withCStrings(names) { names in
            try runtime.make("define") { editor.pointee.CreateModel(names.baseAddress, versions, names.count, &$0) }
        }
        defer { api.pointee.ReleaseModel(model) }
        try runtime.check("define", editor.pointee.AddGraphToModel(model, graph))
        self.graph = nil
        let session = try options.withHandle(in: runtime) { handle in
            try runtime.make("define") {
                editor.pointee.CreateSessionFromModel(runtime.environment, model, handle, &$0)
            }
        }
        return try InferenceSession(adopting: session, name: options.name, in: runtime, owners: owners)
    }

    // MARK: - Handles

    private func failure(_ cause: String) -> AudioError {
        AudioError(.internal, operation: "define", subject: "the network", cause: cause)
    }

    private func freshEdge(_ stem: String) -> Edge {
        edgeCount += 1
        return Edge(name: "\(stem)_\(edgeCount)")
    }

    /// The graph takes the handle over, unless it refuses it.
    private func addInitializer(_ name: String, _ handle: OpaquePointer, isExternal: Bool) throws {
        do {
            try runtime.check(
                "define", runtime.editor.pointee.AddInitializerToGraph(graph, name, handle, isExternal))
        } catch {
            runtime.api.pointee.ReleaseValue(handle)
            throw error
        }
    }

    private func addNode(
        _ type: String, inputs: [Edge], outputs: [String], attributes: [String: Attribute], domain: String
    ) throws {
        domains.insert(domain)
        var handles: [OpaquePointer?] = []
        defer { for case let handle? in handles { runtime.api.pointee.ReleaseOpAttr(handle) } }
        for (name, attribute) in attributes { handles.append(try attribute.handle(name, in: runtime)) }
        let node = try withCStrings(inputs.map(\.name)) { inputs in
            try withCStrings(outputs) { outputs in
                try runtime.make("define") {
                    runtime.editor.pointee.CreateNode(
                        type, domain, "\(type).\(nodeCount)", inputs.baseAddress, inputs.count, outputs.baseAddress,
                        outputs.count, &handles, handles.count, &$0)
                }
            }
        }
        do {
            try runtime.check("define", runtime.editor.pointee.AddNodeToGraph(graph, node))
        } catch {
            runtime.api.pointee.ReleaseNode(node)
            throw error
        }
        nodeCount += 1
    }

    private func valueInfo(_ name: String, _ elementType: ElementType, _ shape: [Dimension]) throws -> OpaquePointer {
        let api = runtime.api
        let info = try runtime.make("define") { api.pointee.CreateTensorTypeAndShapeInfo(&$0) }
        defer { api.pointee.ReleaseTensorTypeAndShapeInfo(info) }
        try runtime.check("define", api.pointee.SetTensorElementType(info, elementType.code))
        let extents = shape.map { if case .fixed(let size) = $0 { Int64(size) } else { Int64(-1) } }
        try runtime.check("define", api.pointee.SetDimensions(info, extents, extents.count))
        try withCStrings(shape.map { if case .symbol(let name) = $0 { name } else { "" } }) { symbols in
            try runtime.check("define", api.pointee.SetSymbolicDimensions(info, symbols.baseAddress, symbols.count))
        }
        let typeInfo = try runtime.make("define") { runtime.editor.pointee.CreateTensorTypeInfo(info, &$0) }
        defer { api.pointee.ReleaseTypeInfo(typeInfo) }
        return try runtime.make("define") { runtime.editor.pointee.CreateValueInfo(name, typeInfo, &$0) }
    }
}
