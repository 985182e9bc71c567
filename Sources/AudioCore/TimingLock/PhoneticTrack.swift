/// The phonetic features of a stretch of speech, made ready to be compared: mean removed, rows of unit length.
public struct PhoneticTrack: Sendable, Equatable {
    /// Unit rows, [frames, dimension]; frame i is centred at (i + 0.5) * hop.
    public let features: Matrix
    public let hopSeconds: Double

    /// - Parameters:
    ///   - raw: features as the network gives them, [frames, dimension].
    ///   - hopSeconds: seconds between frames.
    public init(_ raw: Matrix, hopSeconds: Double) {
        self.hopSeconds = hopSeconds
        let dimension = raw.columns
        var mean = [Float](repeating: 0, count: dimension)
        var centred = raw
        centred.elements.withUnsafeMutableBufferPointer { values in
            for row in 0..<raw.rows {
                for column in 0..<dimension { mean[column] += values[row * dimension + column] }
            }
            let scale = 1 / Float(max(1, raw.rows))
            for column in 0..<dimension { mean[column] *= scale }
            for row in 0..<raw.rows {
                for column in 0..<dimension { values[row * dimension + column] -= mean[column] }
            }
        }
        features = centred.withUnitRows
    }

    public var seconds: Double { Double(features.rows) * hopSeconds }
}

extension Matrix {
    /// Each row divided by its Euclidean length; a row of zeros stays one.
    var withUnitRows: Matrix {
        var result = self
        result.elements.withUnsafeMutableBufferPointer { values in
            for row in 0..<rows {
                let range = row * columns..<(row + 1) * columns
                var square: Float = 0
                for index in range { square += values[index] * values[index] }
                guard square > 0 else { continue }
                let scale = 1 / square.squareRoot()
                for index in range { values[index] *= scale }
            }
        }
        return result
    }

    /// The dot products of all rows with all rows of another matrix.
    /// - Returns: [rows, other.rows].
    func products(with other: Matrix) -> Matrix {
        precondition(columns == other.columns, "\(columns) columns against \(other.columns)")
        var result = Matrix(rows: rows, columns: other.rows)
        let (height, width, depth) = (rows, other.rows, columns)
        elements.withUnsafeBufferPointer { a in
            other.elements.withUnsafeBufferPointer { b in
                result.elements.withUnsafeMutableBufferPointer { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    for column in stride(from: 0, to: width, by: 4) {
                        let count = min(4, width - column)
                        // A short last tile reads its last row again.
                        let second = b + (column + min(1, count - 1)) * depth
                        let third = b + (column + min(2, count - 1)) * depth
                        let fourth = b + (column + count - 1) * depth
                        for row in 0..<height {
                            let tile = Self.dot(a + row * depth, b + column * depth, second, third, fourth, depth)
                            for step in 0..<count { c[row * width + column + step] = tile[step] }
                        }
                    }
                }
            }
        }
        return result
    }

    /// Four dot products with one vector.
    @inline(__always)
    private static func dot(
        _ a: UnsafePointer<Float>, _ b0: UnsafePointer<Float>, _ b1: UnsafePointer<Float>,
        _ b2: UnsafePointer<Float>, _ b3: UnsafePointer<Float>, _ count: Int
    ) -> SIMD4<Float> {
        var sums = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
        @inline(__always) func load(_ pointer: UnsafePointer<Float>, _ index: Int) -> SIMD8<Float> {
            UnsafeRawPointer(pointer + index).loadUnaligned(as: SIMD8<Float>.self)
        }
        let whole = count - count % 8
        var index = 0
        while index < whole {
            let left = load(a, index)
            sums.0 += left * load(b0, index)
            sums.1 += left * load(b1, index)
            sums.2 += left * load(b2, index)
            sums.3 += left * load(b3, index)
            index += 8
        }
        var result = SIMD4(sums.0.sum(), sums.1.sum(), sums.2.sum(), sums.3.sum())
        while index < count {
            result += a[index] * SIMD4(b0[index], b1[index], b2[index], b3[index])
            index += 1
        }
        return result
    }
}
