/// A symmetric positive definite matrix taken apart as L L^T, for solving many systems with it. Double precision.
public struct Cholesky: Sendable {
    public let order: Int
    /// L, [order * order], row-major, lower triangle.
    private let lower: [Double]

    /// - Parameters:
    ///   - matrix: [order * order], row-major; only the lower triangle is read.
    /// - Returns: nil where the matrix is not positive definite.
    public init?(_ matrix: [Double], order: Int) {
        precondition(matrix.count == order * order, "\(matrix.count) elements for order \(order)")
        var l = matrix
        for j in 0..<order {
            var diagonal = l[j * order + j]
            for k in 0..<j { diagonal -= l[j * order + k] * l[j * order + k] }
            guard diagonal > 0, diagonal.isFinite else { return nil }
            let root = diagonal.squareRoot()
            l[j * order + j] = root
            l.withUnsafeMutableBufferPointer { l in
                for i in j + 1..<max(j + 1, order) {
                    var sum = l[i * order + j]
                    for k in 0..<j { sum -= l[i * order + k] * l[j * order + k] }
                    l[i * order + j] = sum / root
                }
            }
        }
        self.order = order
        lower = l
    }

    /// - Parameter right: [order].
    /// - Returns: x with A x = right, [order].
    public func solve(_ right: [Double]) -> [Double] {
        precondition(right.count == order, "\(right.count) numbers for order \(order)")
        var x = right
        for i in 0..<order {
            for k in 0..<i { x[i] -= lower[i * order + k] * x[k] }
            x[i] /= lower[i * order + i]
        }
        for i in stride(from: order - 1, through: 0, by: -1) {
            for k in i + 1..<max(i + 1, order) { x[i] -= lower[k * order + i] * x[k] }
            x[i] /= lower[i * order + i]
        }
        return x
    }
}
