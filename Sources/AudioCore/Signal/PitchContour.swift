import Foundation

/// F0 over time. Frame i is centred on `i * frameSeconds`.
public struct PitchContour: Sendable, Equatable {
    public var frameSeconds: Double
    /// Hz, [frames]; 0 where unvoiced.
    public var hertz: [Float]

    public init(frameSeconds: Double, hertz: [Float]) {
        self.frameSeconds = frameSeconds
        self.hertz = hertz
    }

    /// Hz of the voiced frames, in order.
    public var voicedHertz: [Float] { hertz.filter { $0 > 0 } }

    /// The share of voiced frames, 0...1.
    public var voicedShare: Double {
        hertz.isEmpty ? 0 : Double(voicedHertz.count) / Double(hertz.count)
    }

    /// Median of ln F0 over the voiced frames; nil without any.
    public var medianLog: Double? {
        let voiced = voicedHertz
        return voiced.isEmpty ? nil : log(Double(quantile(0.5, of: voiced)))
    }
}
