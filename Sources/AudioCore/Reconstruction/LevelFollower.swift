import Foundation

/// Lets the new voice follow the old one's short-term loudness.
struct LevelFollower: Sendable {
    /// Window over which loudness is compared.
    var windowSeconds = 0.4
    /// The most it changes, either way.
    var limitDecibels = 6.0

    /// - Parameters:
    ///   - old, new: K-weighted power of each frame, [frames].
    ///   - inSpan: frames that are heard, [frames].
    /// - Returns: amplitude of each frame, [frames]; over the span the new voice's power equals the old one's.
    func gains(old: [Float], new: [Float], inSpan: [Bool], framesPerSecond: Double) -> [Float] {
        let whole = total(old, inSpan) / max(1e-20, total(new, inSpan))
        guard whole > 0 else { return [Float](repeating: 0, count: old.count) }
        let radius = max(1, Int(windowSeconds * framesPerSecond / 2))
        let oldLevel = SpectralSmoothing.mean(old, radius: radius)
        let newLevel = SpectralSmoothing.mean(new, radius: radius)
        let active = zip(old, inSpan).filter(\.1).map(\.0)
        let speech = 10 * log10(Double(active.reduce(0, +)) / Double(max(1, active.count)) + 1e-20)
        let wanted = old.indices.map { frame -> Float in
            let level = 10 * log10(Double(oldLevel[frame]) + 1e-20)
            let difference = level - 10 * log10(Double(newLevel[frame]) * whole + 1e-20)
            let weight = min(1, max(0, (level - (speech - 35)) / 10))
            return Float(weight * min(limitDecibels, max(-limitDecibels, difference)))
        }
        let smooth = SpectralSmoothing.mean(wanted, radius: max(1, radius / 2))
        let shape = smooth.map { Float(pow(10, Double($0) / 20)) }
        let followed = zip(new, shape).map { $0 * $1 * $1 }
        let scale = Float((total(old, inSpan) / max(1e-20, total(followed, inSpan))).squareRoot())
        return shape.map { $0 * scale }
    }

    private func total(_ power: [Float], _ inSpan: [Bool]) -> Double {
        var sum = 0.0
        for frame in power.indices where inSpan[frame] { sum += Double(power[frame]) }
        return sum
    }
}
