import Foundation

/// Window functions, as arrays of weights.
public enum Window {
    /// 0.5 - 0.5 cos(2 pi n / count): the Hann window whose shifted copies add up to a constant. [count]
    public static func periodicHann(_ count: Int) -> [Float] {
        (0..<count).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(count))) }
    }

    /// 0.5 - 0.5 cos(2 pi n / (count - 1)): both ends 0. [count]
    public static func symmetricHann(_ count: Int) -> [Float] {
        guard count > 1 else { return [Float](repeating: 1, count: count) }
        return (0..<count).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(count - 1))) }
    }

    /// Kaldi's "povey" window: the symmetric Hann window to the power of 0.85. [count]
    public static func povey(_ count: Int) -> [Float] {
        symmetricHann(count).map { Float(pow(Double($0), 0.85)) }
    }
}
