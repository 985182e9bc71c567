import Files
import Foundation

/// The name and the type of a value of an ONNX graph (message ValueInfoProto).
public struct OnnxValue: Sendable {
    public let name: String
    private let encoded: ByteSlice

    /// A tensor.
    public init(_ name: String, _ elementType: ElementType = .float32, shape: [Dimension]) {
        self.name = name
        var writer = ProtobufWriter()
        writer.text(1, name)
        writer.message(2) { type in
            type.message(1) { tensor in
                tensor.int(1, elementType.rawValue)
                tensor.message(2) { sizes in
                    for dimension in shape {
                        sizes.message(1) { size in
                            switch dimension {
                            case .fixed(let extent): size.int(1, extent)
                            case .symbol(let name): size.text(2, name)
                            }
                        }
                    }
                }
            }
        }
        encoded = ByteSlice(writer.bytes)
    }

    init(_ bytes: ByteSlice, of url: URL) throws {
        encoded = bytes
        var name = ""
        var reader = ProtobufReader(bytes, of: url)
        while let field = try reader.next() { if field.number == 1 { name = field.text ?? "" } }
        self.name = name
    }

    func write(_ number: Int, to writer: inout ProtobufWriter) { writer.bytes(number, encoded) }
}
