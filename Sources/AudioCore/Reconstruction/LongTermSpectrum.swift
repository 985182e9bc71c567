import Foundation

/// The average spectrum of the loud frames of a voice, gathered piece by piece over a whole programme.
///
/// Frames are sorted into classes of 1 dB, so that "within 30 dB of the 95th percentile" can be told at the end without
/// keeping them.
public struct LongTermSpectrum: Sendable {
    public let grid: SpectralGrid
    private var frames: [Int]
    private var sums: [Double]

    private static let lowestDecibels = -150.0
    private static let classCount = 200

    public init(_ grid: SpectralGrid) {
        self.grid = grid
        frames = [Int](repeating: 0, count: LongTermSpectrum.classCount)
        sums = [Double](repeating: 0, count: LongTermSpectrum.classCount * grid.binCount)
    }

    /// - Parameters:
    ///   - spectrogram: on this grid.
    ///   - chosen: which of its frames count, [frames]; nil: all.
    ///   - colour: power gain of each bin, [bins]; nil: 1.
    public mutating func add(_ spectrogram: Spectrogram, chosen: [Bool]? = nil, colour: [Float]? = nil) {
        let band = grid.bins(100, 7500)
        var power = [Float](repeating: 0, count: grid.binCount)
        for frame in 0..<spectrogram.frames where chosen?[frame] ?? true {
            let row = frame * grid.binCount
            for bin in power.indices {
                let (real, imaginary) = (spectrogram.real[row + bin], spectrogram.imaginary[row + bin])
                power[bin] = (real * real + imaginary * imaginary) * (colour?[bin] ?? 1)
            }
            let level = 10 * log10(band.reduce(0.0) { $0 + Double(power[$1]) } + 1e-15)
            let kind = min(LongTermSpectrum.classCount - 1, max(0, Int(level - LongTermSpectrum.lowestDecibels)))
            frames[kind] += 1
            for bin in power.indices { sums[kind * grid.binCount + bin] += Double(power[bin]) }
        }
    }

    /// Frames gathered so far.
    public var frameCount: Int { frames.reduce(0, +) }

    /// Mean power over the frames within 30 dB of the 95th percentile, [bins]; nil where nothing was heard.
    public var mean: [Double]? {
        let total = frameCount
        guard total > 0 else { return nil }
        var above = 0
        var top = LongTermSpectrum.classCount - 1
        while top > 0, above + frames[top] < max(1, total / 20) {
            above += frames[top]
            top -= 1
        }
        guard top > 1 else { return nil }
        var count = 0
        var result = [Double](repeating: 0, count: grid.binCount)
        for kind in max(1, top - 30)..<LongTermSpectrum.classCount where frames[kind] > 0 {
            count += frames[kind]
            for bin in result.indices { result[bin] += sums[kind * grid.binCount + bin] }
        }
        guard count > 0 else { return nil }
        return result.map { $0 / Double(count) }
    }
}
