import Foundation

/// The time-frequency grid on which old voices are removed and beds are cleaned: Hann frames of about 43 ms, a quarter
/// of a frame apart, with their bins grouped into bands of equal width on the ERB-rate scale (Glasberg & Moore 1990).
public struct SpectralGrid: Sendable, Equatable {
    public let sampleRate: Int
    /// Samples of a frame, a power of two.
    public let frameSize: Int
    /// Samples between frames.
    public let hop: Int
    public let binCount: Int
    public let bandCount: Int
    /// Band of each bin, [binCount], not falling.
    public let bandOfBin: [Int]

    public init(sampleRate: Int, bandCount: Int = 40) {
        self.sampleRate = sampleRate
        self.bandCount = bandCount
        let wanted = 2048.0 * Double(sampleRate) / 48000
        let frameSize = 1 << Int(max(6, log2(wanted).rounded()))
        self.frameSize = frameSize
        hop = frameSize / 4
        binCount = frameSize / 2 + 1
        func erbRate(_ hertz: Double) -> Double { 21.4 * log10(1 + 0.00437 * hertz) }
        let top = erbRate(Double(sampleRate) / 2)
        let hertzPerBin = Double(sampleRate) / Double(frameSize)
        bandOfBin = (0..<binCount).map { bin in
            min(Int(erbRate(Double(bin) * hertzPerBin) / top * Double(bandCount)), bandCount - 1)
        }
    }

    /// The transform between samples and this grid.
    public var transform: STFT { STFT(windowSamples: frameSize, hopSamples: hop) }

    public var hertzPerBin: Double { Double(sampleRate) / Double(frameSize) }
    public var framesPerSecond: Double { Double(sampleRate) / Double(hop) }

    /// How much of a change each bin takes, [binCount]: 0 a fifth below an edge, 1 a fifth above it.
    public func change(above hertz: Double) -> [Float] {
        (0..<binCount).map { Float(min(1, max(0, (Double($0) * hertzPerBin / hertz - 0.8) / 0.4))) }
    }

    /// The bin nearest to a frequency, within the grid.
    public func bin(hertz: Double) -> Int { min(binCount - 1, max(0, Int((hertz / hertzPerBin).rounded()))) }

    /// Bins from `low` up to but without `high`; empty where the grid ends below.
    public func bins(_ low: Double, _ high: Double) -> Range<Int> {
        let first = min(binCount, Int((low / hertzPerBin).rounded(.up)))
        return first..<max(first, min(binCount, Int((high / hertzPerBin).rounded(.up))))
    }
}

extension Spectrogram {
    /// Frames of several spectrograms of the same grid, one after another.
    public static func joined(_ parts: [Spectrogram], bins: Int) -> Spectrogram {
        var result = Spectrogram(frames: parts.reduce(0) { $0 + $1.frames }, bins: bins)
        var at = 0
        for part in parts {
            result.real.replaceSubrange(at..<at + part.real.count, with: part.real)
            result.imaginary.replaceSubrange(at..<at + part.imaginary.count, with: part.imaginary)
            at += part.real.count
        }
        return result
    }
}
