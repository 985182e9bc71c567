import AudioCore
import SpeechModels

/// One spoken sentence: what the map gets, and what it should give.
struct TrainingUtterance {
    /// Text vectors, [tokens, 512].
    var vectors: Matrix
    /// Durations, [tokens].
    var frames: [Int]
    var symbols: [Character]
    /// What the recognizer's encoder hears at each frame of the tokens, [frames, dimension].
    var target: Matrix

    /// - Parameters:
    ///   - features: of the whole talk, centred unit rows, [n, dimension], row i centred at (i + 1/2) * hopSeconds.
    ///   - startSeconds: where the sentence begins in it.
    init(
        _ rehearsal: SpeechRehearsal, features: Matrix, hopSeconds: Double, startSeconds: Double,
        synthesizer: some RehearsingSynthesizer
    ) {
        vectors = rehearsal.vectors
        frames = rehearsal.frames
        symbols = rehearsal.tokens.map(\.symbol)
        let total = frames.reduce(0, +)
        target = Matrix(rows: total, columns: features.columns)
        for frame in 0..<total {
            let second = startSeconds + (Double(frame - synthesizer.leadFrames) + 0.5) * synthesizer.frameSeconds
            let position = min(max(second / hopSeconds - 0.5, 0), Double(features.rows - 1))
            let lower = Int(position)
            let upper = min(lower + 1, features.rows - 1)
            let part = Float(position - Double(lower))
            for column in 0..<features.columns {
                target[frame, column] = (1 - part) * features[lower, column] + part * features[upper, column]
            }
        }
    }

    /// The mean over the talk taken away, then rows of length 1: how the lock treats the original's features.
    static func centredUnitRows(_ matrix: Matrix) -> Matrix {
        var mean = [Double](repeating: 0, count: matrix.columns)
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns { mean[column] += Double(matrix[row, column]) }
        }
        var result = matrix
        for row in 0..<matrix.rows {
            var energy = Float(0)
            for column in 0..<matrix.columns {
                let value = matrix[row, column] - Float(mean[column] / Double(matrix.rows))
                result[row, column] = value
                energy += value * value
            }
            let length = max(energy.squareRoot(), 1e-6)
            for column in 0..<matrix.columns { result[row, column] /= length }
        }
        return result
    }
}
