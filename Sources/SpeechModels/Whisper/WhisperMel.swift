import AudioCore
import Foundation

/// Whisper's log-mel spectrogram: 25 ms Hann windows every 10 ms, Slaney mel bands, clamped 80 dB below the peak.
///
/// Source: the reference implementation's `audio.py` (`log_mel_spectrogram`), with the audio padded to 30 s.
struct WhisperMel: Sendable {
    static let sampleRate = 16000
    static let windowSamples = 400
    static let hopSamples = 160
    /// Frames of a window of 30 s.
    static let frameCount = 3000
    static let longestSamples = 480_000

    let bandCount: Int
    private let plan: FourierPlan
    private let bank: MelFilterBank
    private let window: [Float]

    /// - Parameter bandCount: 80; 128 from large-v3 on.
    init(bandCount: Int) {
        self.bandCount = bandCount
        plan = FourierPlan(size: Self.windowSamples)
        bank = MelFilterBank(bandCount: bandCount, transformSize: Self.windowSamples, sampleRate: Self.sampleRate)
        window = Window.periodicHann(Self.windowSamples)
    }

    /// - Parameter samples: mono, 16 kHz, at most 30 s; the rest of the 30 s counts as silence.
    /// - Returns: (log10 energy + 4) / 4, about -1...1.5, [bandCount, 3000].
    func spectrogram(_ samples: ArraySlice<Float>) -> [Float] {
        let half = Self.windowSamples / 2
        let padded = reflected(samples, by: half)
        let fft = RealFFT(plan)
        var frame = [Float](repeating: 0, count: Self.windowSamples)
        var real = [Float](repeating: 0, count: plan.binCount)
        var imaginary = real
        var bands = [Float](repeating: 0, count: bandCount)
        let floor: Float = 1e-10
        var result = [Float](repeating: -10, count: bandCount * Self.frameCount)
        var peak: Float = -10
        padded.withUnsafeBufferPointer { padded in
            // Frames that reach nothing but padding keep the floor.
            let reached = min(Self.frameCount, (samples.count + half + Self.hopSamples - 1) / Self.hopSamples)
            for index in 0..<reached {
                let start = index * Self.hopSamples
                for n in 0..<Self.windowSamples { frame[n] = padded[start + n] * window[n] }
                fft.forward(frame, real: &real, imaginary: &imaginary)
                for bin in real.indices { real[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin] }
                bank.apply(real, to: &bands)
                for band in 0..<bandCount {
                    let value = log10(max(bands[band], floor))
                    result[band * Self.frameCount + index] = value
                    peak = max(peak, value)
                }
            }
        }
        for index in result.indices { result[index] = (max(result[index], peak - 8) + 4) / 4 }
        return result
    }

    /// The samples with their first `count` mirrored before them, and silence up to 30 s and a window behind them.
    private func reflected(_ samples: ArraySlice<Float>, by count: Int) -> [Float] {
        let base = samples.startIndex
        var padded = [Float](repeating: 0, count: Self.longestSamples + 2 * count)
        for index in 0..<count where index + 1 < samples.count { padded[count - 1 - index] = samples[base + index + 1] }
        for index in 0..<min(samples.count, Self.longestSamples) { padded[count + index] = samples[base + index] }
        return padded
    }
}
