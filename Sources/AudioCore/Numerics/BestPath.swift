/// The most rewarding way through a sequence of candidate lists (Viterbi).
/// - Parameters:
///   - counts: candidates of each step, [steps], each at least 1.
///   - reward: of candidate `j` at step `i`.
///   - cost: of going from candidate `j` of step `i - 1` to candidate `k` of step `i`.
/// - Returns: the chosen candidate of each step, [steps].
func bestPath(
    counts: [Int], reward: (_ step: Int, _ candidate: Int) -> Float,
    cost: (_ step: Int, _ from: Int, _ to: Int) -> Float
) -> [Int] {
    guard let firstCount = counts.first else { return [] }
    let widest = counts.max() ?? 1
    var totals = (0..<widest).map { $0 < firstCount ? reward(0, $0) : 0 }
    var next = totals
    var origins = [Int32](repeating: 0, count: counts.count * widest)
    for step in 1..<max(1, counts.count) {
        for to in 0..<counts[step] {
            var best = -Float.infinity
            var origin = 0
            for from in 0..<counts[step - 1] {
                let total = totals[from] - cost(step, from, to)
                if total > best {
                    best = total
                    origin = from
                }
            }
            next[to] = best + reward(step, to)
            origins[step * widest + to] = Int32(origin)
        }
        swap(&totals, &next)
    }
    let lastCount = counts[counts.count - 1]
    var choice = (0..<lastCount).max { totals[$0] < totals[$1] } ?? 0
    var path = [Int](repeating: 0, count: counts.count)
    for step in stride(from: counts.count - 1, through: 0, by: -1) {
        path[step] = choice
        choice = Int(origins[step * widest + choice])
    }
    return path
}
