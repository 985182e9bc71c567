/// Agglomerative clustering by average linkage: the whole tree of merges.
///
/// Found with the nearest-neighbour chain (Murtagh 1983) in O(n²), distances updated by Lance and Williams' formula.
public struct AverageLinkage: Sendable {
    public let itemCount: Int
    /// Merges by rising distance; each names one item of either side.
    private let merges: [(a: Int, b: Int, distance: Float)]

    /// - Parameter vectors: unit vectors, [items, dimension]; the distance of two is 1 - cosine.
    public init(unitVectors vectors: Matrix) {
        let similarity = vectors.rowProducts(with: vectors)
        self.init(itemCount: vectors.rows, distances: similarity.elements.map { 1 - $0 })
    }

    /// - Parameter distances: symmetric, [itemCount * itemCount], row by row.
    public init(itemCount: Int, distances: [Float]) {
        precondition(distances.count == itemCount * itemCount)
        self.itemCount = itemCount
        var distances = distances
        var found: [(a: Int, b: Int, distance: Float)] = []
        var sizes = [Float](repeating: 1, count: itemCount)
        var alive = Array(0..<itemCount)
        var chain: [Int] = []
        distances.withUnsafeMutableBufferPointer { distances in
            while alive.count > 1 {
                if chain.isEmpty { chain.append(alive[0]) }
                let top = chain[chain.count - 1]
                let previous = chain.count > 1 ? chain[chain.count - 2] : nil
                let (nearest, distance) = Self.nearest(to: top, among: alive, preferring: previous) {
                    distances[top * itemCount + $0]
                }
                guard nearest == previous else {
                    chain.append(nearest)
                    continue
                }
                chain.removeLast(2)
                found.append((top, nearest, distance))
                let (kept, gone) = (min(top, nearest), max(top, nearest))
                alive.removeAll { $0 == gone }
                let total = sizes[kept] + sizes[gone]
                for other in alive where other != kept {
                    let mean =
                        (sizes[kept] * distances[kept * itemCount + other]
                            + sizes[gone] * distances[gone * itemCount + other]) / total
                    distances[kept * itemCount + other] = mean
                    distances[other * itemCount + kept] = mean
                }
                sizes[kept] = total
            }
        }
        merges = found.enumerated().sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
            .map(\.element)
    }

    /// The previous link of the chain wins a tie, or the chain would never end.
    private static func nearest(
        to top: Int, among alive: [Int], preferring previous: Int?, distance: (Int) -> Float
    ) -> (Int, Float) {
        var best = previous ?? (alive[0] == top ? alive[1] : alive[0])
        var least = distance(best)
        for candidate in alive where candidate != top {
            let value = distance(candidate)
            if value < least { (best, least) = (candidate, value) }
        }
        return (best, least)
    }

    /// - Returns: cluster of each item, [items], numbered from 0 in order of first appearance; no merge above `distance`.
    public func labels(below distance: Float) -> [Int] { labels(merges.prefix { $0.distance <= distance }.count) }

    /// - Returns: cluster of each item, [items]; exactly `count` clusters where there are as many items.
    public func labels(count: Int) -> [Int] { labels(max(0, itemCount - max(1, count))) }

    private func labels(_ mergeCount: Int) -> [Int] {
        var parents = Array(0..<itemCount)
        func root(_ item: Int) -> Int {
            var item = item
            while parents[item] != item {
                parents[item] = parents[parents[item]]
                item = parents[item]
            }
            return item
        }
        for merge in merges.prefix(mergeCount) {
            let (a, b) = (root(merge.a), root(merge.b))
            parents[max(a, b)] = min(a, b)
        }
        return (0..<itemCount).map(root).renumbered()
    }
}

extension [Int] {
    /// The same grouping with numbers from 0 in order of first appearance.
    func renumbered() -> [Int] {
        var numbers: [Int: Int] = [:]
        return map { label in
            if let known = numbers[label] { return known }
            numbers[label] = numbers.count
            return numbers.count - 1
        }
    }
}
