import Foundation

/// A finite impulse response of odd length whose middle tap stands for no delay; of linear phase where it is symmetric.
public struct LinearPhaseFilter: Sendable {
    /// [2 * half + 1].
    public let taps: [Float]

    public init(taps: [Float]) {
        precondition(taps.count % 2 == 1, "\(taps.count) taps have no middle")
        self.taps = taps
    }

    /// Frequency sampling with a Hamming window.
    /// - Parameters:
    ///   - gains: wanted amplitude at `count` frequencies from 0 to half the sample rate, linearly spaced.
    ///   - tapCount: odd.
    public init(gains: [Float], tapCount: Int) {
        let size = 2 * (gains.count - 1)
        let transform = RealFFT(size: size)
        let response = transform.inverse(real: gains, imaginary: [Float](repeating: 0, count: gains.count))
        let half = tapCount / 2
        taps = (0..<2 * half + 1).map { index in
            let offset = index - half
            let window = 0.54 + 0.46 * cos(.pi * Double(offset) / Double(half + 1))
            return response[(offset + size) % size] * Float(window)
        }
    }

    /// Filters a whole signal; what lies outside counts as 0.
    /// - Returns: as many samples, in step with the input.
    public func apply(_ samples: [Float]) -> [Float] {
        let half = taps.count / 2
        let size = max(4096, 1 << Int(log2(Double(4 * taps.count)).rounded(.up)))
        let step = size - taps.count + 1
        let transform = RealFFT(size: size)
        let response = transform.forward(taps)
        var output = [Float](repeating: 0, count: samples.count)
        var block = [Float](repeating: 0, count: size)
        var real = [Float](repeating: 0, count: size / 2 + 1)
        var imaginary = real
        for start in stride(from: 0, to: samples.count + half, by: step) {
            for n in 0..<size { block[n] = n < step && start + n < samples.count ? samples[start + n] : 0 }
            transform.forward(block, real: &real, imaginary: &imaginary)
            for bin in real.indices {
                let (r, i) = (real[bin], imaginary[bin])
                real[bin] = r * response.real[bin] - i * response.imaginary[bin]
                imaginary[bin] = r * response.imaginary[bin] + i * response.real[bin]
            }
            transform.inverse(real: real, imaginary: imaginary, samples: &block)
            for n in 0..<size {
                let at = start + n - half
                if at >= 0, at < output.count { output[at] += block[n] }
            }
        }
        return output
    }

    /// Delays by a fraction of a sample: a windowed sinc.
    public static func delay(_ samples: Double, halfLength: Int = 32) -> LinearPhaseFilter {
        let half = halfLength + Int(abs(samples).rounded(.up))
        return LinearPhaseFilter(
            taps: (-half...half).map { index in
                let x = Double(index) - samples
                guard abs(x) < Double(halfLength) else { return 0 }
                let sinc = abs(x) < 1e-9 ? 1 : sin(.pi * x) / (.pi * x)
                return Float(sinc * (0.5 + 0.5 * cos(.pi * x / Double(halfLength))))
            })
    }
}
