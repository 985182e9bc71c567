import AudioCore
import Files
import Foundation

/// What a recognizer's encoder would hear of a synthesizer's text: a ridge regression from its text vectors to Whisper-base's
/// encoder output. Trained by `TrainLockMap`; `Resources/lock-map.md` says how.
public struct LockMap: Sendable, Equatable {
    /// Mean of the text vectors, [512].
    public var mean: [Float]
    /// Principal axes, divided by the deviations along them, [512, components].
    public var basis: Matrix
    /// Regression, [4 * components + 2, dimension].
    public var weights: Matrix
    /// Phones of `centroids`, one a row.
    public var phones: [Character]
    /// Mean predicted feature over the middle half of each phone's tokens, [phones, dimension].
    public var centroids: Matrix

    public init(mean: [Float], basis: Matrix, weights: Matrix, phones: [Character], centroids: Matrix) {
        self.mean = mean
        self.basis = basis
        self.weights = weights
        self.phones = phones
        self.centroids = centroids
    }

    public var components: Int { basis.columns }
    public var dimension: Int { weights.columns }
    /// Length of one input row.
    public static func inputs(components: Int) -> Int { 4 * components + 2 }

    // MARK: use

    /// The token vectors along the principal axes, whitened, [tokens, components].
    /// - Parameter vectors: [tokens, 512].
    public static func whiten(_ vectors: Matrix, mean: [Float], basis: Matrix) -> Matrix {
        var result = Matrix(rows: vectors.rows, columns: basis.columns)
        result.elements.withUnsafeMutableBufferPointer { output in
            for row in 0..<vectors.rows {
                let target = row * basis.columns
                for channel in 0..<vectors.columns {
                    let value = vectors.elements[row * vectors.columns + channel] - mean[channel]
                    let source = channel * basis.columns
                    for axis in 0..<basis.columns { output[target + axis] += value * basis.elements[source + axis] }
                }
            }
        }
        return result
    }

    /// The regression's input for each frame, [frames, 4 * components + 2]: with z the token's whitened vector and q the
    /// frame's position in it (0...1): z, z (q - 1/2), the former token's z fading out over the first half, the next
    /// one's fading in over the second, ln of the duration, 1.
    public static func inputs(_ whitened: Matrix, frames: [Int]) -> Matrix {
        let components = whitened.columns
        let width = inputs(components: components)
        var result = Matrix(rows: frames.reduce(0, +), columns: width)
        result.elements.withUnsafeMutableBufferPointer { output in
            var row = 0
            for (token, count) in frames.enumerated() {
                for position in 0..<count {
                    let q = (Float(position) + 0.5) / Float(count)
                    let target = row * width
                    let former = max(0, 1 - 2 * q)
                    let next = max(0, 2 * q - 1)
                    for axis in 0..<components {
                        let z = whitened[token, axis]
                        output[target + axis] = z
                        output[target + components + axis] = z * (q - 0.5)
                        if token > 0 { output[target + 2 * components + axis] = whitened[token - 1, axis] * former }
                        if token + 1 < frames.count {
                            output[target + 3 * components + axis] = whitened[token + 1, axis] * next
                        }
                    }
                    output[target + width - 2] = Float(count).logarithm
                    output[target + width - 1] = 1
                    row += 1
                }
            }
        }
        return result
    }

    /// - Parameters:
    ///   - vectors: text vector of each token, [tokens, 512].
    ///   - frames: duration of each token, [tokens].
    /// - Returns: expected features of each frame, unit rows, [frames, dimension].
    public func features(_ vectors: Matrix, frames: [Int]) -> Matrix {
        let inputs = LockMap.inputs(LockMap.whiten(vectors, mean: mean, basis: basis), frames: frames)
        return LockMap.normalized(LockMap.product(inputs, weights))
    }

    /// [rows, inner] times [inner, columns].
    static func product(_ left: Matrix, _ right: Matrix) -> Matrix {
        var result = Matrix(rows: left.rows, columns: right.columns)
        let columns = right.columns
        result.elements.withUnsafeMutableBufferPointer { output in
            right.elements.withUnsafeBufferPointer { right in
                left.elements.withUnsafeBufferPointer { left in
                    let inner = left.count / max(1, output.count / columns)
                    for row in 0..<output.count / columns {
                        for middle in 0..<inner {
                            let value = left[row * inner + middle]
                            if value == 0 { continue }
                            for column in 0..<columns {
                                output[row * columns + column] += value * right[middle * columns + column]
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    /// Rows of length 1.
    static func normalized(_ matrix: Matrix) -> Matrix {
        var result = matrix
        for row in 0..<matrix.rows {
            let range = row * matrix.columns..<(row + 1) * matrix.columns
            let length = matrix.elements[range].reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
            guard length > 0 else { continue }
            for index in range { result.elements[index] /= length }
        }
        return result
    }
}

extension Float {
    /// ln.
    var logarithm: Float { Foundation.log(self) }
}
