import Foundation

/// What makes a voice that speaks by styles sound more like a certain person: the person's timbre and pitch.
public struct VoiceTimbre: Sendable, Equatable {
    public var map: TimbreMap
    /// Where the person's pitch lies and how much it moves.
    public var pitch: PitchRange
    /// How far the timbre goes from the voice's own to the person's, 0...1.
    public var strength: Double
    /// How much of the variety that the map loses is given back, 0...1.
    public var variety: Double

    public init(map: TimbreMap, pitch: PitchRange, strength: Double, variety: Double) {
        self.map = map
        self.pitch = pitch
        self.strength = strength
        self.variety = variety
    }

    var filter: TimbreFilter { TimbreFilter(map, strength: strength, variety: variety) }

    /// - Parameters:
    ///   - samples: the voice's own speech.
    ///   - sampleRate: its rate; timbre is known at 24 kHz only.
    public func applied(to samples: [Float], sampleRate: Int) throws -> [Float] {
        guard sampleRate == TimbreSpectrum.sampleRate else {
            throw AudioError(
                .internal, operation: "give", subject: "speech of \(sampleRate) Hz the timbre of a person",
                cause: "the timbre was learnt at \(TimbreSpectrum.sampleRate) Hz")
        }
        return filter.applied(to: samples)
    }

    /// The person's melody in place of the voice's own: same contour, the person's median and spread.
    /// - Parameters:
    ///   - hertz: the voice's own curve, Hz; below `voicedAbove` it is unvoiced and stays.
    ///   - range: the voice's own.
    public func melody(_ hertz: [Float], range: PitchRange, voicedAbove: Float = 25) -> [Float] {
        let ratio = Self.spreadRatio(of: pitch, to: range.deviationLog)
        return hertz.map { value in
            guard value > voicedAbove else { return value }
            return Float(exp((log(Double(value)) - range.medianLog) * ratio + pitch.medianLog))
        }
    }

    /// By how much a contour is widened so that it moves as the person's does, 0.7...1.4.
    public static func spreadRatio(of person: PitchRange, to deviationLog: Double) -> Double {
        min(max(person.deviationLog / max(1e-3, deviationLog), 0.7), 1.4)
    }
}

extension PitchRange {
    /// - Parameter logs: ln F0 of voiced frames, any order.
    /// - Returns: nil with fewer than 20.
    public init?(ofLogs logs: [Double]) {
        guard logs.count >= 20 else { return nil }
        let sorted = logs.sorted()
        // Octave errors of the tracker would widen a plain deviation: the middle 90 % tell it.
        let inner = sorted.filter {
            $0 >= quantile(0.05, ofSorted: sorted) && $0 <= quantile(0.95, ofSorted: sorted)
        }
        let mean = inner.reduce(0, +) / Double(inner.count)
        let variance = inner.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(inner.count)
        // A normal distribution cut off at 5 % on each side has 0.79 of its deviation.
        self.init(
            medianLog: quantile(0.5, ofSorted: sorted), deviationLog: variance.squareRoot() / 0.79,
            lowLog: quantile(0.01, ofSorted: sorted), highLog: quantile(0.99, ofSorted: sorted))
    }
}
