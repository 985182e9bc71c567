import Foundation

@inline(__always) func exponential(_ x: Float) -> Float { exp(x) }
@inline(__always) func naturalLogarithm(_ x: Float) -> Float { log(x) }

/// Sums over a vocabulary.
enum WhisperLogits {
    /// ln of the sum of exp; -infinity where nothing is allowed.
    /// - Parameter logits: [vocabulary].
    static func logSumExp(_ logits: UnsafeBufferPointer<Float>) -> Float {
        var peak = -Float.infinity
        for value in logits { peak = max(peak, value) }
        guard peak > -.infinity else { return peak }
        var sum: Float = 0
        // Below -20 a term is lost in single precision anyway.
        for value in logits where value > peak - 20 { sum += exponential(value - peak) }
        return peak + naturalLogarithm(sum)
    }

    /// The `count` largest entries, largest first; entries of -infinity are left out.
    static func largest(_ count: Int, of logits: UnsafeBufferPointer<Float>) -> [(token: Int, value: Float)] {
        var best: [(token: Int, value: Float)] = []
        best.reserveCapacity(count + 1)
        var floor = -Float.infinity
        for token in 0..<logits.count where logits[token] > floor {
            let value = logits[token]
            var at = best.count
            while at > 0, best[at - 1].value < value { at -= 1 }
            best.insert((token, value), at: at)
            if best.count > count { best.removeLast() }
            if best.count == count { floor = best[count - 1].value }
        }
        return best
    }
}
