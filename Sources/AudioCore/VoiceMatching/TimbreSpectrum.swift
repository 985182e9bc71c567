import Foundation

/// What the timbre of a voice is read from: the log-mel spectrum of speech, its level apart from its shape.
///
/// Frames of 1024 samples (Hann) every 5 ms at 24 kHz; the power spectrum is averaged in 60 Slaney mel triangles from 50
/// to 7600 Hz, whose weights add up to 1. The speech is first brought to a fixed level, so that nothing depends on how
/// loud it is.
public struct TimbreSpectrum: Sendable {
    public static let sampleRate = 24_000
    public static let bandCount = 60
    public static let hopSeconds = 0.005
    static let windowSamples = 1024
    static let hopSamples = 120
    /// The upper edge of the highest band, Hz: many recordings hold nothing above 8 kHz.
    static let highHertz = 7600.0
    static let lowHertz = 50.0

    /// Natural log of power: level that 5 % of the frames exceed, once normalised.
    private static let loudLevel: Float = 3
    /// How far below the loud frames speech counts, in natural log of power: 40 dB.
    static let activeRange: Float = 9.21
    /// Bands are not let fall further than this below the loud level: 75 dB.
    private static let floorRange: Float = 17.3

    static let transform = STFT(windowSamples: windowSamples, hopSamples: hopSamples)
    static let bank = MelFilterBank(
        bandCount: bandCount, transformSize: windowSamples, sampleRate: sampleRate, low: lowHertz, high: highHertz,
        scale: .slaney, norm: .none)
    /// 1 / sum of each band's weights, [bands].
    private static let scales: [Float] = {
        let dense = bank.dense
        return (0..<bandCount).map { 1 / max(1e-9, dense[row: $0].reduce(0, +)) }
    }()

    /// Natural log of each band's mean power, [frames, bands]; frame i is centred on sample 120 i.
    public let logs: Matrix
    /// Natural log of each frame's power, the mean over the bands, [frames].
    public let levels: [Float]
    /// The level that 5 % of the frames exceed; `loudLevel` wherever there is sound.
    let loud: Float
    /// What the powers were multiplied by.
    let gain: Float

    /// - Parameter samples: mono, 24 kHz.
    public init(_ samples: [Float]) {
        let count = Self.transform.frameCount(samples: samples.count)
        var bands = Matrix(rows: count, columns: Self.bandCount)
        var power = [Float](repeating: 0, count: Self.transform.binCount)
        var frame = 0
        let analyzer = STFTAnalyzer(Self.transform)
        bands.elements.withUnsafeMutableBufferPointer { target in
            guard let target = target.baseAddress else { return }
            let take: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) -> Void = { real, imaginary in
                for bin in power.indices { power[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin] }
                Self.bank.apply(power, to: target + frame * Self.bandCount)
                frame += 1
            }
            analyzer.push(samples, emit: take)
            analyzer.finish(emit: take)
        }
        self.init(bandSums: bands)
    }

    /// - Parameter bands: sums of each band's power, [frames, bands]; becomes the logs in place.
    private init(bandSums bands: consuming Matrix) {
        var logs = bands
        let width = Self.bandCount
        var powers = [Float](repeating: 0, count: logs.rows)
        for frame in powers.indices {
            for band in 0..<width {
                logs.elements[frame * width + band] *= Self.scales[band]
                powers[frame] += logs.elements[frame * width + band]
            }
            powers[frame] /= Float(width)
        }
        let top = powers.isEmpty ? 0 : quantile(0.95, of: powers)
        let gain = top > 1e-12 ? exp(Self.loudLevel) / top : 1
        let floor = exp(Self.loudLevel - Self.floorRange)
        for index in logs.elements.indices { logs.elements[index] = log(logs.elements[index] * gain + floor) }
        self.logs = logs
        self.gain = gain
        levels = powers.map { log($0 * gain + floor) }
        loud = top > 1e-12 ? Self.loudLevel : log(floor)
    }

    private init(logs: Matrix, levels: [Float], gain: Float) {
        self.logs = logs
        self.levels = levels
        self.gain = gain
        loud = levels.isEmpty ? 0 : quantile(0.95, of: levels)
    }

    /// What a filter makes of it.
    /// - Parameter differences: what each band is changed by, natural log of power, [frames, bands].
    func changed(by differences: Matrix) -> TimbreSpectrum {
        var logs = logs
        for index in logs.elements.indices { logs.elements[index] += differences.elements[index] }
        let levels = (0..<logs.rows).map { frame in
            log(logs[row: frame].reduce(0) { $0 + exp($1) } / Float(Self.bandCount))
        }
        return TimbreSpectrum(logs: logs, levels: levels, gain: gain)
    }

    public var frameCount: Int { logs.rows }

    /// Whether a frame is speech and no pause.
    public func isActive(_ frame: Int) -> Bool { levels[frame] > loud - Self.activeRange }

    /// Seconds of speech without its pauses.
    public var activeSeconds: Double {
        Self.hopSeconds * Double((0..<frameCount).count { isActive($0) })
    }

    /// The mean spectrum of the speech without its level, natural log of power, [bands]; zeros where nothing is heard.
    public var meanShape: [Float] {
        var sum = [Double](repeating: 0, count: Self.bandCount)
        var count = 0.0
        for frame in 0..<frameCount where isActive(frame) {
            for band in sum.indices { sum[band] += Double(logs[frame, band] - levels[frame]) }
            count += 1
        }
        return sum.map { Float($0 / max(1, count)) }
    }

    /// Speech stands out from the quiet frames by at least so much where it was recorded at all, natural log of power.
    private static let leastContrast: Float = 0.7
    /// What lies further below the loud level than this (67 dB) was not recorded.
    private static let recordedRange: Float = 15.5
    private static let quietShare = 0.1

    /// How many bands, from the lowest on, hold speech: a telephone carries none above 3.4 kHz, some formats none above
    /// 5 kHz.
    public var recordedBands: Int {
        guard frameCount > 0 else { return 0 }
        let limit = quantile(Self.quietShare, of: levels)
        func mean(_ band: Int, where isMeant: (Int) -> Bool) -> Float {
            var (sum, count) = (0.0, 0.0)
            for frame in 0..<frameCount where isMeant(frame) {
                sum += Double(logs[frame, band])
                count += 1
            }
            return Float(sum / max(1, count))
        }
        let last = (0..<Self.bandCount).last { band in
            let speech = mean(band, where: isActive)
            return speech > loud - Self.recordedRange
                && speech - mean(band) { levels[$0] <= limit } > Self.leastContrast
        }
        return (last ?? -1) + 1
    }
}
