import COnnxRuntime

/// What a tensor is made of; raw values are those of ONNX's TensorProto.DataType.
public enum ElementType: Int, Sendable, Codable {
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case bool = 9
    case float16 = 10
    case float64 = 11
    case bfloat16 = 16

    public var byteCount: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float32, .int32: 4
        case .int64, .float64: 8
        }
    }

    var code: ONNXTensorElementDataType { ONNXTensorElementDataType(UInt32(rawValue)) }

    init?(_ code: ONNXTensorElementDataType) { self.init(rawValue: Int(code.rawValue)) }

    /// Bytes of a tensor of this shape; nil where the shape is negative or the product does not fit.
    public func byteCount(of shape: [Int]) -> Int? {
        var product = byteCount
        for extent in shape {
            guard extent >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            product = next
        }
        return product
    }
}

/// A Swift type that a tensor can be made of.
public protocol TensorElement: BitwiseCopyable, Sendable {
    static var elementType: ElementType { get }
}

extension Float: TensorElement {
    public static var elementType: ElementType { .float32 }
}
extension Double: TensorElement {
    public static var elementType: ElementType { .float64 }
}
extension Int64: TensorElement {
    public static var elementType: ElementType { .int64 }
}
extension Int32: TensorElement {
    public static var elementType: ElementType { .int32 }
}
extension Int8: TensorElement {
    public static var elementType: ElementType { .int8 }
}
extension UInt8: TensorElement {
    public static var elementType: ElementType { .uint8 }
}
extension Bool: TensorElement {
    public static var elementType: ElementType { .bool }
}
#if arch(arm64) || os(Linux)
    extension Float16: TensorElement {
        public static var elementType: ElementType { .float16 }
    }
#endif
