/// How unlike each moment of a plan's expected sound and each moment of a recording are, both every 5 ms:
/// D = 1 - cosine of interpolated features.
///
/// Only the products of the features' own frames are kept; the 5 ms grid is interpolated when it is asked for, because
/// a dot product is linear in both vectors. So 25 s against 25 s takes 5 MB, not 100.
struct DistanceField {
    /// 5 ms frames of the plan; row u is what is heard u * 5 ms after the recording's first moment would be.
    let rowCount: Int
    /// 5 ms frames of the recording.
    let columnCount: Int

    /// Cosines, [plan frames, track frames].
    private let products: Matrix
    /// For each row: the first of the two plan frames, the weights of both (already divided by the length of their
    /// interpolation).
    private let rowFrame: [Int32]
    private let rowWeights: [SIMD2<Float>]
    /// For each column: the first of the two track frames and the weight of the second.
    private let columnFrame: [Int32]
    private let columnWeight: [Float]

    static let hopSeconds = SilenceMask.hopSeconds

    /// - Parameters:
    ///   - plan: expected features, unit rows, [frames of `frameSeconds`, dimension].
    ///   - leadFrames: plan frames by which a sound comes before its row.
    ///   - columnCount: 5 ms frames of the recording to cover; beyond its end its last frame counts.
    init(plan: Matrix, frameSeconds: Double, leadFrames: Int, track: PhoneticTrack, columnCount: Int) {
        let perFrame = Int((frameSeconds / Self.hopSeconds).rounded())
        rowCount = max(1, plan.rows * perFrame)
        self.columnCount = columnCount
        products = plan.products(with: track.features)
        let neighbours = Self.neighbourProducts(plan)
        var frames: [Int32] = []
        var weights: [SIMD2<Float>] = []
        for row in 0..<rowCount {
            // Row u lies u * 5 ms + lead after the first token frame's beginning; frames are centred.
            let position = Double(row + leadFrames * perFrame) / Double(perFrame) - 0.5
            let (index, fraction) = Self.split(position, count: plan.rows)
            let near = 1 - fraction
            let cosine = plan.rows > 1 ? neighbours[index] : 1
            let square = near * near + fraction * fraction + 2 * near * fraction * cosine
            let scale = 1 / max(square, 1e-6).squareRoot()
            frames.append(Int32(index))
            weights.append(SIMD2(near * scale, fraction * scale))
        }
        rowFrame = frames
        rowWeights = weights
        var places: [Int32] = []
        var fractions: [Float] = []
        for column in 0..<columnCount {
            let position = Double(column) * Self.hopSeconds / track.hopSeconds - 0.5
            let (index, fraction) = Self.split(position, count: track.features.rows)
            places.append(Int32(index))
            fractions.append(fraction)
        }
        columnFrame = places
        columnWeight = fractions
    }

    /// Distances of one row to a range of columns.
    /// - Parameter output: takes `columns.count` values, 0...2.
    func fill(_ output: UnsafeMutablePointer<Float>, row: Int, columns: Range<Int>) {
        guard !columns.isEmpty else { return }
        let width = products.columns
        let frame = Int(rowFrame[row])
        let weights = rowWeights[row]
        let next = min(frame + 1, products.rows - 1)
        let first = Int(columnFrame[columns.lowerBound])
        let end = min(Int(columnFrame[columns.upperBound - 1]) + 2, width)
        products.elements.withUnsafeBufferPointer { products in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: end - first + 1) { mixed in
                guard let base = products.baseAddress, let mixed = mixed.baseAddress else { return }
                let (upper, lower) = (base + frame * width + first, base + next * width + first)
                for index in 0..<end - first {
                    mixed[index] = 1 - (weights[0] * upper[index] + weights[1] * lower[index])
                }
                mixed[end - first] = mixed[end - first - 1]
                columnFrame.withUnsafeBufferPointer { places in
                    columnWeight.withUnsafeBufferPointer { fractions in
                        for column in columns {
                            let place = mixed + (Int(places[column]) - first)
                            output[column - columns.lowerBound] = place[0] + (place[1] - place[0]) * fractions[column]
                        }
                    }
                }
            }
        }
    }

    /// One distance, 0...2.
    subscript(row: Int, column: Int) -> Float {
        var value: Float = 0
        fill(&value, row: row, columns: column..<column + 1)
        return value
    }

    private static func split(_ position: Double, count: Int) -> (index: Int, fraction: Float) {
        let clamped = min(max(position, 0), Double(max(0, count - 1)))
        let index = min(Int(clamped), max(0, count - 2))
        return (index, Float(clamped - Double(index)))
    }

    /// Cosines of each row with the next, [rows - 1].
    private static func neighbourProducts(_ matrix: Matrix) -> [Float] {
        matrix.elements.withUnsafeBufferPointer { values in
            (0..<max(0, matrix.rows - 1)).map { row in
                var sum: Float = 0
                for column in 0..<matrix.columns {
                    sum += values[row * matrix.columns + column] * values[(row + 1) * matrix.columns + column]
                }
                return sum
            }
        }
    }
}

/// A distance field that knows which rows are pauses and which columns are silent: a word does not like silence, and
/// a pause does not mind it.
struct GuidedField {
    let field: DistanceField
    /// [rows]: true where the plan pauses.
    let isGap: [Bool]
    /// [columns]: true where the recording is silent.
    let isSilent: [Bool]

    /// Added where a word meets silence. (Measured: 0.6 and more hurts, because weak speech is called silent.)
    static let wordOnSilence: Float = 0.3
    /// The most a pause costs on silence.
    static let gapOnSilence: Float = 0.25

    var rowCount: Int { field.rowCount }
    var columnCount: Int { field.columnCount }

    func fill(_ output: UnsafeMutablePointer<Float>, row: Int, columns: Range<Int>) {
        field.fill(output, row: row, columns: columns)
        let isGap = isGap[row]
        isSilent.withUnsafeBufferPointer { silent in
            for column in columns where silent[column] {
                let index = column - columns.lowerBound
                output[index] = isGap ? min(output[index], Self.gapOnSilence) : output[index] + Self.wordOnSilence
            }
        }
    }

    subscript(row: Int, column: Int) -> Float {
        let plain = field[row, column]
        guard isSilent[column] else { return plain }
        return isGap[row] ? min(plain, Self.gapOnSilence) : plain + Self.wordOnSilence
    }
}
