import Foundation

/// Gives a voice's speech the melody of a recording.
///
/// Where the new voice is voiced is its own affair (its predicted curve knows which phones are); how high it is there
/// follows the recording, interpolated over what is unvoiced in it, shifted to the voice's own median and kept within
/// the voice's range.
public struct PitchTransfer: Sendable {
    /// Where the melody lies.
    public enum Register: String, Sendable, Codable, CaseIterable {
        /// At the new voice's own median: only the contour is the recording's.
        case own
        /// As high as the recording.
        case source
    }

    /// Frames of a pitch curve a second.
    public static let framesPerSecond = 80.0
    /// Predicted pitch below this is unvoiced.
    private static let voicedHertz: Float = 25

    /// ln F0 of the recording without gaps, in the voice's register, [frames]; frame i lies at i / 80 s.
    private let melody: [Float]

    /// - Parameters:
    ///   - pitchHertz: F0 of the recording, 80 a second, 0 where unvoiced, [frames]; frame i lies at i / 80 s.
    ///   - speakerMedianLog: median of ln F0 of everything the speaker says.
    ///   - range: the voice's own.
    ///   - spreadRatio: what the contour's moves are multiplied by in the voice's own register.
    /// - Returns: nil where less than 5 frames are voiced: there is no melody to follow.
    public init?(
        pitchHertz: [Float], speakerMedianLog: Double, range: PitchRange, register: Register, spreadRatio: Double = 1
    ) {
        let voiced = pitchHertz.indices.filter { pitchHertz[$0] > 0 }
        guard voiced.count >= 5 else { return nil }
        let repaired = Self.repairOctaves(voiced.map { log(pitchHertz[$0]) })
        var line = Self.interpolate(repaired, at: voiced, count: pitchHertz.count)
        switch register {
        case .own:
            let shift = Float(range.medianLog - speakerMedianLog)
            // 10 % below what the voice does by itself, 15 % above.
            let (low, high) = (Float(range.lowLog - 0.1), Float(range.highLog + 0.15))
            if spreadRatio != 1 {
                let median = Float(speakerMedianLog)
                for index in line.indices { line[index] = median + Float(spreadRatio) * (line[index] - median) }
            }
            for index in line.indices { line[index] = Self.softClip(line[index] + shift, low, high) }
        case .source:
            break
        }
        melody = line
    }

    /// - Parameters:
    ///   - predicted: the voice's own curve, Hz, 80 a second, [frames].
    ///   - offset: where the curve's first frame lies in the recording, in frames; negative: before it.
    /// - Returns: Hz, [frames].
    public func applied(to predicted: [Float], offset: Int) -> [Float] {
        predicted.indices.map { index in
            guard predicted[index] > Self.voicedHertz else { return predicted[index] }
            return exp(melody[min(max(index + offset, 0), melody.count - 1)])
        }
    }

    /// The melody at a moment of the recording, Hz; linear in the logarithm.
    public func hertz(at seconds: Double) -> Double {
        let position = min(max(seconds * Self.framesPerSecond, 0), Double(melody.count - 1))
        let index = min(Int(position), max(0, melody.count - 2))
        let next = melody[min(index + 1, melody.count - 1)]
        return exp(Double(melody[index]) + (position - Double(index)) * Double(next - melody[index]))
    }

    /// Jumps of about an octave against the running median of 41 voiced frames are folded back; what is still more than
    /// 0.45 (in ln) off takes the median.
    private static func repairOctaves(_ values: [Float]) -> [Float] {
        let octave = Float(log(2.0))
        let half = 20
        return values.indices.map { index in
            let window = (index - half...index + half).map { values[min(max($0, 0), values.count - 1)] }
            let median = window.sorted()[half]
            var value = values[index]
            if value - median > 0.5 { value -= octave }
            if value - median < -0.5 { value += octave }
            return abs(value - median) > 0.45 ? median : value
        }
    }

    /// Straight lines between known places, level beyond the first and last.
    private static func interpolate(_ values: [Float], at places: [Int], count: Int) -> [Float] {
        var result = [Float](repeating: 0, count: count)
        var next = 0
        for index in 0..<count {
            while next < places.count, places[next] < index { next += 1 }
            if next == 0 {
                result[index] = values[0]
            } else if next == places.count {
                result[index] = values[next - 1]
            } else {
                let (left, right) = (places[next - 1], places[next])
                let fraction = Float(index - left) / Float(right - left)
                result[index] = values[next - 1] * (1 - fraction) + values[next] * fraction
            }
        }
        return result
    }

    private static func softClip(_ value: Float, _ low: Float, _ high: Float) -> Float {
        if value < low { return low + 0.1 * tanh((value - low) / 0.1) }
        if value > high { return high + 0.1 * tanh((value - high) / 0.1) }
        return value
    }
}
