import AudioCore

/// Sums of products in double precision.
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
}
