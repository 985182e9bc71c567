import Foundation

/// A mixture of equally concentrated von Mises-Fisher components on the unit sphere, fitted by expectation-maximisation:
/// what VBx does for speakers, without its PLDA model. Components that explain too little are dropped while it runs,
/// which is how the number of speakers is found.
public struct SphericalMixture: Sendable {
    /// How sharply a vector is given to the nearest centre: posteriors are ~ mass * exp(concentration * cosine).
    public var concentration: Float = 10
    public var rounds = 15
    /// A component with this mass or less is dropped.
    public var leastMass: Float

    public init(leastMass: Float, concentration: Float = 10) {
        self.leastMass = leastMass
        self.concentration = concentration
    }

    /// - Parameters:
    ///   - vectors: unit vectors, [items, dimension].
    ///   - weights: weight of each, [items]: seconds.
    ///   - labels: the grouping to begin with, [items], from 0.
    /// - Returns: likeliest component of each item, [items], numbered from 0 in order of first appearance.
    public func labels(of vectors: Matrix, weights: [Float], startingFrom labels: [Int]) -> [Int] {
        guard vectors.rows > 0 else { return [] }
        var count = (labels.max() ?? 0) + 1
        var shares = [Float](repeating: 0, count: vectors.rows * count)
        for (item, label) in labels.enumerated() { shares[item * count + label] = 1 }
        for _ in 0..<rounds {
            (shares, count) = dropping(shares, count, weights)
            var weighted = shares
            for index in weighted.indices { weighted[index] *= weights[index / count] }
            let masses = Self.masses(weighted, count)
            let centres = vectors.unitSums(weights: weighted, groups: count)
            shares = vectors.rowProducts(with: centres).elements
            for item in 0..<vectors.rows {
                let range = item * count..<(item + 1) * count
                for component in 0..<count {
                    let index = item * count + component
                    shares[index] = concentration * shares[index] + log(max(masses[component], .leastNormalMagnitude))
                }
                softmax(&shares[range])
            }
        }
        return (0..<vectors.rows).map { item in
            (0..<count).max { shares[item * count + $0] < shares[item * count + $1] } ?? 0
        }.renumbered()
    }

    private static func masses(_ weighted: [Float], _ count: Int) -> [Float] {
        var masses = [Float](repeating: 0, count: count)
        for (index, value) in weighted.enumerated() { masses[index % count] += value }
        return masses
    }

    /// The shares without the components that are too small; the largest always stays.
    private func dropping(_ shares: [Float], _ count: Int, _ weights: [Float]) -> ([Float], Int) {
        var masses = [Float](repeating: 0, count: count)
        for (index, share) in shares.enumerated() { masses[index % count] += share * weights[index / count] }
        var kept = (0..<count).filter { masses[$0] > leastMass }
        if kept.isEmpty { kept = [(0..<count).max { masses[$0] < masses[$1] } ?? 0] }
        guard kept.count < count else { return (shares, count) }
        let remaining = weights.indices.flatMap { item in kept.map { shares[item * count + $0] } }
        return (remaining, kept.count)
    }
}
