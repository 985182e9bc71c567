import Foundation

/// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to a tridiagonal one, then QL steps with
/// implicit shifts (Wilkinson & Reinsch, Handbook for Automatic Computation II, contributions 2 and 4).
struct SymmetricEigen {
    let size: Int
    /// Rising, [size].
    let values: [Double]
    /// The reflectors' vectors in the rows of a lower triangle, [size * size].
    private let reflectors: [Double]
    private let reflectorScales: [Double]
    private let tridiagonal: (diagonal: [Double], offDiagonal: [Double])

    /// - Parameter elements: symmetric, [size * size]; only the lower triangle is read.
    init(size: Int, elements: [Double]) {
        self.size = size
        var work = elements
        var diagonal = [Double](repeating: 0, count: size)
        var offDiagonal = [Double](repeating: 0, count: size)
        var scales = [Double](repeating: 0, count: size)
        work.withUnsafeMutableBufferPointer {
            Self.reduce($0, size, &diagonal, &offDiagonal, &scales)
        }
        reflectors = work
        reflectorScales = scales
        tridiagonal = (diagonal, offDiagonal)
        var values = diagonal
        var below = offDiagonal
        Self.diagonalise(&values, &below) { _, _, _ in }
        self.values = values.sorted()
    }

    /// Reflects row by row from the last: row `i`'s first `i - 1` elements vanish. Afterwards row `i` of `a` holds the
    /// reflector `v` (`H = 1 - scale v vᵀ`) that did it.
    private static func reduce(
        _ a: UnsafeMutableBufferPointer<Double>, _ size: Int, _ diagonal: inout [Double],
        _ offDiagonal: inout [Double], _ scales: inout [Double]
    ) {
        var product = [Double](repeating: 0, count: size)
        for i in stride(from: size - 1, to: 0, by: -1) {
            let row = UnsafeMutableBufferPointer(rebasing: a[i * size..<i * size + i])
            diagonal[i] = a[i * size + i]
            let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let rest = row.dropLast().reduce(0) { $0 + abs($1) }
            guard rest > 0 else {
                offDiagonal[i] = row[i - 1]
                continue
            }
            // The reflector is row + sign(row[i-1]) * norm * last unit vector: the sign avoids cancellation.
            let pivot = row[i - 1] >= 0 ? norm : -norm
            offDiagonal[i] = -pivot
            row[i - 1] += pivot
            let scale = 1 / (norm * (norm + abs(row[i - 1] - pivot)))
            scales[i] = scale
            product.withUnsafeMutableBufferPointer { product in
                multiplyLower(a, size, i, row, product)
                var overlap = 0.0
                for j in 0..<i {
                    product[j] *= scale
                    overlap += product[j] * row[j]
                }
                let half = overlap * scale / 2
                for j in 0..<i { product[j] -= half * row[j] }
                for j in 0..<i {
                    let (left, right) = (row[j], product[j])
                    let target = UnsafeMutableBufferPointer(rebasing: a[j * size...j * size + j])
                    for k in 0...j { target[k] -= left * product[k] + right * row[k] }
                }
            }
        }
        if size > 0 { diagonal[0] = a[0] }
    }

    /// `product = A[0..<n, 0..<n] * vector`, `A` symmetric and given by its lower triangle.
    private static func multiplyLower(
        _ a: UnsafeMutableBufferPointer<Double>, _ size: Int, _ n: Int, _ vector: UnsafeMutableBufferPointer<Double>,
        _ product: UnsafeMutableBufferPointer<Double>
    ) {
        for j in 0..<n { product[j] = 0 }
        for j in 0..<n {
            let row = UnsafeMutableBufferPointer(rebasing: a[j * size..<j * size + j])
            let factor = vector[j]
            var lanes = SIMD8<Double>()
            var k = 0
            if let row = row.baseAddress, let x = vector.baseAddress, let y = product.baseAddress {
                while k + 8 <= j {
                    let elements = UnsafeRawPointer(row + k).loadUnaligned(as: SIMD8<Double>.self)
                    let target = UnsafeMutableRawPointer(y + k)
                    lanes += elements * UnsafeRawPointer(x + k).loadUnaligned(as: SIMD8<Double>.self)
                    let sum = target.loadUnaligned(as: SIMD8<Double>.self) + factor * elements
                    target.storeBytes(of: sum, as: SIMD8<Double>.self)
                    k += 8
                }
            }
            var sum = lanes.sum()
            while k < j {
                sum += row[k] * vector[k]
                product[k] += factor * row[k]
                k += 1
            }
            product[j] += sum + a[j * size + j] * factor
        }
    }

