/// How one sequence becomes another with the fewest insertions, deletions and substitutions (Levenshtein).
public struct SequenceAlignment: Sendable, Equatable {
    public enum Step: Sendable, Equatable {
        /// Both sequences agree.
        case match(reference: Int, hypothesis: Int)
        case substitution(reference: Int, hypothesis: Int)
        /// Only the reference has it.
        case deletion(reference: Int)
        /// Only the hypothesis has it.
        case insertion(hypothesis: Int)
    }

    /// In order.
    public let steps: [Step]
    public let matches: Int
    public let substitutions: Int
    public let deletions: Int
    public let insertions: Int

    public var errors: Int { substitutions + deletions + insertions }
    public var referenceCount: Int { matches + substitutions + deletions }
    /// Errors a reference element; nil without a reference. Above 1 where much was inserted.
    public var errorRate: Double? { referenceCount == 0 ? nil : Double(errors) / Double(referenceCount) }

    public init<Element: Equatable>(reference: [Element], hypothesis: [Element]) {
        let (rows, columns) = (reference.count + 1, hypothesis.count + 1)
        var cost = [Int32](repeating: 0, count: rows * columns)
        for j in 0..<columns { cost[j] = Int32(j) }
        for i in 1..<max(1, rows) {
            cost[i * columns] = Int32(i)
            for j in 1..<max(1, columns) {
                let diagonal = cost[(i - 1) * columns + j - 1] + (reference[i - 1] == hypothesis[j - 1] ? 0 : 1)
                cost[i * columns + j] = min(
                    diagonal, cost[(i - 1) * columns + j] + 1, cost[i * columns + j - 1] + 1)
            }
        }
        var steps: [Step] = []
        var (i, j) = (reference.count, hypothesis.count)
        while i > 0 || j > 0 {
            let here = cost[i * columns + j]
            if i > 0, j > 0, reference[i - 1] == hypothesis[j - 1], cost[(i - 1) * columns + j - 1] == here {
                steps.append(.match(reference: i - 1, hypothesis: j - 1))
                (i, j) = (i - 1, j - 1)
            } else if i > 0, j > 0, cost[(i - 1) * columns + j - 1] + 1 == here {
                steps.append(.substitution(reference: i - 1, hypothesis: j - 1))
                (i, j) = (i - 1, j - 1)
            } else if i > 0, cost[(i - 1) * columns + j] + 1 == here {
                steps.append(.deletion(reference: i - 1))
                i -= 1
            } else {
                steps.append(.insertion(hypothesis: j - 1))
                j -= 1
            }
        }
        self.steps = steps.reversed()
        var (matches, substitutions, deletions, insertions) = (0, 0, 0, 0)
        for step in steps {
            switch step {
            case .match: matches += 1
            case .substitution: substitutions += 1
            case .deletion: deletions += 1
            case .insertion: insertions += 1
            }
        }
        (self.matches, self.substitutions, self.deletions, self.insertions) = (
            matches, substitutions, deletions, insertions
        )
    }

    /// The fewest insertions, deletions and substitutions, without how they go: for long sequences, since memory grows
    /// with one of them only.
    public static func errors<Element: Equatable>(reference: [Element], hypothesis: [Element]) -> Int {
        var row = Array(0...hypothesis.count)
        for (i, element) in reference.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in hypothesis.indices {
                let replaced = diagonal + (element == hypothesis[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
            }
        }
        return row[hypothesis.count]
    }
}
