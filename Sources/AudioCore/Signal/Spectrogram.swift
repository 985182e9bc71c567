/// Complex spectra of successive frames.
public struct Spectrogram: Sendable, Equatable {
    public let frames: Int
    public let bins: Int
    /// Real parts, [frames * bins], frame by frame.
    public var real: [Float]
    /// Imaginary parts, [frames * bins], frame by frame.
    public var imaginary: [Float]

    public init(frames: Int, bins: Int) {
        self.frames = frames
        self.bins = bins
        real = [Float](repeating: 0, count: frames * bins)
        imaginary = real
    }

    /// |X|^2, [frames, bins].
    public var power: Matrix {
        var power = Matrix(rows: frames, columns: bins)
        for index in real.indices {
            power.elements[index] = real[index] * real[index] + imaginary[index] * imaginary[index]
        }
        return power
    }
}
