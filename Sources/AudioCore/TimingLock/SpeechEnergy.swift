import Foundation

/// How loud speech is, every 5 ms, in decibels of an arbitrary but fixed reference.
///
/// The energies of 40 mel bands from 80 to 7600 Hz, each divided by its width, summed over a Hann window of 25 ms:
/// rumble below the voice does not count, and sibilants do not drown vowels.
public struct SpeechEnergy: Sendable, Equatable {
    public static let hopSeconds = 0.005
    /// What digital silence reads.
    public static let floorDecibels: Float = -120

    /// Frame i is centred at i * 5 ms, [frames].
    public let decibels: [Float]

    public init(decibels: [Float]) { self.decibels = decibels }

    /// - Parameters:
    ///   - samples: mono, [n].
    ///   - sampleRate: at least 16000, a multiple of 200.
    public init(_ samples: [Float], sampleRate: Int) {
        let hop = sampleRate / 200
        let window = sampleRate / 40
        var size = 1
        while size < window { size *= 2 }
        size *= 2
        let weights = Self.bandWeights(bins: size / 2 + 1, binHertz: Double(sampleRate) / Double(size))
        let taper = (0..<window).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(window))) }
        let scale = 1 / taper.reduce(0, +)
        let fft = RealFFT(size: size)
        var frame = [Float](repeating: 0, count: size)
        var real = [Float](repeating: 0, count: size / 2 + 1)
        var imaginary = real
        decibels = (0..<samples.count / hop + 1).map { index in
            let start = index * hop - window / 2
            for offset in 0..<window {
                let at = start + offset
                frame[offset] = at >= 0 && at < samples.count ? samples[at] * taper[offset] * scale : 0
            }
            fft.forward(frame, real: &real, imaginary: &imaginary)
            var power: Float = 0
            for bin in weights.range {
                let magnitude = real[bin] * real[bin] + imaginary[bin] * imaginary[bin]
                power += weights.values[bin - weights.range.lowerBound] * magnitude
            }
            return max(Self.floorDecibels, 10 * log10(power + 1e-20))
        }
    }

    /// The level at a time, interpolated; the first or last frame's outside.
    public func decibels(at seconds: Double) -> Float {
        guard let last = decibels.indices.last else { return Self.floorDecibels }
        let position = min(max(seconds / Self.hopSeconds, 0), Double(last))
        let index = min(Int(position), max(0, last - 1))
        let fraction = Float(position - Double(index))
        return decibels[index] * (1 - fraction) + decibels[min(index + 1, last)] * fraction
    }

    /// The level below which `fraction` of the frames lie.
    public func percentile(_ fraction: Double) -> Float { decibels.percentile(fraction) }

    /// The weight of each bin: the sum of 40 triangles, equally wide on Slaney's mel scale, each of unit area.
    private static func bandWeights(bins: Int, binHertz: Double) -> (range: Range<Int>, values: [Float]) {
        let bands = 40
        let low = mel(80)
        let step = (mel(7600) - low) / Double(bands + 1)
        let corners = (0..<bands + 2).map { hertz(mel: low + Double($0) * step) }
        var values = [Float](repeating: 0, count: bins)
        for band in 0..<bands {
            let (left, centre, right) = (corners[band], corners[band + 1], corners[band + 2])
            for bin in 0..<bins {
                let frequency = Double(bin) * binHertz
                let rise = (frequency - left) / (centre - left)
                let fall = (right - frequency) / (right - centre)
                values[bin] += Float(max(0, min(rise, fall)) * 2 / (right - left))
            }
        }
        let first = values.firstIndex { $0 > 0 } ?? 0
        let end = (values.lastIndex { $0 > 0 } ?? -1) + 1
        return (first..<max(first, end), Array(values[first..<max(first, end)]))
    }

    private static func mel(_ hertz: Double) -> Double {
        hertz < 1000 ? hertz * 3 / 200 : 15 + log(hertz / 1000) / log(6.4) * 27
    }

    private static func hertz(mel: Double) -> Double {
        mel < 15 ? mel * 200 / 3 : 1000 * exp(log(6.4) * (mel - 15) / 27)
    }
}

extension [Float] {
    /// The value below which `fraction` (0...1) of the elements lie, interpolated; 0 for none.
    func percentile(_ fraction: Double) -> Float {
        guard !isEmpty else { return 0 }
        let ordered = sorted()
        let position = fraction * Double(ordered.count - 1)
        let index = Int(position)
        let rest = Float(position - Double(index))
        return ordered[index] * (1 - rest) + ordered[Swift.min(index + 1, ordered.count - 1)] * rest
    }
}
