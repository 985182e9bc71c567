import AudioCore

/// The directions in which vectors vary most, by orthogonal iteration on their covariance.
enum PrincipalAxes {
    private static let rounds = 60

    /// - Parameter vectors: [count, dimension].
    /// - Returns: the mean, [dimension], and the axes divided by the deviation along each, [dimension, count].
    static func whitening(_ vectors: Matrix, count: Int) -> (mean: [Float], basis: Matrix) {
        let size = vectors.columns
        var mean = [Double](repeating: 0, count: size)
        for row in 0..<vectors.rows {
            for column in 0..<size { mean[column] += Double(vectors[row, column]) / Double(vectors.rows) }
        }
        var centred = vectors
        for row in 0..<vectors.rows {
            for column in 0..<size { centred[row, column] -= Float(mean[column]) }
        }
        var covariance = [Double](repeating: 0, count: size * size)
        LeastSquares.accumulate(centred, centred, into: &covariance)
        for index in covariance.indices { covariance[index] /= Double(vectors.rows) }

        // Any start that is not orthogonal to the axes will do; this one is the same on every machine.
        var state = UInt64(0x9E37_79B9_7F4A_7C15)
        var axes = (0..<count).map { _ in
            (0..<size).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Double(state >> 33) / Double(UInt32.max) - 0.25
            }
        }
        orthonormalize(&axes)
        for _ in 0..<rounds {
            axes = axes.map { product(covariance, $0) }
            orthonormalize(&axes)
        }
        var basis = Matrix(rows: size, columns: count)
        for (column, axis) in axes.enumerated() {
            let variance = dot(axis, product(covariance, axis))
            for row in 0..<size { basis[row, column] = Float(axis[row] / max(variance, 1e-12).squareRoot()) }
        }
        return (mean.map(Float.init), basis)
    }

    private static func dot(_ left: [Double], _ right: [Double]) -> Double {
        var sum = 0.0
        for index in left.indices { sum += left[index] * right[index] }
        return sum
    }

    private static func product(_ matrix: [Double], _ vector: [Double]) -> [Double] {
        let size = vector.count
        return (0..<size).map { row in
            var sum = 0.0
            for column in 0..<size { sum += matrix[row * size + column] * vector[column] }
            return sum
        }
    }

    /// Gram-Schmidt, twice for accuracy.
    private static func orthonormalize(_ axes: inout [[Double]]) {
        for index in axes.indices {
            for _ in 0..<2 {
                for former in 0..<index {
                    let overlap = dot(axes[index], axes[former])
                    for k in axes[index].indices { axes[index][k] -= overlap * axes[former][k] }
                }
            }
            let length = dot(axes[index], axes[index]).squareRoot()
            for k in axes[index].indices { axes[index][k] /= max(length, 1e-300) }
        }
    }
}
