import AudioCore
import Foundation

/// Which of several voices is nearest to a target, or furthest from it.
///
/// The score is z(cosine of the prints) - z(|ln F0 difference|) - z(difference of the colours), each standardised over the
/// pool: of the rules tried on six readers and 54 voices the best of those that need no judge (docs/measurements.md).
public struct VoiceRanking: Sendable, Codable, Equatable {
    public struct Entry: Sendable, Codable, Equatable {
        public var name: String
        /// Higher is nearer; 0 is the pool's mean.
        public var score: Double
        /// Cosine of the voice prints, -1...1.
        public var likeness: Double
        /// From the target's pitch to the voice's.
        public var semitones: Double
        /// Root mean square difference of the colours, dB.
        public var colourDecibels: Double
    }

    public enum Wish: String, Sendable, Codable, CaseIterable {
        case likeness, contrast
    }

    /// The best one first.
    public let entries: [Entry]

    /// - Parameters:
    ///   - pool: voices to choose among; the target, where it is one of them, is left out.
    ///   - encoder: whose prints are compared: the diarizer's, never a judge's.
    ///   - wish: contrast: the least alike first.
    public init(_ pool: [VoiceMeasure], target: VoiceMeasure, encoder: String, wish: Wish = .likeness) {
        let pool = pool.filter { target.digest.isEmpty || $0.digest != target.digest }
        let likeness = pool.map { voice in
            zip(voice.prints[encoder] ?? [], target.prints[encoder] ?? []).reduce(0) {
                $0 + Double($1.0) * Double($1.1)
            }
        }
        let semitones = pool.map { target.semitones(to: $0) }
        let colours = pool.map { VoiceColour.distance($0.longTermSpectrum, target.longTermSpectrum) }
        let terms = (Self.standardised(likeness), Self.standardised(semitones.map(abs)), Self.standardised(colours))
        let entries = pool.indices.map { index in
            Entry(
                name: pool[index].name, score: terms.0[index] - terms.1[index] - terms.2[index],
                likeness: likeness[index], semitones: semitones[index],
                colourDecibels: colours[index] * 10 / log(10))
        }
        let sign = wish == .likeness ? 1.0 : -1
        self.entries = entries.sorted { (sign * $0.score, $1.name) > (sign * $1.score, $0.name) }
    }

    /// Less the mean, over the standard deviation; all 0 where nothing differs.
    private static func standardised(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
        guard variance > 1e-18 else { return values.map { _ in 0 } }
        return values.map { ($0 - mean) / variance.squareRoot() }
    }
}
