/// k-means with seeded k-means++ starts (Arthur & Vassilvitskii 2007): the same input gives the same groups.
struct KMeans {
    var clusters: Int
    var starts = 5
    var rounds = 100

    /// - Parameters:
    ///   - points: [count * dimension], one point after another.
    /// - Returns: cluster of each point, [count], numbered from 0 in order of first appearance.
    func labels(of points: [Double], dimension: Int) -> [Int] {
        let count = dimension > 0 ? points.count / dimension : 0
        guard count > clusters else { return Array(0..<count) }
        var generator = SplitMix64(state: 0)
        var best: (labels: [Int], spread: Double)?
        for _ in 0..<starts {
            let result = run(points, count, dimension, &generator)
            if best.map({ result.spread < $0.spread }) ?? true { best = result }
        }
        return (best?.labels ?? []).renumbered()
    }

    private func run(
        _ points: [Double], _ count: Int, _ dimension: Int, _ generator: inout SplitMix64
    ) -> (labels: [Int], spread: Double) {
        func distance(_ point: Int, _ centre: ArraySlice<Double>) -> Double {
            zip(points[point * dimension..<(point + 1) * dimension], centre).reduce(0) { sum, pair in
                sum + (pair.0 - pair.1) * (pair.0 - pair.1)
            }
        }
        func point(_ index: Int) -> ArraySlice<Double> { points[index * dimension..<(index + 1) * dimension] }

        var centres = Array(point(Int.random(in: 0..<count, using: &generator)))
        var nearest = (0..<count).map { distance($0, centres[...]) }
        while centres.count < clusters * dimension {
            let total = nearest.reduce(0, +)
            var target = Double.random(in: 0..<1, using: &generator) * total
            let chosen = nearest.firstIndex { value in
                target -= value
                return target < 0
            }
            centres += point(chosen ?? count - 1)
            let added = centres[(centres.count - dimension)...]
            for index in 0..<count { nearest[index] = min(nearest[index], distance(index, added)) }
        }

        var labels = [Int](repeating: -1, count: count)
        var spread = 0.0
        for _ in 0..<rounds {
            var hasMoved = false
            spread = 0
            for index in 0..<count {
                var (label, least) = (0, Double.infinity)
                for cluster in 0..<clusters {
                    let value = distance(index, centres[cluster * dimension..<(cluster + 1) * dimension])
                    if value < least { (label, least) = (cluster, value) }
                }
                hasMoved = hasMoved || labels[index] != label
                labels[index] = label
                spread += least
            }
            guard hasMoved else { break }
            var sums = [Double](repeating: 0, count: clusters * dimension)
            var sizes = [Double](repeating: 0, count: clusters)
            for index in 0..<count {
                sizes[labels[index]] += 1
                for axis in 0..<dimension { sums[labels[index] * dimension + axis] += points[index * dimension + axis] }
            }
            for cluster in 0..<clusters where sizes[cluster] > 0 {
                for axis in 0..<dimension {
                    centres[cluster * dimension + axis] = sums[cluster * dimension + axis] / sizes[cluster]
                }
            }
        }
        return (labels, spread)
    }
}
