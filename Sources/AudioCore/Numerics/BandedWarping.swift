/// Dynamic time warping between two sequences, within a band around the diagonal.
///
/// Steps go one frame ahead in either or both sequences; each visited pair pays its distance, and a step that does not
/// advance both pays `stepPenalty` besides, so that a stretch where nothing tells the frames apart stays as it was.
public struct BandedWarping: Sendable {
    /// Frames by which the second sequence may lie before or behind the first.
    public var band: Int
    /// In the distance's unit.
    public var stepPenalty: Float

    public init(band: Int, stepPenalty: Float = 0) {
        self.band = band
        self.stepPenalty = stepPenalty
    }

    /// - Parameters:
    ///   - first: features, [frames, dimension].
    ///   - second: features, [frames, dimension].
    /// - Returns: for each frame of `first` the frame of `second` it goes with, the mean of those the path pairs it
    ///   with, [frames of first]. nil where the lengths differ by more than the band.
    public func path(_ first: Matrix, _ second: Matrix) -> [Float]? {
        precondition(first.columns == second.columns, "\(first.columns) and \(second.columns) dimensions")
        let (rows, columns) = (first.rows, second.rows)
        guard rows > 0, columns > 0, abs(rows - columns) <= band else { return nil }
        let width = 2 * band + 1
        // Column offset of row i's cell 0 is i - band.
        var origins = [UInt8](repeating: 0, count: rows * width)
        var previous = [Float](repeating: .infinity, count: width + 1)
        var current = previous
        first.elements.withUnsafeBufferPointer { a in
            second.elements.withUnsafeBufferPointer { b in
                origins.withUnsafeMutableBufferPointer { origins in
                    for row in 0..<rows {
                        fill(
                            row, columns: columns, dimension: first.columns, a, b, previous: previous,
                            current: &current,
                            origins: UnsafeMutableBufferPointer(rebasing: origins[row * width..<(row + 1) * width]))
                        swap(&previous, &current)
                    }
                }
            }
        }
        return trace(origins, rows: rows, columns: columns)
    }

    /// One row of accumulated costs. A cell's neighbours: diagonal = same cell of the row before, up (only the first
    /// sequence advances) = the cell after it, left (only the second does) = the cell before in this row.
    private func fill(
        _ row: Int, columns: Int, dimension: Int, _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>,
        previous: [Float], current: inout [Float], origins: UnsafeMutableBufferPointer<UInt8>
    ) {
        let width = 2 * band + 1
        previous.withUnsafeBufferPointer { previous in
            current.withUnsafeMutableBufferPointer { current in
                var left = Float.infinity
                for cell in 0..<width {
                    let column = row - band + cell
                    guard column >= 0, column < columns else {
                        current[cell] = .infinity
                        left = .infinity
                        continue
                    }
                    let distance = Self.distance(a, row * dimension, b, column * dimension, dimension)
                    var best = row == 0 && column == 0 ? 0 : previous[cell]
                    var origin: UInt8 = 0
                    if previous[cell + 1] + stepPenalty < best {
                        best = previous[cell + 1] + stepPenalty
                        origin = 1
                    }
                    if left + stepPenalty < best {
                        best = left + stepPenalty
                        origin = 2
                    }
                    left = best + distance
                    current[cell] = left
                    origins[cell] = origin
                }
                current[width] = .infinity
            }
        }
    }

    /// Euclidean distance of two feature vectors.
    @inline(__always)
    private static func distance(
        _ a: UnsafeBufferPointer<Float>, _ i: Int, _ b: UnsafeBufferPointer<Float>, _ j: Int, _ dimension: Int
    ) -> Float {
        var sums = SIMD4<Float>()
        var n = 0
        if let a = a.baseAddress, let b = b.baseAddress {
            while n + 4 <= dimension {
                let difference = SIMD4<Float>.load(a + i + n) - SIMD4<Float>.load(b + j + n)
                sums += difference * difference
                n += 4
            }
        }
        var sum = sums.sum()
        while n < dimension {
            let difference = a[i + n] - b[j + n]
            sum += difference * difference
            n += 1
        }
        return sum.squareRoot()
    }

    private func trace(_ origins: [UInt8], rows: Int, columns: Int) -> [Float] {
        let width = 2 * band + 1
        var sums = [Int](repeating: 0, count: rows)
        var counts = sums
        var (row, column) = (rows - 1, columns - 1)
        while true {
            sums[row] += column
            counts[row] += 1
            if row == 0 && column == 0 { break }
            switch origins[row * width + column - row + band] {
            case 0: (row, column) = (row - 1, column - 1)
            case 1: row -= 1
            default: column -= 1
            }
        }
        return (0..<rows).map { Float(sums[$0]) / Float(counts[$0]) }
    }
}
