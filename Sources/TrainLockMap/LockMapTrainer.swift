import AudioCore
import SpeechModels

/// Fits the map (facts: principal components of the text vectors, ridge regression, a centroid for each phone).
struct LockMapTrainer {
    /// True for symbols of vowels and consonants.
    let isSound: (Character) -> Bool
    static let components = 100
    static let ridge = 30.0
    /// A phone that occurs less often gets no centroid.
    static let fewestTokens = 8

    enum Failure: Error { case singular }

    func fit(_ utterances: [TrainingUtterance]) throws -> LockMap {
        guard let dimension = utterances.first?.target.columns else { throw Failure.singular }
        let vectors = Matrix(
            rows: utterances.reduce(0) { $0 + $1.vectors.rows }, columns: utterances[0].vectors.columns,
            elements: utterances.flatMap(\.vectors.elements))
        let (mean, basis) = PrincipalAxes.whitening(vectors, count: Self.components)
        let size = LockMap.inputs(components: Self.components)
        var system = [Double](repeating: 0, count: size * size)
        var right = [Double](repeating: 0, count: size * dimension)
        for utterance in utterances {
            let inputs = LockMap.inputs(
                LockMap.whiten(utterance.vectors, mean: mean, basis: basis), frames: utterance.frames)
            LeastSquares.accumulate(inputs, inputs, into: &system)
            LeastSquares.accumulate(inputs, utterance.target, into: &right)
        }
        for index in 0..<size { system[index * size + index] += Self.ridge }
        guard let system = Cholesky(system, order: size) else { throw Failure.singular }
        var weights = Matrix(rows: size, columns: dimension)
        for column in 0..<dimension {
            let solution = system.solve((0..<size).map { right[$0 * dimension + column] })
            for row in 0..<size { weights[row, column] = Float(solution[row]) }
        }
        var map = LockMap(
            mean: mean, basis: basis,
            weights: weights, phones: [],
            centroids: Matrix(rows: 0, columns: dimension, elements: []))
        (map.phones, map.centroids) = centroids(map, utterances)
        return map
    }

    /// Mean predicted feature over the middle half of each phone's tokens, as unit rows.
    private func centroids(_ map: LockMap, _ utterances: [TrainingUtterance]) -> ([Character], Matrix) {
        var sums: [Character: (tokens: Int, sum: [Double])] = [:]
        for utterance in utterances {
            let predicted = map.features(utterance.vectors, frames: utterance.frames)
            var start = 0
            for (symbol, count) in zip(utterance.symbols, utterance.frames) {
                defer { start += count }
                guard isSound(symbol) else { continue }
                var entry = sums[symbol] ?? (0, [Double](repeating: 0, count: map.dimension))
                entry.tokens += 1
                for position in 0..<count {
                    let q = (Double(position) + 0.5) / Double(count)
                    guard (0.25...0.75).contains(q) else { continue }
                    for column in 0..<map.dimension {
                        entry.sum[column] += Double(predicted[start + position, column])
                    }
                }
                sums[symbol] = entry
            }
        }
        let phones = sums.filter { $0.value.tokens >= Self.fewestTokens }.keys.sorted()
        let rows = phones.flatMap { phone -> [Float] in
            let sum = sums[phone]?.sum ?? []
            let length = max(sum.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-9)
            return sum.map { Float($0 / length) }
        }
        return (phones, Matrix(rows: phones.count, columns: map.dimension, elements: rows))
    }

    /// Mean cosine between what is predicted and what is heard, over all frames.
    func cosine(_ map: LockMap, _ utterances: [TrainingUtterance]) -> Double {
        var sum = 0.0
        var count = 0
        for utterance in utterances {
            let predicted = map.features(utterance.vectors, frames: utterance.frames)
            let target = utterance.target
            for row in 0..<target.rows {
                var dot = 0.0
                var energy = 0.0
                for column in 0..<target.columns {
                    dot += Double(predicted[row, column] * target[row, column])
                    energy += Double(target[row, column] * target[row, column])
                }
                sum += dot / max(energy.squareRoot(), 1e-9)
                count += 1
            }
        }
        return sum / Double(max(count, 1))
    }
}
