import Foundation

/// How the new speech of a span sits where the old one sat: loudness, brilliance and place between the loudspeakers.
/// A figure that could not be measured is nil.
public struct LevelAgreement: Sendable, Codable, Equatable {
    /// K-weighted loudness of the new speech less that of the old, dB.
    public var levelDifferenceDB: Double?
    /// The same for the power above 8 kHz; nil at sample rates that have next to nothing there.
    public var highBandDifferenceDB: Double?
    /// Level of the first channel over the second in the new speech, less the same in the old, dB; 0 for one channel,
    /// nil for more than two.
    public var placementDifferenceDB: Double?

    /// What is quieter than this counts as silence, dBFS: differences below it are nobody's concern.
    private static let silence = -90.0
    /// Where the high band begins, Hz.
    private static let highBandStart = 8000.0

    /// - Parameters:
    ///   - source: the old speech alone.
    ///   - result: the new speech alone, of the same span, rate and channels.
    public init(source: Waveform, result: Waveform) {
        precondition(source.sampleRate == result.sampleRate && source.channels.count == result.channels.count)
        let rate = source.sampleRate
        let old = source.channels.map { Self.weightedPower($0, sampleRate: rate) }
        let new = result.channels.map { Self.weightedPower($0, sampleRate: rate) }
        let (oldSum, newSum) = (old.reduce(0, +), new.reduce(0, +))
        guard Self.decibels(oldSum) > Self.silence, source.frameCount > 0 else { return }
        levelDifferenceDB = Self.decibels(newSum) - Self.decibels(oldSum)
        if Double(rate) > 2.5 * Self.highBandStart {
            highBandDifferenceDB =
                Self.decibels(Self.highBandPower(result)) - Self.decibels(Self.highBandPower(source))
        }
        switch source.channels.count {
        case 1: placementDifferenceDB = 0
        case 2 where Self.decibels(newSum) > Self.silence:
            placementDifferenceDB =
                Self.decibels(new[0]) - Self.decibels(new[1]) - Self.decibels(old[0]) + Self.decibels(old[1])
        default: break
        }
    }

    private static func weightedPower(_ samples: [Float], sampleRate: Int) -> Double {
        let seconds = Double(samples.count) / Double(sampleRate)
        guard seconds > 0 else { return 0 }
        // One window around the middle that holds everything.
        let whole = KWeighting.power(
            of: samples, sampleRate: sampleRate, windowSeconds: 2 * seconds, hopSeconds: seconds)
        return whole.first ?? 0
    }

    private static func decibels(_ power: Double) -> Double { 10 * log10(power + pow(10, silence / 10)) }

    /// Mean power above 8 kHz, summed over the channels; frames of 1024 samples, Hann window.
    private static func highBandPower(_ waveform: Waveform) -> Double {
        let size = 1024
        let fft = RealFFT(size: size)
        let window = Window.periodicHann(size)
        let firstBin = Int((highBandStart * Double(size) / Double(waveform.sampleRate)).rounded(.up))
        var frame = [Float](repeating: 0, count: size)
        var real = [Float](repeating: 0, count: fft.binCount)
        var imaginary = real
        var sum = 0.0
        for samples in waveform.channels {
            for start in stride(from: -size / 2, to: samples.count, by: size / 2) {
                for n in 0..<size {
                    let index = start + n
                    frame[n] = index >= 0 && index < samples.count ? samples[index] * window[n] : 0
                }
                fft.forward(frame, real: &real, imaginary: &imaginary)
                for bin in firstBin..<fft.binCount {
                    let power = real[bin] * real[bin] + imaginary[bin] * imaginary[bin]
                    sum += Double(bin == size / 2 ? power : 2 * power)
                }
            }
        }
        // Squared Hann windows half overlapping add up to 3/4 on average; Parseval divides by the size.
        return sum / Double(size) / 0.75 / Double(max(1, waveform.frameCount))
    }
}
