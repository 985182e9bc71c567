import Foundation

/// What the timing judge compares: how the mouth moves, with as little as possible of whose mouth it is.
///
/// 12 cepstral coefficients of 40 mel bands, normalised to mean 0 and variance 1 over the speech frames, the level, and
/// the slopes of all 13. Frames without speech fade to the same point, so that two kinds of silence do not differ.
struct ArticulationFeatures {
    static let sampleRate = 16000
    static let hopSamples = 80
    static let framesPerSecond = Double(sampleRate) / Double(hopSamples)
    private static let windowSamples = 400
    private static let bandCount = 40
    private static let cepstra = 12
    /// Frames within this many dB of the level that 5 % of the frames exceed are speech.
    private static let speechRange: Float = 35
    /// The loudest speech is not fainter than this: a sine of -45 dBFS in the unit of the band energies.
    private static let faintest: Float = -5
    /// Below speech the features fade out over this many dB.
    private static let fade: Float = 10
    private static let levelWeight: Float = 5
    private static let slopeWeight: Float = 3
    /// Frames on each side that a slope is fitted to.
    private static let slopeReach = 4

    /// [frames, 26]; frame i is centred on sample `80 i`.
    let features: Matrix
    /// How much of a frame is speech, 0...1, [frames].
    let presence: [Float]

    /// - Parameter samples: mono, 16 kHz.
    init(_ samples: [Float]) {
        let bands = Self.bandLevels(samples)
        let frames = bands.rows
        var levels = [Float](repeating: 0, count: frames)
        for frame in 0..<frames {
            levels[frame] = 10 * log10(bands[row: frame].reduce(0, +) + 1e-10)
        }
        let top = max(Self.faintest, frames == 0 ? 0 : quantile(0.95, of: levels))
        let bottom = top - Self.speechRange
        presence = levels.map { min(1, max(0, ($0 - bottom + Self.fade) / Self.fade)) }
        let coefficients = Self.normalised(Self.cepstrum(bands, floor: top - 65), presence: presence)
        let width = Self.cepstra + 1
        var base = Matrix(rows: frames, columns: width)
        for frame in 0..<frames {
            for c in 0..<Self.cepstra { base[frame, c] = coefficients[frame, c] * presence[frame] }
            base[frame, Self.cepstra] = Self.levelWeight * max(-3, (levels[frame] - top) / 12)
        }
        features = base.withSlopes(reach: Self.slopeReach, weight: Self.slopeWeight)
    }

    /// Mel band energies, [frames, 40].
    private static func bandLevels(_ samples: [Float]) -> Matrix {
        let frames = samples.isEmpty ? 0 : (samples.count - 1) / hopSamples + 1
        let fft = RealFFT(size: 512)
        let bank = MelFilterBank(
            bandCount: bandCount, transformSize: 512, sampleRate: sampleRate, low: 60, high: 7600, scale: .htk,
            norm: .none)
        let window = Window.periodicHann(windowSamples)
        var result = Matrix(rows: frames, columns: bandCount)
        var frame = [Float](repeating: 0, count: 512)
        var real = [Float](repeating: 0, count: fft.binCount)
        var imaginary = real
        result.elements.withUnsafeMutableBufferPointer { target in
            guard let target = target.baseAddress else { return }
            for row in 0..<frames {
                let start = row * hopSamples - windowSamples / 2
                for n in 0..<windowSamples {
                    let index = start + n
                    frame[n] = index >= 0 && index < samples.count ? samples[index] * window[n] : 0
                }
                fft.forward(frame, real: &real, imaginary: &imaginary)
                for bin in real.indices { real[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin] }
                bank.apply(real, to: target + row * bandCount)
            }
        }
        return result
    }

    /// Coefficients 1...12 of the cosine transform of the band levels in dB, [frames, 12].
    private static func cepstrum(_ bands: Matrix, floor: Float) -> Matrix {
        var cosines = Matrix(rows: cepstra, columns: bandCount)
        for c in 0..<cepstra {
            for band in 0..<bandCount {
                cosines[c, band] = Float(cos(.pi * Double(c + 1) * (Double(band) + 0.5) / Double(bandCount)))
            }
        }
        // Levels of single bands lie about 16 dB (40 bands) under the whole's.
        let least = pow(10, (floor - 16) / 10)
        var result = Matrix(rows: bands.rows, columns: cepstra)
        var levels = [Float](repeating: 0, count: bandCount)
        for frame in 0..<bands.rows {
            for band in 0..<bandCount { levels[band] = 10 * log10(max(least, bands[frame, band]) + 1e-10) }
            for c in 0..<cepstra {
                var sum: Float = 0
                for band in 0..<bandCount { sum += cosines[c, band] * levels[band] }
                result[frame, c] = sum
            }
        }
        return result
    }

    private static func normalised(_ coefficients: Matrix, presence: [Float]) -> Matrix {
        var result = coefficients
        let total = presence.reduce(0, +)
        guard total > 0 else { return result }
        for c in 0..<coefficients.columns {
            var (sum, squares) = (0.0, 0.0)
            for frame in 0..<coefficients.rows {
                let value = Double(coefficients[frame, c])
                sum += Double(presence[frame]) * value
                squares += Double(presence[frame]) * value * value
            }
            let mean = sum / Double(total)
            let deviation = max(1e-6, (max(0, squares / Double(total) - mean * mean)).squareRoot())
            for frame in 0..<coefficients.rows {
                result[frame, c] = Float((Double(coefficients[frame, c]) - mean) / deviation)
            }
        }
        return result
    }
}
