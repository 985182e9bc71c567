import Foundation

extension Matrix {
    /// Products of all rows with all rows of another matrix: cosines where rows are unit vectors.
    /// - Returns: [rows, other.rows].
    func rowProducts(with other: Matrix) -> Matrix {
        precondition(columns == other.columns)
        var products = Matrix(rows: rows, columns: other.rows)
        let width = columns
        elements.withUnsafeBufferPointer { a in
            other.elements.withUnsafeBufferPointer { b in
                products.elements.withUnsafeMutableBufferPointer { out in
                    for i in 0..<rows {
                        for j in 0..<other.rows {
                            out[i * other.rows + j] = dotProduct(
                                UnsafeBufferPointer(rebasing: a[i * width..<(i + 1) * width]),
                                UnsafeBufferPointer(rebasing: b[j * width..<(j + 1) * width]))
                        }
                    }
                }
            }
        }
        return products
    }

    /// Weighted sums of rows, one a group, scaled to unit length.
    /// - Parameter weights: [rows * groups], row by row.
    /// - Returns: unit vectors, [groups, columns]; zeros for a group without weight.
    func unitSums(weights: [Float], groups: Int) -> Matrix {
        var sums = Matrix(rows: groups, columns: columns)
        for row in 0..<rows {
            for group in 0..<groups {
                let weight = weights[row * groups + group]
                guard weight != 0 else { continue }
                for column in 0..<columns {
                    sums.elements[group * columns + column] += weight * elements[row * columns + column]
                }
            }
        }
        for group in 0..<groups {
            let range = group * columns..<(group + 1) * columns
            let length = sums.elements[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 0 else { continue }
            for index in range { sums.elements[index] /= length }
        }
        return sums
    }

    /// Unit sums of labelled rows, [labels.max + 1, columns].
    func centroids(labels: [Int], weights: [Float]) -> Matrix {
        let groups = (labels.max() ?? -1) + 1
        var spread = [Float](repeating: 0, count: rows * groups)
        for row in 0..<rows { spread[row * groups + labels[row]] = weights[row] }
        return unitSums(weights: spread, groups: groups)
    }
}

@inline(__always)
func dotProduct(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Float {
    guard let a0 = a.baseAddress, let b0 = b.baseAddress else { return 0 }
    let count = a.count
    let (rawA, rawB) = (UnsafeRawPointer(a0), UnsafeRawPointer(b0))
    var lanes = SIMD16<Float>()
    var index = 0
    while index + 16 <= count {
        let x = rawA.loadUnaligned(fromByteOffset: 4 * index, as: SIMD16<Float>.self)
        let y = rawB.loadUnaligned(fromByteOffset: 4 * index, as: SIMD16<Float>.self)
        lanes += x * y
        index += 16
    }
    var sum = lanes.sum()
    while index < count {
        sum += a0[index] * b0[index]
        index += 1
    }
    return sum
}

/// `exp(values - max) / sum`, in place.
func softmax(_ values: inout ArraySlice<Float>) {
    let largest = values.max() ?? 0
    var sum: Float = 0
    for index in values.indices {
        values[index] = exp(values[index] - largest)
        sum += values[index]
    }
    for index in values.indices { values[index] /= sum }
}
