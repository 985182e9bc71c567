/// A second-order filter, direct form II transposed, double precision: y = (b0 + b1 z + b2 z^2) / (1 + a1 z + a2 z^2).
struct Biquad: Sendable {
    let b0, b1, b2, a1, a2: Double
    private var first = 0.0
    private var second = 0.0

    init(b0: Double, b1: Double, b2: Double, a1: Double, a2: Double) {
        (self.b0, self.b1, self.b2, self.a1, self.a2) = (b0, b1, b2, a1, a2)
    }

    @inline(__always)
    mutating func filter(_ x: Double) -> Double {
        let y = b0 * x + first
        first = b1 * x - a1 * y + second
        second = b2 * x - a2 * y
        return y
    }
}
