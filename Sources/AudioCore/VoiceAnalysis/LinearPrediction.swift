/// Burg's linear prediction: the all-pole filter that leaves the least error forwards and backwards (Burg 1967; the
/// recursion as in Kay & Marple 1981, section II E).
public enum LinearPrediction {
    /// - Parameters:
    ///   - samples: windowed, [n].
    ///   - order: less than n.
    /// - Returns: a, [order], of x[n] + a1 x[n-1] + ... = e[n]; nil for silence.
    public static func burg(_ samples: [Double], order: Int) -> [Double]? {
        let count = samples.count
        guard count > order, samples.contains(where: { $0 != 0 }) else { return nil }
        var forward = samples
        var backward = samples
        var a = [Double](repeating: 0, count: order)
        for step in 0..<order {
            var (product, energy) = (0.0, 0.0)
            forward.withUnsafeBufferPointer { f in
                backward.withUnsafeBufferPointer { b in
                    for n in step + 1..<count {
                        product += f[n] * b[n - 1]
                        energy += f[n] * f[n] + b[n - 1] * b[n - 1]
                    }
                }
            }
            guard energy > 0 else { return nil }
            let reflection = -2 * product / energy
            let old = a
            for i in 0..<step { a[i] = old[i] + reflection * old[step - 1 - i] }
            a[step] = reflection
            for n in stride(from: count - 1, through: step + 1, by: -1) {
                let (f, b) = (forward[n], backward[n - 1])
                forward[n] = f + reflection * b
                backward[n] = b + reflection * f
            }
        }
        return a
    }
}
