import Foundation

/// Reads an even, band-limited function (an autocorrelation) between its samples.
struct SincInterpolator {
    /// Samples on each side that count.
    let reach: Int

    /// A Hann-tapered sinc sum; `values[-n]` is `values[n]`.
    /// - Parameter position: in samples, from 0 on.
    func value(of values: [Float], at position: Double) -> Float {
        let middle = Int(position.rounded())
        let offset = position - Double(middle)
        if abs(offset) < 1e-9 { return values[middle] }
        // sin(pi (offset - k)) changes its sign with each k only.
        let sine = sin(.pi * offset) / .pi
        let width = Double(reach) + 0.5
        let (stepCosine, stepSine) = (cos(.pi / width), sin(.pi / width))
        // cos(pi (offset - k) / width), turned on from one k to the next.
        var cosine = cos(.pi * (offset + Double(reach)) / width)
        var quadrature = sin(.pi * (offset + Double(reach)) / width)
        var sum = 0.0
        for k in -reach...reach {
            let index = abs(middle + k)
            let distance = offset - Double(k)
            if index < values.count, abs(distance) < width {
                let weight = (0.5 + 0.5 * cosine) / distance
                sum += Double(values[index]) * (k % 2 == 0 ? weight : -weight)
            }
            (cosine, quadrature) = (
                cosine * stepCosine + quadrature * stepSine, quadrature * stepCosine - cosine * stepSine
            )
        }
        return Float(sum * sine)
    }

    /// The maximum near a rough guess: two parabolas through interpolated values, each finer than the one before.
    func peak(of values: [Float], near guess: Double) -> (position: Double, value: Float) {
        var position = guess
        var best = value(of: values, at: position)
        for step in [0.25, 0.05] {
            let below = value(of: values, at: position - step)
            let above = value(of: values, at: position + step)
            let curvature = 2 * best - below - above
            guard curvature > 0 else { break }
            let shift = Double(0.5 * (above - below) / curvature)
            guard abs(shift) < 2 else { break }
            position += shift * step
            best = value(of: values, at: position)
        }
        return (position, best)
    }
}
