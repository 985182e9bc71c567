import Files
import Foundation

/// An operator of an ONNX graph (message NodeProto). Attributes are kept as they lie in the file.
public struct OnnxNode: Sendable {
    public var name: String
    public var operatorType: String
    /// "" for ONNX's own.
    public var domain: String
    /// "" stands for an optional input that is left out.
    public var inputs: [String]
    public var outputs: [String]
    /// Encoded AttributeProto messages.
    var attributes: [ByteSlice]
    /// Values that the node's own sub-graphs (If, Loop, Scan) take from around it.
    private(set) var innerInputs: [String]

    /// - Parameter attributes: taken over from `pattern`.
    public init(
        _ operatorType: String, name: String, inputs: [String], outputs: [String], attributesOf pattern: OnnxNode? = nil
    ) {
        self.operatorType = operatorType
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        domain = ""
        attributes = pattern?.attributes ?? []
        innerInputs = []
    }

    /// Everything the node needs before it can run.
    var dependencies: [String] { (inputs + innerInputs).filter { !$0.isEmpty } }

    init(_ bytes: ByteSlice, of url: URL) throws { try self.init(bytes, of: url, depth: 0) }

    private init(_ bytes: ByteSlice, of url: URL, depth: Int) throws {
        var reader = ProtobufReader(bytes, of: url)
        guard depth < 8 else { throw reader.failure("its graphs are nested too deeply") }
        self.init("", name: "", inputs: [], outputs: [])
        while let field = try reader.next() {
            switch field.number {
            case 1: inputs.append(field.text ?? "")
            case 2: outputs.append(field.text ?? "")
            case 3: name = field.text ?? ""
            case 4: operatorType = field.text ?? ""
            case 5:
                guard let attribute = field.bytes else { throw reader.failure("it is damaged") }
                attributes.append(attribute)
                innerInputs += try Self.innerInputs(attribute, of: url, depth: depth)
            case 7: domain = field.text ?? ""
            default: break
            }
        }
    }

    /// Names that an attribute's graphs (fields 6 and 11 of AttributeProto) use; too many do no harm.
    private static func innerInputs(_ attribute: ByteSlice, of url: URL, depth: Int) throws -> [String] {
        var names: [String] = []
        var reader = ProtobufReader(attribute, of: url)
        while let field = try reader.next() {
            guard field.number == 6 || field.number == 11, let graph = field.bytes else { continue }
            var defined: Set<String> = []
            var used: [String] = []
            var graphReader = ProtobufReader(graph, of: url)
            while let field = try graphReader.next() {
                guard let bytes = field.bytes else { continue }
                switch field.number {
                case 1:
                    let node = try OnnxNode(bytes, of: url, depth: depth + 1)
                    used += node.dependencies
                    defined.formUnion(node.outputs)
                case 5: defined.insert(try OnnxTensor(bytes, of: url).name)
                case 11: defined.insert(try OnnxValue(bytes, of: url).name)
                case 12: used.append(try OnnxValue(bytes, of: url).name)
                default: break
                }
            }
            names += used.filter { !defined.contains($0) }
        }
        return names
    }

    func write(to writer: inout ProtobufWriter) {
        for input in inputs { writer.text(1, input) }
        for output in outputs { writer.text(2, output) }
        writer.text(3, name)
        writer.text(4, operatorType)
        for attribute in attributes { writer.bytes(5, attribute) }
        if !domain.isEmpty { writer.text(7, domain) }
    }
}
