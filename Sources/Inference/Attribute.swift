import COnnxRuntime

/// A setting of an operator.
public enum Attribute: Sendable, Equatable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
    case int(Int)
    case ints([Int])
    case float(Float)
    case floats([Float])
    case string(String)
    case strings([String])

    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Float) { self = .float(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral values: Int...) { self = .ints(values) }

    /// A new OrtOpAttr; the caller releases it.
    func handle(_ name: String, in runtime: InferenceRuntime) throws -> OpaquePointer {
        func make(_ data: UnsafeRawPointer?, _ count: Int, _ type: OrtOpAttrType) throws -> OpaquePointer {
            try runtime.make("define") { runtime.api.pointee.CreateOpAttr(name, data, Int32(count), type, &$0) }
        }
        switch self {
        case .int(let value): return try withUnsafePointer(to: Int64(value)) { try make($0, 1, ORT_OP_ATTR_INT) }
        case .float(let value): return try withUnsafePointer(to: value) { try make($0, 1, ORT_OP_ATTR_FLOAT) }
        case .ints(let values): return try make(values.map(Int64.init), values.count, ORT_OP_ATTR_INTS)
        case .floats(let values): return try make(values, values.count, ORT_OP_ATTR_FLOATS)
        case .string(let value):
            return try value.withCString { try make($0, value.utf8.count, ORT_OP_ATTR_STRING) }
        case .strings(let values):
            return try withCStrings(values) { try make($0.baseAddress, values.count, ORT_OP_ATTR_STRINGS) }
        }
    }
}
