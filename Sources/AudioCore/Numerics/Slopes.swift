extension Matrix {
    /// Each column followed, after all of them, by its slope over time: a line fitted to `2 * reach + 1` rows (the first
    /// and the last row stand for those beyond), times `reach` and `weight`.
    /// - Returns: [rows, 2 * columns].
    func withSlopes(reach: Int, weight: Float) -> Matrix {
        var result = Matrix(rows: rows, columns: 2 * columns)
        let scale = (1...reach).reduce(Float(0)) { $0 + 2 * Float($1 * $1) }
        for row in 0..<rows {
            for column in 0..<columns {
                var slope: Float = 0
                for step in 1...reach {
                    slope += Float(step) * (self[min(rows - 1, row + step), column] - self[max(0, row - step), column])
                }
                result[row, column] = self[row, column]
                result[row, columns + column] = weight * slope / scale * Float(reach)
            }
        }
        return result
    }
}
