/// The cheapest way through a distance field from corner to corner: dynamic time warping with steps (1,1), (1,0) and
/// (0,1), without slope limit or penalty (both were measured to hurt).
struct WarpingPath {
    /// Rows and columns of the path's cells, in order.
    let rows: [Int32]
    let columns: [Int32]
    /// Mean distance along the path.
    let meanDistance: Float
    /// First and last column matched with each row, [rows].
    let firstColumn: [Int32]
    let lastColumn: [Int32]

    private enum Step {
        static let diagonal: UInt8 = 0
        static let row: UInt8 = 1
        static let column: UInt8 = 2
    }

    init(through field: GuidedField) {
        let (height, width) = (field.rowCount, field.columnCount)
        let steps = Self.steps(field)
        var cells: [(Int32, Int32)] = []
        cells.reserveCapacity(height + width)
        var (row, column) = (height - 1, width - 1)
        var sum: Double = 0
        while true {
            cells.append((Int32(row), Int32(column)))
            sum += Double(field[row, column])
            if row == 0, column == 0 { break }
            switch row == 0 ? Step.column : column == 0 ? Step.row : steps[row * width + column] {
            case Step.diagonal:
                row -= 1
                column -= 1
            case Step.row: row -= 1
            default: column -= 1
            }
        }
        meanDistance = Float(sum / Double(cells.count))
        cells.reverse()
        rows = cells.map(\.0)
        columns = cells.map(\.1)
        var first = [Int32](repeating: 0, count: height)
        var last = first
        for (row, column) in cells.reversed() { first[Int(row)] = column }
        for (row, column) in cells { last[Int(row)] = column }
        firstColumn = first
        lastColumn = last
    }

    /// The step that leads to each cell, [rows * columns].
    private static func steps(_ field: GuidedField) -> [UInt8] {
        let (height, width) = (field.rowCount, field.columnCount)
        return [UInt8](unsafeUninitializedCapacity: height * width) { steps, count in
            count = height * width
            guard let steps = steps.baseAddress else { return }
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { buffer in
                guard let total = buffer.baseAddress else { return }
                let distance = total + width
                for row in 0..<height {
                    field.fill(distance, row: row, columns: 0..<width)
                    let here = steps + row * width
                    if row == 0 {
                        total[0] = distance[0]
                        here[0] = Step.diagonal
                        for column in 1..<max(1, width) {
                            total[column] = total[column - 1] + distance[column]
                            here[column] = Step.column
                        }
                        continue
                    }
                    // `total` still holds the row above, cell by cell to the right of the one being written.
                    var corner = total[0]
                    total[0] += distance[0]
                    here[0] = Step.row
                    var left = total[0]
                    for column in 1..<max(1, width) {
                        let above = total[column]
                        var best = corner
                        var step = Step.diagonal
                        if above < best {
                            best = above
                            step = Step.row
                        }
                        if left < best {
                            best = left
                            step = Step.column
                        }
                        left = best + distance[column]
                        total[column] = left
                        here[column] = step
                        corner = above
                    }
                }
            }
        }
    }
}
