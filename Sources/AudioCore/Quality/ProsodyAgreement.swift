import Foundation

/// How alike melody and loudness of two recordings of the same words at the same times are, measured by
/// `JudgePitchTracker`, which takes no part in dictating melodies. A figure that could not be measured is nil.
public struct ProsodyAgreement: Sendable, Codable, Equatable {
    /// Pearson correlation of ln F0 over the frames voiced in both; nil under 0.2 s of them or with a flat melody.
    public var f0Correlation: Double?
    /// Share of the frames, among those with speech in either recording, on which both agree whether they are voiced.
    public var voicingAgreement: Double?
    /// Share of the frames voiced in both whose F0 is more than 20 % off, once the voices' difference in median is
    /// taken out: mostly octave errors.
    public var grossErrorShare: Double?
    /// Pearson correlation of the levels in dB, smoothed over about a syllable (Gaussian, standard deviation 100 ms),
    /// over the source's speech frames.
    public var energyCorrelation: Double?

    /// Between the frames of `pitch`.
    public static let frameSeconds = 0.01
    private static let fewestFrames = 20
    /// Frames within this many dB of the level that 5 % of the frames exceed are speech.
    private static let speechRange = 35.0

    /// - Parameters:
    ///   - source: the old speech alone, mono.
    ///   - result: the new speech of the same span, mono, as long.
    ///   - sampleRate: 16000 suffices.
    public init(source: [Float], result: [Float], sampleRate: Int) {
        precondition(source.count == result.count, "\(source.count) and \(result.count) samples")
        let old = Self.pitch(source, sampleRate: sampleRate)
        let new = Self.pitch(result, sampleRate: sampleRate)
        let oldLevels = Self.levels(source, sampleRate: sampleRate, frames: old.count)
        let newLevels = Self.levels(result, sampleRate: sampleRate, frames: new.count)
        let oldSpeech = Self.speech(oldLevels)
        let newSpeech = Self.speech(newLevels)

        let heard = old.indices.filter { oldSpeech[$0] || newSpeech[$0] }
        let agreeing = heard.count { (old[$0] > 0) == (new[$0] > 0) }
        voicingAgreement = heard.isEmpty ? nil : Double(agreeing) / Double(heard.count)

        let voiced = old.indices.filter { old[$0] > 0 && new[$0] > 0 }
        if voiced.count >= Self.fewestFrames {
            let oldLogs = voiced.map { log(Double(old[$0])) }
            let newLogs = voiced.map { log(Double(new[$0])) }
            f0Correlation = Self.correlation(oldLogs, newLogs)
            let differences = zip(oldLogs, newLogs).map { $1 - $0 }
            let median = quantile(0.5, of: differences)
            let gross = differences.count { abs($0 - median) > log(1.2) }
            grossErrorShare = Double(gross) / Double(voiced.count)
        }
        let speech = old.indices.filter { oldSpeech[$0] }
        if speech.count >= Self.fewestFrames {
            let a = Self.smoothed(oldLevels)
            let b = Self.smoothed(newLevels)
            energyCorrelation = Self.correlation(speech.map { a[$0] }, speech.map { b[$0] })
        }
    }

    /// F0 sought twice: the second time only where the voice lies, so that mains hum under it is not taken for it.
    /// - Returns: Hz, 0 where unvoiced; frame i is centred on `i * frameSeconds`.
    public static func pitch(_ samples: [Float], sampleRate: Int) -> [Float] {
        var tracker = JudgePitchTracker(sampleRate: sampleRate, frameSeconds: frameSeconds)
        let first = tracker.track(samples)
        let voiced = first.voicedHertz.filter { $0 > 75 }.map(Double.init)
        guard voiced.count >= fewestFrames else { return first.hertz }
        tracker.floor = max(50, 0.65 * quantile(0.25, of: voiced))
        tracker.ceiling = min(700, 2 * quantile(0.75, of: voiced))
        return tracker.track(samples).hertz
    }

    /// Levels of 25 ms around each frame's centre, dB; floored 50 dB under the level that 5 % of the frames exceed.
    private static func levels(_ samples: [Float], sampleRate: Int, frames: Int) -> [Double] {
        let half = sampleRate / 80
        let levels = (0..<frames).map { frame in
            let centre = Int((Double(frame) * frameSeconds * Double(sampleRate)).rounded())
            let range = max(0, centre - half)..<min(samples.count, centre + half)
            var sum: Float = 0
            for index in range { sum += samples[index] * samples[index] }
            return 10 * log10(Double(sum) / Double(max(1, range.count)) + 1e-12)
        }
        guard !levels.isEmpty else { return [] }
        let floor = quantile(0.95, of: levels) - 50
        return levels.map { max(floor, $0) }
    }

    private static func speech(_ levels: [Double]) -> [Bool] {
        guard !levels.isEmpty else { return [] }
        // Nothing under -80 dBFS is speech.
        let threshold = max(-80, quantile(0.95, of: levels) - speechRange)
        return levels.map { $0 > threshold }
    }

    private static func smoothed(_ levels: [Double]) -> [Double] {
        let deviation = 0.1 / frameSeconds
        let reach = Int(3 * deviation)
        let kernel = (0...reach).map { exp(-0.5 * pow(Double($0) / deviation, 2)) }
        return levels.indices.map { index in
            var (sum, total) = (0.0, 0.0)
            for other in max(0, index - reach)...min(levels.count - 1, index + reach) {
                let weight = kernel[abs(other - index)]
                sum += weight * levels[other]
                total += weight
            }
            return sum / total
        }
    }

    private static func correlation(_ a: [Double], _ b: [Double]) -> Double? {
        let count = Double(a.count)
        let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
        var (products, squaresA, squaresB) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            products += (x - meanA) * (y - meanB)
            squaresA += (x - meanA) * (x - meanA)
            squaresB += (y - meanB) * (y - meanB)
        }
        guard squaresA > 1e-12 * count, squaresB > 1e-12 * count else { return nil }
        return products / (squaresA * squaresB).squareRoot()
    }
}
