import Foundation

/// What a Fourier transform of one size needs to know: its factors and twiddles. Immutable, so it can be shared by
/// any number of `RealFFT`s.
public struct FourierPlan: Sendable {
    /// One Stockham pass: `length = radix * rest` points, `stride` transforms side by side.
    struct Pass: Sendable {
        let radix: Int
        let rest: Int
        let stride: Int
        /// Where the pass's twiddles begin: for each p < rest the powers 1 ..< radix of w^p.
        let twiddleStart: Int
    }

    /// Real samples in, `binCount` bins out.
    public let size: Int
    /// `size / 2 + 1`.
    public var binCount: Int { size / 2 + 1 }

    /// Points of the complex transform inside: half of `size` where that is even.
    let complexSize: Int
    let passes: [Pass]
    let twiddleReal: [Float]
    let twiddleImaginary: [Float]
    /// exp(-2 pi i k / size), [size / 2 + 1]; used to split the packed halves of an even size.
    let splitReal: [Float]
    let splitImaginary: [Float]

    /// - Parameter size: 2^a 3^b 5^c, at least 1.
    public init(size: Int) {
        precondition(Self.isSupported(size), "\(size) is no product of 2, 3 and 5")
        self.size = size
        complexSize = size % 2 == 0 ? size / 2 : size
        var passes: [Pass] = []
        var real: [Float] = []
        var imaginary: [Float] = []
        var length = complexSize
        var stride = 1
        while length > 1 {
            // A radix of 4 first makes every later stride a multiple of 4, which the vector code wants.
            let radix = [4, 5, 3, 2].first { length % $0 == 0 } ?? length
            let rest = length / radix
            passes.append(Pass(radix: radix, rest: rest, stride: stride, twiddleStart: real.count))
            for p in 0..<rest {
                for power in 1..<radix {
                    let angle = -2 * Double.pi * Double(p * power) / Double(length)
                    real.append(Float(cos(angle)))
                    imaginary.append(Float(sin(angle)))
                }
            }
            stride *= radix
            length = rest
        }
        self.passes = passes
        twiddleReal = real
        twiddleImaginary = imaginary
        let angles = (0...size / 2).map { -2 * Double.pi * Double($0) / Double(size) }
        splitReal = angles.map { Float(cos($0)) }
        splitImaginary = angles.map { Float(sin($0)) }
    }

    /// Whether `size` is a product of 2, 3 and 5.
    public static func isSupported(_ size: Int) -> Bool {
        guard size > 0 else { return false }
        var rest = size
        for factor in [2, 3, 5] {
            while rest % factor == 0 { rest /= factor }
        }
        return rest == 1
    }

    /// The smallest even supported size that is no less than `count`.
    public static func size(atLeast count: Int) -> Int {
        var size = max(2, count + count % 2)
        while !isSupported(size) { size += 2 }
        return size
    }
}
