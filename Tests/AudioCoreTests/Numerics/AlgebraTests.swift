import AudioCore
import Foundation
import Testing

struct AlgebraTests {
    @Test func choleskySolvesWhatItWasGiven() throws {
        // A A^T + I of a random A is positive definite.
        let order = 20
        let a = (0..<order * order).map { _ in Double.random(in: -1...1) }
        var matrix = [Double](repeating: 0, count: order * order)
        for i in 0..<order {
            for j in 0..<order {
                for k in 0..<order { matrix[i * order + j] += a[i * order + k] * a[j * order + k] }
                if i == j { matrix[i * order + j] += 1 }
            }
        }
        let solution = (0..<order).map { Double($0) - 7 }
        let right = (0..<order).map { i in (0..<order).reduce(0) { $0 + matrix[i * order + $1] * solution[$1] } }
        let found = try #require(Cholesky(matrix, order: order)).solve(right)
        #expect(zip(found, solution).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    @Test func choleskyRefusesIndefiniteMatrices() {
        #expect(Cholesky([1, 2, 2, 1], order: 2) == nil)
        #expect(Cholesky([0], order: 1) == nil)
    }

    @Test(arguments: [(1, 1), (3, 3), (4, 6), (6, 4), (7, 7), (2, 5)])
    func assignmentIsAsGoodAsTryingAll(rows: Int, columns: Int) {
        func best(_ scores: Matrix, _ row: Int, _ used: Set<Int>) -> Double {
            guard row < scores.rows else { return used.count == min(scores.rows, scores.columns) ? 0 : -.infinity }
            var result = best(scores, row + 1, used)
            for column in 0..<scores.columns where !used.contains(column) {
                result = max(result, Double(scores[row, column]) + best(scores, row + 1, used.union([column])))
            }
            return result
        }
        for _ in 0..<20 {
            let scores = Matrix(
                rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in Float.random(in: -5...5) })
            let assignment = Assignment(maximizing: scores)
            #expect(abs(assignment.total - best(scores, 0, [])) < 1e-6)
            let used = assignment.columns.compactMap { $0 }
            #expect(used.count == min(rows, columns) && Set(used).count == used.count)
        }
    }

    @Test func alignmentCountsWordErrors() {
        let reference = "the cat sat on the mat today".split(separator: " ")
        let hypothesis = "the big cat sat on mat now".split(separator: " ")
        let alignment = SequenceAlignment(reference: reference, hypothesis: hypothesis)
        #expect(alignment.substitutions == 1)
        #expect(alignment.insertions == 1)
        #expect(alignment.deletions == 1)
        #expect(alignment.errorRate == 3.0 / 7)
        #expect(alignment.steps.first == .match(reference: 0, hypothesis: 0))
        #expect(alignment.steps.last == .substitution(reference: 6, hypothesis: 6))
    }

    @Test func alignmentOfNothing() {
        #expect(SequenceAlignment(reference: [Int](), hypothesis: []).errorRate == nil)
        #expect(SequenceAlignment(reference: [1, 2], hypothesis: []).errorRate == 1)
        #expect(SequenceAlignment(reference: [Int](), hypothesis: [1]).insertions == 1)
    }

    /// Reference: numpy.quantile([4, 1, 3, 2], [0.1, 0.5, 0.95]).
    @Test func quantilesAreNumpys() {
        let values = [4.0, 1, 3, 2]
        #expect(abs(quantile(0.1, of: values) - 1.3) < 1e-12)
        #expect(abs(quantile(0.5, of: values) - 2.5) < 1e-12)
        #expect(abs(quantile(0.95, of: values) - 3.85) < 1e-12)
    }
}
