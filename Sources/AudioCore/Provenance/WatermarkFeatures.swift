import Foundation

/// What of a sound can carry the mark: how each cell's level differs from what its neighbours foretell.
struct WatermarkFeatures {
    static let sampleRate = 16000
    static let transform = STFT(windowSamples: 384, hopSamples: 64)
    /// Steps of 4 ms in a cell.
    static let stepsPerCell = 4
    static let stepSeconds = Double(transform.hopSamples) / Double(sampleRate)
    /// Steps on either side that a value depends on, a multiple of `stepsPerFloor`.
    static let margin = 304

    private static let bandCount = WatermarkPattern.bandCount
    private static let firstBin = 24
    private static let binsPerBand = 6

    /// Least-squares prediction of a cell's level, dB, from the cells around it: weights by distance in time and in
    /// frequency, found on 150 s of speech and music; the sums over all signs are 1.
    /// The residual of such a prediction is the level filtered by the inverse of its own power spectrum, which is the
    /// matched filter's whitening for a pattern of independent signs.
    private static let prediction: [(cells: Int, bands: Int, weight: Float)] = [
        (0, 1, 0.312), (0, 2, 0.123), (1, 0, 0.397), (1, 1, -0.098), (1, 2, -0.061), (2, 0, 0.049), (2, 1, -0.028),
        (2, 2, -0.005), (3, 0, 0.038), (3, 1, -0.022), (3, 2, 0.004),
    ]
    private static let clip: Float = 2
    private static let smoothedSteps = 62
    /// The floor of a band: the level that 15 % of a second on either side stays below, in means of 32 ms.
    private static let stepsPerFloor = 8
    private static let floorReach = 31
    private static let floorShare = 0.15

    /// - Returns: power of each band in a frame, [bandCount].
    static func bandPowers(_ real: UnsafeBufferPointer<Float>, _ imaginary: UnsafeBufferPointer<Float>) -> [Float] {
        (0..<bandCount).map { band in
            var sum: Float = 0
            for bin in firstBin + band * binsPerBand..<firstBin + (band + 1) * binsPerBand {
                sum += real[bin] * real[bin] + imaginary[bin] * imaginary[bin]
            }
            return sum
        }
    }

    /// - Parameters:
    ///   - powers: of successive steps, [steps, bandCount].
    ///   - wanted: steps whose values are wanted; those around them are used as far as there are any.
    /// - Returns: values between -2 and 2, of variance below 1, weighed by how far each cell stands above the floor of
    ///   its band, [wanted.count, bandCount].
    static func values(_ powers: [Float], wanted: Range<Int>) -> [Float] {
        let bands = bandCount
        let steps = powers.count / bands
        let levels = levels(powers)
        let predictions = predicted(levels)
        var residuals = [Float](repeating: 0, count: powers.count)
        var variances = [Float](repeating: 0, count: steps)
        for step in 0..<steps {
            var mean: Float = 0
            for band in 0..<bands {
                let value = levels[step * bands + band] - predictions[step * bands + band]
                residuals[step * bands + band] = value
                mean += value
            }
            mean /= Float(bands)
            var sum: Float = 0
            for at in step * bands..<(step + 1) * bands {
                residuals[at] -= mean
                sum += residuals[at] * residuals[at]
            }
            variances[step] = sum / Float(bands)
        }
        let floors = floors(powers)
        var result = [Float](repeating: 0, count: wanted.count * bands)
        for step in wanted {
            let near = max(0, step - smoothedSteps)..<min(steps, step + smoothedSteps + 1)
            var variance: Float = 0
            for index in near { variance += variances[index] }
            let scale = 1 / max(0.25, variance / Float(near.count)).squareRoot()
            for band in 0..<bands {
                let power = powers[step * bands + band]
                let above = power > 0 ? max(0, 1 - floors[step / stepsPerFloor * bands + band] / power) : 0
                let value = min(clip, max(-clip, residuals[step * bands + band] * scale))
                result[(step - wanted.lowerBound) * bands + band] = value * above
            }
        }
        return result
    }

    /// dB, nothing more than 60 below the loudest of the stretch or below the last bit of 16.
    private static func levels(_ powers: [Float]) -> [Float] {
        let least = max(1e-6, (powers.max() ?? 0) * 1e-6)
        return powers.map { 10 * log10($0 + least) }
    }

    /// [levels.count]; beyond the ends everything is as at the ends.
    private static func predicted(_ levels: [Float]) -> [Float] {
        let (bands, steps) = (bandCount, levels.count / bandCount)
        var result = [Float](repeating: 0, count: levels.count)
        levels.withUnsafeBufferPointer { levels in
            result.withUnsafeMutableBufferPointer { result in
                for (cells, distance, weight) in prediction {
                    for step in 0..<steps {
                        let before = max(0, step - cells * stepsPerCell) * bands
                        let after = min(steps - 1, step + cells * stepsPerCell) * bands
                        for band in 0..<bands {
                            let (below, above) = (max(0, band - distance), min(bands - 1, band + distance))
                            var sum = levels[before + below]
                            if cells > 0 { sum += levels[after + below] }
                            if distance > 0 { sum += levels[before + above] }
                            if cells > 0, distance > 0 { sum += levels[after + above] }
                            result[step * bands + band] += weight * sum
                        }
                    }
                }
            }
        }
        return result
    }

    /// [steps / stepsPerFloor rounded up, bandCount].
    private static func floors(_ powers: [Float]) -> [Float] {
        let bands = bandCount
        let steps = powers.count / bands
        let count = (steps + stepsPerFloor - 1) / stepsPerFloor
        var means = [Float](repeating: 0, count: count * bands)
        for index in 0..<count {
            let range = index * stepsPerFloor..<min(steps, (index + 1) * stepsPerFloor)
            for step in range {
                for band in 0..<bands {
                    means[index * bands + band] += powers[step * bands + band] / Float(range.count)
                }
            }
        }
        var result = means
        var near: [Float] = []
        near.reserveCapacity(2 * floorReach + 1)
        for band in 0..<bands {
            for index in 0..<count {
                near.removeAll(keepingCapacity: true)
                for other in max(0, index - floorReach)..<min(count, index + floorReach + 1) {
                    near.append(means[other * bands + band])
                }
                near.sort()
                result[index * bands + band] = near[Int(floorShare * Double(near.count - 1))]
            }
        }
        return result
    }
}
