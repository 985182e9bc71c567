import Foundation

/// Finds, for each frame of a voice that was locked to a recording, the frame of the recording that has the same sound.
///
/// The lock is exact to some 10 ms; a warp of cepstra and levels within 60 ms does the rest.
struct TimbrePairing {
    /// For each frame of the voice the frame of the recording, [frames].
    let partner: [Int]

    private static let bandSeconds = 0.06
    private static let cepstra = 12
    private static let levelWeight: Float = 2
    private static let slopeWeight: Float = 2
    private static let slopeReach = 4

    /// - Returns: nil where the two differ in length by more than the lock allows.
    init?(voice: TimbreSpectrum, recording: TimbreSpectrum) {
        let warping = BandedWarping(band: Int(Self.bandSeconds / TimbreSpectrum.hopSeconds))
        guard let path = warping.path(Self.features(voice), Self.features(recording)) else { return nil }
        partner = path.map { min(recording.frameCount - 1, max(0, Int($0.rounded()))) }
    }

    /// Cepstra 1...12 and level, each of mean 0 and deviation 1 over the speech, with their slopes, [frames, 26].
    private static func features(_ spectrum: TimbreSpectrum) -> Matrix {
        let (bands, width) = (TimbreSpectrum.bandCount, cepstra + 1)
        var cosines = Matrix(rows: cepstra, columns: bands)
        for c in 0..<cepstra {
            for band in 0..<bands {
                cosines[c, band] = Float(cos(.pi * Double(c + 1) * (Double(band) + 0.5) / Double(bands)))
            }
        }
        var base = Matrix(rows: spectrum.frameCount, columns: width)
        spectrum.logs.elements.withUnsafeBufferPointer { logs in
            for frame in 0..<base.rows {
                for c in 0..<cepstra {
                    var sum: Float = 0
                    for band in 0..<bands { sum += cosines.elements[c * bands + band] * logs[frame * bands + band] }
                    base[frame, c] = sum
                }
                base[frame, cepstra] = max(-TimbreSpectrum.activeRange, spectrum.levels[frame] - spectrum.loud)
            }
        }
        normalise(&base, over: (0..<base.rows).filter(spectrum.isActive))
        for frame in 0..<base.rows { base[frame, cepstra] *= levelWeight }
        return base.withSlopes(reach: slopeReach, weight: slopeWeight)
    }

    private static func normalise(_ matrix: inout Matrix, over rows: [Int]) {
        guard !rows.isEmpty else { return }
        for column in 0..<matrix.columns {
            var (sum, squares) = (0.0, 0.0)
            for row in rows {
                let value = Double(matrix[row, column])
                sum += value
                squares += value * value
            }
            let mean = sum / Double(rows.count)
            let deviation = max(1e-6, (max(0, squares / Double(rows.count) - mean * mean)).squareRoot())
            for row in 0..<matrix.rows {
                // What lies far outside the speech (digital silence) must not outweigh it.
                matrix[row, column] = max(-4, min(4, Float((Double(matrix[row, column]) - mean) / deviation)))
            }
        }
    }
}
