import AudioCore
import Files
import Foundation

/// `lock-map.bin`, little-endian: "HALM", version 1, then as UInt32 the text channels, the components, the features'
/// dimension and the number of phones; the mean as float32; basis, weights and centroids as float16, row-major; the
/// phones as UInt32 code points.
extension LockMap {
    private static let mark = Array("HALM".utf8)

    /// A map that comes with the program.
    public static func bundled(_ name: String) throws -> LockMap {
        guard let file = Bundle.module.url(forResource: name, withExtension: "bin", subdirectory: "Resources")
        else {
            throw AudioError(
                .internal, operation: "load", subject: "the timing lock's map", cause: "it is missing from the program",
                mend: "install the program anew")
        }
        return try LockMap(file)
    }

    public init(_ file: URL) throws {
        var reader = ByteReader(ByteSlice(try MappedFile(file)), of: file)
        guard try reader.slice(4).array == LockMap.mark, try reader.number(UInt32.self) == 1 else {
            throw reader.failure("it is no map of the timing lock")
        }
        let channels = try reader.size(UInt32.self)
        let components = try reader.size(UInt32.self)
        let dimension = try reader.size(UInt32.self)
        let count = try reader.size(UInt32.self)
        guard [channels, components, dimension, count].allSatisfy({ (1...4096).contains($0) }) else {
            throw reader.failure("it is damaged")
        }
        let mean = try (0..<channels).map { _ in Float(bitPattern: try reader.number(UInt32.self)) }
        func matrix(_ rows: Int, _ columns: Int) throws -> Matrix {
            let elements = try (0..<rows * columns).map { _ in Float(Float16(bitPattern: try reader.number())) }
            guard elements.allSatisfy(\.isFinite) else { throw reader.failure("it is damaged") }
            return Matrix(rows: rows, columns: columns, elements: elements)
        }
        let basis = try matrix(channels, components)
        let weights = try matrix(LockMap.inputs(components: components), dimension)
        let centroids = try matrix(count, dimension)
        let phones = try (0..<count).map { _ in
            guard let scalar = Unicode.Scalar(try reader.number(UInt32.self)) else {
                throw reader.failure("it is damaged")
            }
            return Character(scalar)
        }
        guard reader.remaining == 0 else { throw reader.failure("it is damaged") }
        self.init(mean: mean, basis: basis, weights: weights, phones: phones, centroids: centroids)
    }

    public var encoded: Data {
        var data = Data(LockMap.mark)
        func number<Number: FixedWidthInteger>(_ value: Number) {
            withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
        }
        number(UInt32(1))
        for size in [mean.count, components, dimension, phones.count] { number(UInt32(size)) }
        for value in mean { number(value.bitPattern) }
        for matrix in [basis, weights, centroids] {
            for value in matrix.elements { number(Float16(value).bitPattern) }
        }
        for phone in phones { number(phone.unicodeScalars.first?.value ?? 0) }
        return data
    }
}
