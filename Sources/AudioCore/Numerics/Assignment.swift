/// Pairs rows with columns, each at most once, so that the pairs' total is as large as can be (the Hungarian method
/// with shortest augmenting paths, Jonker & Volgenant 1987).
public struct Assignment: Sendable, Equatable {
    /// The column each row got, [rows]; nil where there were fewer columns than rows and this row went without.
    public let columns: [Int?]
    /// Sum over the pairs.
    public let total: Double

    /// - Parameter scores: what each pair is worth, any sign, [rows, columns]. `min(rows, columns)` pairs are made.
    public init(maximizing scores: Matrix) {
        let isTall = scores.rows > scores.columns
        let (short, long) = isTall ? (scores.columns, scores.rows) : (scores.rows, scores.columns)
        func score(_ i: Int, _ j: Int) -> Double { Double(isTall ? scores[j, i] : scores[i, j]) }
        let partners = Self.solve(rows: short, columns: long) { -score($0, $1) }
        var columns = [Int?](repeating: nil, count: scores.rows)
        var total = 0.0
        for (i, j) in partners.enumerated() {
            columns[isTall ? j : i] = isTall ? i : j
            total += score(i, j)
        }
        self.columns = columns
        self.total = total
    }

    /// - Parameter cost: of pairing row i with column j; rows <= columns.
    /// - Returns: the column of each row.
    private static func solve(rows: Int, columns: Int, cost: (Int, Int) -> Double) -> [Int] {
        // Column `columns` is a stand-in from which each new row starts its search.
        var rowPotential = [Double](repeating: 0, count: rows)
        var columnPotential = [Double](repeating: 0, count: columns + 1)
        var owner = [Int](repeating: -1, count: columns + 1)
        for row in 0..<rows {
            owner[columns] = row
            var column = columns
            var slack = [Double](repeating: .infinity, count: columns)
            var origin = [Int](repeating: columns, count: columns)
            var visited = [Bool](repeating: false, count: columns + 1)
            while owner[column] >= 0 {
                visited[column] = true
                let current = owner[column]
                var least = Double.infinity
                var nearest = columns
                for j in 0..<columns where !visited[j] {
                    let reduced = cost(current, j) - rowPotential[current] - columnPotential[j]
                    if reduced < slack[j] {
                        slack[j] = reduced
                        origin[j] = column
                    }
                    if slack[j] < least {
                        least = slack[j]
                        nearest = j
                    }
                }
                for j in 0...columns {
                    if visited[j] {
                        rowPotential[owner[j]] += least
                        columnPotential[j] -= least
                    } else {
                        slack[j] -= least
                    }
                }
                column = nearest
            }
            while column != columns {
                owner[column] = owner[origin[column]]
                column = origin[column]
            }
        }
        var partners = [Int](repeating: 0, count: rows)
        for column in 0..<columns where owner[column] >= 0 { partners[owner[column]] = column }
        return partners
    }
}
