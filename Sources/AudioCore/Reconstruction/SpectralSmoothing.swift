/// Moving averages over a field of [frames * bins] values.
enum SpectralSmoothing {
    /// The mean over `2 * timeRadius + 1` frames and `2 * binRadius + 1` bins, over what there is of them at the rims.
    /// - Parameter field: [frames * bins], frame by frame.
    static func mean(_ field: inout [Float], bins: Int, timeRadius: Int, binRadius: Int) {
        guard bins > 0, !field.isEmpty else { return }
        overBins(&field, bins: bins, radius: binRadius)
        overFrames(&field, bins: bins, radius: timeRadius)
    }

    /// Cells that a mean at `index` of `count` covers.
    private static func width(_ index: Int, _ count: Int, _ radius: Int) -> Float {
        Float(min(count - 1, index + radius) - max(0, index - radius) + 1)
    }

    private static func overBins(_ field: inout [Float], bins: Int, radius: Int) {
        guard radius > 0 else { return }
        var row = [Float](repeating: 0, count: bins)
        let scale = (0..<bins).map { 1 / width($0, bins, radius) }
        field.withUnsafeMutableBufferPointer { field in
            for start in stride(from: 0, to: field.count, by: bins) {
                for bin in 0..<bins { row[bin] = field[start + bin] }
                // Summed afresh at each bin: the radius is small, and running sums in single precision drift.
                for bin in 0..<bins {
                    var sum: Float = 0
                    for other in max(0, bin - radius)...min(bins - 1, bin + radius) { sum += row[other] }
                    field[start + bin] = sum * scale[bin]
                }
            }
        }
    }

    private static func overFrames(_ field: inout [Float], bins: Int, radius: Int) {
        guard radius > 0 else { return }
        let frames = field.count / bins
        let source = field
        source.withUnsafeBufferPointer { source in
            field.withUnsafeMutableBufferPointer { field in
                for frame in 0..<frames {
                    let scale = 1 / width(frame, frames, radius)
                    let row = frame * bins
                    for bin in 0..<bins { field[row + bin] = 0 }
                    for other in max(0, frame - radius)...min(frames - 1, frame + radius) {
                        let from = other * bins
                        for bin in 0..<bins { field[row + bin] += source[from + bin] }
                    }
                    for bin in 0..<bins { field[row + bin] *= scale }
                }
            }
        }
    }

    /// The mean over `2 * radius + 1` values, over what there is of them at the ends.
    static func mean(_ values: [Float], radius: Int) -> [Float] {
        guard radius > 0, !values.isEmpty else { return values }
        var sums = [Double](repeating: 0, count: values.count + 1)
        for index in values.indices { sums[index + 1] = sums[index] + Double(values[index]) }
        return values.indices.map { index in
            let low = max(0, index - radius)
            let high = min(values.count, index + radius + 1)
            return Float((sums[high] - sums[low]) / Double(high - low))
        }
    }
}