    /// QL with implicit shifts on a tridiagonal matrix. `offDiagonal[i]` couples `i - 1` and `i`.
    /// - Parameter rotated: told of every plane rotation (lower index, cosine, sine).
    private static func diagonalise(
        _ diagonal: inout [Double], _ offDiagonal: inout [Double], rotated: (Int, Double, Double) -> Void
    ) {
        let size = diagonal.count
        guard size > 1 else { return }
        var below = Array(offDiagonal.dropFirst()) + [0]
        for first in 0..<size {
            // 64 rounds are out of reach: the shift converges cubically, and 2 rounds a value are usual.
            for _ in 0..<64 {
                var last = first
                while last < size - 1 {
                    let scale = abs(diagonal[last]) + abs(diagonal[last + 1])
                    if abs(below[last]) <= .ulpOfOne * scale || abs(below[last]) < 1e-290 { break }
                    last += 1
                }
                guard last > first else { break }
                var shift = (diagonal[first + 1] - diagonal[first]) / (2 * below[first])
                let root = hypot(shift, 1)
                shift = diagonal[last] - diagonal[first] + below[first] / (shift + (shift >= 0 ? root : -root))
                var (sine, cosine, carried) = (1.0, 1.0, 0.0)
                var isSplit = false
                for i in stride(from: last - 1, through: first, by: -1) {
                    let f = sine * below[i]
                    let b = cosine * below[i]
                    let length = hypot(f, shift)
                    below[i + 1] = length
                    guard length > 0 else {
                        diagonal[i + 1] -= carried
                        below[last] = 0
                        isSplit = true
                        break
                    }
                    sine = f / length
                    cosine = shift / length
                    let g = diagonal[i + 1] - carried
                    let r = (diagonal[i] - g) * sine + 2 * cosine * b
                    carried = sine * r
                    diagonal[i + 1] = g + carried
                    shift = cosine * r - b
                    rotated(i, cosine, sine)
                }
                if isSplit { continue }
                diagonal[first] -= carried
                below[first] = shift
                below[last] = 0
            }
        }
    }

    /// - Parameter count: how many, those of the smallest eigenvalues first.
    /// - Returns: unit vectors, [count * size], one after another.
    func smallestVectors(_ count: Int) -> [Double] {
        var (diagonal, offDiagonal) = tridiagonal
        // Row i holds the i-th eigenvector of the tridiagonal matrix while rotations of neighbours are applied to rows.
        var vectors = [Double](repeating: 0, count: size * size)
        for i in 0..<size { vectors[i * size + i] = 1 }
        let width = size
        vectors.withUnsafeMutableBufferPointer { vectors in
            Self.diagonalise(&diagonal, &offDiagonal) { lower, cosine, sine in
                let a = UnsafeMutableBufferPointer(rebasing: vectors[lower * width..<(lower + 1) * width])
                let b = UnsafeMutableBufferPointer(rebasing: vectors[(lower + 1) * width..<(lower + 2) * width])
                for k in 0..<width {
                    let (x, y) = (a[k], b[k])
                    b[k] = sine * x + cosine * y
                    a[k] = cosine * x - sine * y
                }
            }
        }
        let order = (0..<size).sorted { (diagonal[$0], $0) < (diagonal[$1], $1) }
        return order.prefix(count).flatMap { reflectedBack(Array(vectors[$0 * size..<($0 + 1) * size])) }
    }

    /// From the tridiagonal matrix' eigenvector to the original matrix'.
    private func reflectedBack(_ vector: [Double]) -> [Double] {
        var vector = vector
        for i in 1..<max(1, size) where reflectorScales[i] > 0 {
            var overlap = 0.0
            for j in 0..<i { overlap += reflectors[i * size + j] * vector[j] }
            overlap *= reflectorScales[i]
            for j in 0..<i { vector[j] -= overlap * reflectors[i * size + j] }
        }
        return vector
    }
}
