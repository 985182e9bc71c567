import AudioCore
import Files

/// A weight in a file: where its elements lie and how they are laid out. Always inside the file.
public struct StoredTensor: Sendable {
    public let name: String
    public let elementType: ElementType
    public let shape: [Int]
    /// Elements from one index to the next, for each dimension.
    public let strides: [Int]
    /// From the first element to beyond the last.
    private let bytes: ByteSlice

    /// A row-major tensor.
    /// - Returns: nil where the bytes do not fill the shape exactly.
    public init?(name: String, elementType: ElementType, shape: [Int], bytes: ByteSlice) {
        guard elementType.byteCount(of: shape) == bytes.count else { return nil }
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.bytes = bytes
        strides = Self.rowMajorStrides(shape)
    }

    /// A view into a storage.
    /// - Parameter offset: of the first element, in elements.
    /// - Returns: nil where the view reaches outside the storage.
    init?(
        name: String, elementType: ElementType, shape: [Int], strides: [Int], storage: ByteSlice, offset: Int
    ) {
        guard shape.count == strides.count, shape.count <= 16, elementType.byteCount(of: shape) != nil, offset >= 0,
            strides.allSatisfy({ $0 >= 0 })
        else { return nil }
        var end = offset
        for (extent, stride) in zip(shape, strides) where extent > 1 {
            let (reach, overflow) = stride.multipliedReportingOverflow(by: extent - 1)
            let (sum, overflowOfSum) = end.addingReportingOverflow(reach)
            guard !overflow, !overflowOfSum else { return nil }
            end = sum
        }
        let isEmpty = shape.contains(0)
        let capacity = storage.count / elementType.byteCount
        guard isEmpty ? offset <= capacity : end < capacity else { return nil }
        // An expanded tensor (strides of zero) claims more elements than its storage holds; none of ours is.
        guard shape.reduce(1, *) <= capacity else { return nil }
        self.name = name
        self.elementType = elementType
        self.shape = shape
        self.strides = strides
        let size = elementType.byteCount
        bytes = storage[offset * size..<(isEmpty ? offset : end + 1) * size]
    }

    public var count: Int { shape.reduce(1, *) }

    /// Strides of an empty tensor may be anything, so they may wrap.
    static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for index in shape.indices.dropLast().reversed() { strides[index] = strides[index + 1] &* shape[index + 1] }
        return strides
    }

    public var isContiguous: Bool {
        count == 0
            || zip(zip(shape, strides), Self.rowMajorStrides(shape)).allSatisfy { $0.0 <= 1 || $0.1 == $1 }
    }

    /// The elements row by row: the file's own bytes where they lie so, else a copy.
    public func contiguousBytes() throws -> ByteSlice {
        guard !isContiguous else { return bytes }
        let size = elementType.byteCount
        return ByteSlice(copying: count * size) { target in
            bytes.withUnsafeBytes { source in
                var index = [Int](repeating: 0, count: shape.count)
                for element in 0..<count {
                    let offset = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
                    UnsafeMutableRawBufferPointer(rebasing: target[element * size..<(element + 1) * size])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset * size..<(offset + 1) * size]))
                    var dimension = shape.count - 1
                    while dimension >= 0 {
                        index[dimension] += 1
                        if index[dimension] < shape[dimension] { break }
                        index[dimension] = 0
                        dimension -= 1
                    }
                }
            }
        }
    }

    /// The elements as single precision, row-major, [product of shape].
    public func floats() throws -> [Float] {
        let bytes = try contiguousBytes()
        return try bytes.withUnsafeBytes { buffer in
            func load<Element: BitwiseCopyable>(_: Element.Type, _ convert: (Element) -> Float) -> [Float] {
                (0..<count).map {
                    convert(
                        buffer.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self))
                }
            }
            switch elementType {
            case .float32: return load(Float.self) { $0 }
            case .float64: return load(Double.self) { Float($0) }
            case .float16: return load(Float16.self) { Float($0) }
            case .bfloat16: return load(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
            default:
                throw AudioError(
                    .badData, operation: "read", subject: name,
                    cause: "its elements are \(elementType), not numbers with a point")
            }
        }
    }
}
