import AudioCore
import Foundation

/// The first layer of SincNet (Ravanelli and Bengio, 2018, as asteroid-filterbanks defines it): band-pass filters of
/// which only the edges were learnt, each as an even (cosine) and an odd (sine) one.
struct SincFilterBank {
    static let taps = 251
    private static let sampleRate = 16000.0
    private static let lowestHertz = 50.0
    private static let narrowestHertz = 50.0

    /// Filters, [2 * bands, 1, taps]: the even ones first.
    let taps: [Float]
    let count: Int

    /// - Parameters:
    ///   - low: lower edges less 50 Hz, in Hz, [bands].
    ///   - band: widths less 50 Hz, in Hz, [bands].
    ///   - window: the first half of the window, [125].
    /// - Throws: where the sizes do not fit together.
    init(low: [Float], band: [Float], window: [Float]) throws {
        guard low.count == band.count, window.count == Self.taps / 2 else {
            throw AudioError(
                .badData, operation: "load", subject: "pyannote segmentation", cause: "its filters are damaged")
        }
        count = 2 * low.count
        var taps = [Float](repeating: 0, count: count * Self.taps)
        for index in low.indices {
            let lower = Self.lowestHertz + abs(Double(low[index]))
            let upper = min(lower + Self.narrowestHertz + abs(Double(band[index])), Self.sampleRate / 2)
            Self.fill(&taps, even: index, odd: index + low.count, from: lower, to: upper, window)
        }
        self.taps = taps
    }

    /// Windowed difference of two ideal low-passes and its quadrature, in taps symmetric about the middle.
    private static func fill(
        _ taps: inout [Float], even: Int, odd: Int, from lower: Double, to upper: Double, _ window: [Float]
    ) {
        let half = Self.taps / 2
        let last = Self.taps - 1
        for tap in 0..<half {
            let angle = 2 * Double.pi * Double(tap - half) / sampleRate
            let scale = Double(window[tap]) / (angle * (upper - lower))
            let cosine = Float((sin(upper * angle) - sin(lower * angle)) * scale)
            let sine = Float((cos(lower * angle) - cos(upper * angle)) * scale)
            taps[even * Self.taps + tap] = cosine
            taps[even * Self.taps + last - tap] = cosine
            taps[odd * Self.taps + tap] = sine
            taps[odd * Self.taps + last - tap] = -sine
        }
        taps[even * Self.taps + half] = 1
    }
}
