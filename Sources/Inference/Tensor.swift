import AudioCore
import COnnxRuntime
import Files

/// A dense array that networks take and give, row-major, in the processor's memory.
///
/// Sendable: nothing changes it after it is made.
public final class Tensor: @unchecked Sendable {
    public let shape: [Int]
    public let elementType: ElementType
    let handle: OpaquePointer
    private let runtime: InferenceRuntime
    /// Keeps borrowed bytes alive.
    private let owner: AnyObject?

    /// - Parameters:
    ///   - elements: copied, [product of shape].
    ///   - shape: [] for a single number.
    public convenience init<Element: TensorElement>(
        _ elements: [Element], shape: [Int], in runtime: InferenceRuntime
    ) throws {
        guard Element.elementType.byteCount(of: shape) == elements.count * Element.elementType.byteCount else {
            throw Self.failure("\(elements.count) elements do not fill the shape \(shape)")
        }
        let handle = try elements.withUnsafeBytes {
            try Self.copy($0, elementType: Element.elementType, shape: shape, in: runtime)
        }
        try self.init(adopting: handle, in: runtime)
    }

    /// A view of bytes that stay where they are.
    public convenience init(
        borrowing bytes: ByteSlice, elementType: ElementType, shape: [Int], in runtime: InferenceRuntime
    ) throws {
        let handle = try Self.view(bytes, elementType: elementType, shape: shape, in: runtime)
        try self.init(adopting: handle, in: runtime, owner: bytes.owner)
    }

    /// Takes the handle over: it is released whatever happens.
    init(adopting handle: OpaquePointer, in runtime: InferenceRuntime, owner: AnyObject? = nil) throws {
        self.handle = handle
        self.runtime = runtime
        self.owner = owner
        do {
            (elementType, shape) = try Self.describe(handle, in: runtime)
        } catch {
            // A class that fails to initialise runs no deinit.
            runtime.api.pointee.ReleaseValue(handle)
            throw error
        }
    }

    deinit { runtime.api.pointee.ReleaseValue(handle) }

    public var count: Int { shape.reduce(1, *) }

    /// - Throws: where the tensor is made of something else.
    public func array<Element: TensorElement>(of type: Element.Type = Element.self) throws -> [Element] {
        try withElements(of: type) { Array($0) }
    }

    /// - Parameter body: takes the elements, [product of shape], valid inside it only.
    public func withElements<Element: TensorElement, Result>(
        of type: Element.Type = Element.self, _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) throws -> Result {
        guard elementType == Element.elementType else {
            throw Self.failure("it is made of \(elementType), not of \(Element.elementType)")
        }
        return try withExtendedLifetime(self) {
            let bytes = try Self.mutableBytes(handle, count: count * elementType.byteCount, in: runtime)
            return try body(UnsafeBufferPointer(bytes.assumingMemoryBound(to: Element.self)))
        }
    }

    // MARK: - Handles

    private static func failure(_ cause: String) -> AudioError {
        AudioError(.internal, operation: "use", subject: "a tensor", cause: cause)
    }

    private static func describe(
        _ handle: OpaquePointer, in runtime: InferenceRuntime
    ) throws -> (ElementType, [Int]) {
        let api = runtime.api
        let info = try runtime.make("read") { api.pointee.GetTensorTypeAndShape(handle, &$0) }
        defer { api.pointee.ReleaseTensorTypeAndShapeInfo(info) }
        var code = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED
        try runtime.check("read", api.pointee.GetTensorElementType(info, &code))
        guard let elementType = ElementType(code) else { throw failure("its elements are of an unknown type") }
        var rank = 0
        try runtime.check("read", api.pointee.GetDimensionsCount(info, &rank))
        var extents = [Int64](repeating: 0, count: rank)
        try runtime.check("read", api.pointee.GetDimensions(info, &extents, rank))
        return (elementType, extents.map(Int.init))
    }

    private static func mutableBytes(
        _ handle: OpaquePointer, count: Int, in runtime: InferenceRuntime
    ) throws -> UnsafeMutableRawBufferPointer {
        var data: UnsafeMutableRawPointer?
        try runtime.check("read", runtime.api.pointee.GetTensorMutableData(handle, &data))
        return UnsafeMutableRawBufferPointer(start: data, count: data == nil ? 0 : count)
    }

    /// A new OrtValue with memory of its own; the caller releases it.
    static func copy(
        _ bytes: UnsafeRawBufferPointer, elementType: ElementType, shape: [Int], in runtime: InferenceRuntime
    ) throws -> OpaquePointer {
        let handle = try runtime.make("allocate") {
            runtime.api.pointee.CreateTensorAsOrtValue(
                runtime.allocator, shape.map(Int64.init), shape.count, elementType.code, &$0)
        }
        do {
            try mutableBytes(handle, count: bytes.count, in: runtime).copyMemory(from: bytes)
        } catch {
            runtime.api.pointee.ReleaseValue(handle)
            throw error
        }
        return handle
    }

    /// A new OrtValue on bytes that must outlive it; the caller releases it.
    static func view(
        _ bytes: ByteSlice, elementType: ElementType, shape: [Int], in runtime: InferenceRuntime
    ) throws -> OpaquePointer {
        guard elementType.byteCount(of: shape) == bytes.count else {
            throw failure("\(bytes.count) bytes do not fill the shape \(shape) of \(elementType)")
        }
        return try bytes.withUnsafeBytes { buffer in
            try runtime.make("read") {
                // ONNX Runtime takes a mutable pointer, yet writes to outputs only.
                runtime.api.pointee.CreateTensorWithDataAsOrtValue(
                    runtime.memory, UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count,
                    shape.map(Int64.init), shape.count, elementType.code, &$0)
            }
        }
    }
}
