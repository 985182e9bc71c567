/// Spectral clustering that finds its own neighbourhood size and number of clusters: NME-SC
/// (Park, Han, Kumar & Narayanan, IEEE SPL 2020).
public struct SpectralClustering: Sendable {
    /// Shares of all items tried as the number of neighbours.
    public var neighbourShares: [Double] = [0.02, 0.05, 0.08, 0.12, 0.16, 0.20, 0.25, 0.30]
    public var mostClusters = 10

    public init() {}

    /// - Parameters:
    ///   - vectors: unit vectors, [items, dimension]; a few hundred (the eigenvalues cost O(items³)).
    ///   - count: clusters wanted; nil: as many as the largest gap between eigenvalues says.
    /// - Returns: cluster of each item, [items], numbered from 0 in order of first appearance.
    public func labels(of vectors: Matrix, count: Int? = nil) -> [Int] {
        let items = vectors.rows
        guard items >= 4, count != 1 else { return [Int](repeating: 0, count: items) }
        let similarity = vectors.rowProducts(with: vectors)
        let ranked = (0..<items).map { row in
            (0..<items).sorted { (-similarity[row, $0], $0) < (-similarity[row, $1], $1) }
        }
        var best: (ratio: Double, clusters: Int, eigen: SymmetricEigen)?
        var tried: Set<Int> = []
        for share in neighbourShares {
            let neighbours = max(2, Int(share * Double(items)))
            guard tried.insert(neighbours).inserted else { continue }
            let eigen = SymmetricEigen(size: items, elements: Self.laplacian(ranked, neighbours))
            let smallest = eigen.values.prefix(mostClusters + 1)
            let gaps = zip(smallest.dropFirst(), smallest).map { $0 - $1 }
            let widest = gaps.indices.max { gaps[$0] < gaps[$1] } ?? 0
            let relativeGap = gaps[widest] / (eigen.values[items - 1] + 1e-9)
            let ratio = Double(neighbours) / Double(items) / (relativeGap + 1e-9)
            if best.map({ ratio < $0.ratio }) ?? true { best = (ratio, widest + 1, eigen) }
        }
        guard let best else { return [] }
        let clusters = min(count ?? best.clusters, items)
        guard clusters > 1 else { return [Int](repeating: 0, count: items) }
        let vectors = best.eigen.smallestVectors(clusters)
        let points = (0..<items).flatMap { item in (0..<clusters).map { vectors[$0 * items + item] } }
        return KMeans(clusters: clusters).labels(of: points, dimension: clusters)
    }

    /// `D - W`, `W` the graph in which each item points to its nearest ones (itself among them), made symmetric.
    private static func laplacian(_ ranked: [[Int]], _ neighbours: Int) -> [Double] {
        let items = ranked.count
        var elements = [Double](repeating: 0, count: items * items)
        for row in 0..<items {
            for column in ranked[row].prefix(neighbours) where column != row {
                elements[row * items + column] -= 0.5
                elements[column * items + row] -= 0.5
                elements[row * items + row] += 0.5
                elements[column * items + column] += 0.5
            }
        }
        return elements
    }
}
