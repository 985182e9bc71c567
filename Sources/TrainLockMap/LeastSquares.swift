import AudioCore

/// Linear algebra in double precision for a few hundred unknowns.
enum LeastSquares {
    /// Adds `left` transposed times `right`, both [rows, ...], to `sum`, [left.columns * right.columns].
    static func accumulate(_ left: Matrix, _ right: Matrix, into sum: inout [Double]) {
        let width = right.columns
        var row = [Double](repeating: 0, count: width)
        sum.withUnsafeMutableBufferPointer { sum in
            for index in 0..<left.rows {
                for column in 0..<width { row[column] = Double(right[index, column]) }
                for unknown in 0..<left.columns {
                    let value = Double(left[index, unknown])
                    if value == 0 { continue }
                    let start = unknown * width
                    row.withUnsafeBufferPointer { row in
                        for column in 0..<width { sum[start + column] += value * row[column] }
                    }
                }
            }
        }
    }

    /// Solves A x = b for a symmetric positive definite A by Cholesky's decomposition.
    /// - Parameters:
    ///   - system: A, [size * size].
    ///   - right: b, [size * columns].
    /// - Returns: x, [size * columns]; nil where A is not positive definite.
    static func solve(_ system: [Double], _ right: [Double], size: Int, columns: Int) -> [Double]? {
        var lower = system
        for column in 0..<size {
            for row in column..<size {
                var value = lower[row * size + column]
                for inner in 0..<column { value -= lower[row * size + inner] * lower[column * size + inner] }
                if row == column {
                    guard value > 0 else { return nil }
                    lower[row * size + column] = value.squareRoot()
                } else {
                    lower[row * size + column] = value / lower[column * size + column]
                }
            }
        }
        var result = right
        for row in 0..<size {
            for inner in 0..<row { subtract(lower[row * size + inner], row: inner, from: row, &result, columns) }
            divide(row, by: lower[row * size + row], &result, columns)
        }
        for row in (0..<size).reversed() {
            for inner in row + 1..<size { subtract(lower[inner * size + row], row: inner, from: row, &result, columns) }
            divide(row, by: lower[row * size + row], &result, columns)
        }
        return result
    }

    private static func subtract(_ factor: Double, row: Int, from target: Int, _ values: inout [Double], _ columns: Int)
    {
        for column in 0..<columns { values[target * columns + column] -= factor * values[row * columns + column] }
    }

    private static func divide(_ row: Int, by value: Double, _ values: inout [Double], _ columns: Int) {
        for column in 0..<columns { values[row * columns + column] /= value }
    }
}
