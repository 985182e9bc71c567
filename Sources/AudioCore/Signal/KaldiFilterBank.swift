import Foundation

/// Kaldi's log-mel filter bank energies, as speaker encoders of the 3D-Speaker and WeSpeaker families expect them:
/// 16 kHz, 25 ms frames every 10 ms (only whole ones: "snip edges"), samples scaled to 16 bits, mean of each frame
/// removed, pre-emphasis 0.97, povey window, 512-point power spectrum, 80 mel bands of 20 Hz - 8 kHz, natural
/// logarithm. No dither.
public struct KaldiFilterBank: Sendable {
    public static let sampleRate = 16000
    public static let frameSamples = 400
    public static let hopSamples = 160
    private static let transformSize = 512
    private static let preemphasis: Float = 0.97
    /// Single precision's epsilon, Kaldi's own floor.
    private static let floor: Float = 1.1920929e-7

    public let bandCount: Int
    private let plan = FourierPlan(size: transformSize)
    private let bank: MelFilterBank
    private let window = Window.povey(frameSamples)

    public init(bandCount: Int = 80) {
        self.bandCount = bandCount
        bank = MelFilterBank(
            bandCount: bandCount, transformSize: Self.transformSize, sampleRate: Self.sampleRate, low: 20, high: 8000,
            scale: .kaldi, norm: .none)
    }

    public static func frameCount(samples: Int) -> Int {
        samples < frameSamples ? 0 : 1 + (samples - frameSamples) / hopSamples
    }

    /// - Parameter samples: mono, 16 kHz, -1...1.
    /// - Returns: log energies, [frames, bandCount], natural log; row i covers the samples from 160 i on.
    public func features(of samples: [Float]) -> Matrix {
        let frames = Self.frameCount(samples: samples.count)
        var result = Matrix(rows: frames, columns: bandCount)
        let fft = RealFFT(plan)
        var frame = [Float](repeating: 0, count: Self.transformSize)
        var real = [Float](repeating: 0, count: plan.binCount)
        var imaginary = real
        samples.withUnsafeBufferPointer { samples in
            result.elements.withUnsafeMutableBufferPointer { target in
                guard let target = target.baseAddress else { return }
                for row in 0..<frames {
                    prepare(
                        UnsafeBufferPointer(
                            rebasing: samples[row * Self.hopSamples..<row * Self.hopSamples + Self.frameSamples]),
                        &frame)
                    fft.forward(frame, real: &real, imaginary: &imaginary)
                    for bin in real.indices { real[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin] }
                    let bands = target + row * bandCount
                    bank.apply(real, to: bands)
                    for band in 0..<bandCount { bands[band] = log(max(bands[band], Self.floor)) }
                }
            }
        }
        return result
    }

    /// Scales, centres, pre-emphasises and weighs one frame.
    private func prepare(_ samples: UnsafeBufferPointer<Float>, _ frame: inout [Float]) {
        var sum: Double = 0
        for sample in samples { sum += Double(sample) }
        let mean = Float(sum / Double(samples.count) * 32768)
        // The first sample is its own predecessor.
        var previous = samples[0] * 32768 - mean
        for n in 0..<samples.count {
            let value = samples[n] * 32768 - mean
            frame[n] = (value - Self.preemphasis * previous) * window[n]
            previous = value
        }
    }
}
