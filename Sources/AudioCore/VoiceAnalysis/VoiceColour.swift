import Foundation

/// The average colour of a voice, whatever its level: the natural logarithm of the mean power of its louder frames in 40
/// mel bands, less its own mean.
///
/// Two voices' colours differ by the voices *and* by what recorded them; it serves to choose among voices that were
/// recorded alike.
public struct VoiceColour: Sendable {
    public static let bandCount = 40
    /// Hz; below lies rumble, above nothing of a telephone's worth.
    public static let low = 50.0
    public static let high = 7600.0
    /// Frames this far below the 95th percentile of all do not count.
    private static let rangeDecibels = 30.0

    private let stft: STFT
    private let bank: MelFilterBank
    public let sampleRate: Int

    /// - Parameter sampleRate: at least 16000.
    public init(sampleRate: Int) {
        self.sampleRate = sampleRate
        let hop = sampleRate / 100
        let window = 2 * FourierPlan.size(atLeast: sampleRate * 32 / 1000)
        stft = STFT(windowSamples: window, hopSamples: hop)
        bank = MelFilterBank(
            bandCount: Self.bandCount, transformSize: window, sampleRate: sampleRate, low: Self.low, high: Self.high)
    }

    /// - Parameter samples: mono, of one speaker.
    /// - Returns: [40], mean 0; nil where nothing is heard.
    public func colour(of samples: [Float]) -> [Float]? {
        let bands = bank.apply(stft.transform(samples).power)
        guard bands.rows > 0 else { return nil }
        let levels = (0..<bands.rows).map { row in bands[row: row].reduce(0) { $0 + Double($1) } }
        let gate = quantile(0.95, of: levels) * pow(10, -Self.rangeDecibels / 10)
        var sums = [Double](repeating: 0, count: Self.bandCount)
        var count = 0
        for row in 0..<bands.rows where levels[row] > gate {
            count += 1
            for (band, power) in bands[row: row].enumerated() { sums[band] += Double(power) }
        }
        guard count > 0, gate > 0 else { return nil }
        let logs = sums.map { log($0 / Double(count) + 1e-12) }
        let mean = logs.reduce(0, +) / Double(logs.count)
        return logs.map { Float($0 - mean) }
    }

    /// How far two colours lie apart: root mean square over the bands, nepers of power.
    public static func distance(_ a: [Float], _ b: [Float]) -> Double {
        let squares = zip(a, b).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        return (squares / Double(max(1, min(a.count, b.count)))).squareRoot()
    }
}
