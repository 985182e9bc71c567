import AudioCore
import Foundation

/// Which stock voice lies nearest to a person: alike to the embedder, at the same pitch, of the same long-term spectrum.
///
/// Each of the three is counted in deviations over the voices there are. The embedder alone takes women for men, pitch
/// alone knows nothing of timbre.
struct StockVoiceChoice {
    /// The nearest first.
    let ranked: [StockVoiceDescription]

    /// - Parameters:
    ///   - encoder: the one that chooses.
    ///   - print: the person's, unit vector.
    ///   - medianLogPitch: of ln F0.
    ///   - shape: `TimbreSpectrum.meanShape`.
    init(
        _ voices: [StockVoiceDescription], encoder: String, print: [Float], medianLogPitch: Double, shape: [Float]
    ) {
        let likeness = Self.standardised(
            voices.map { voice in zip(voice.prints[encoder] ?? [], print).reduce(0) { $0 + Double($1.0 * $1.1) } })
        let pitch = Self.standardised(voices.map { abs($0.medianLogPitch - medianLogPitch) })
        let colour = Self.standardised(
            voices.map { voice in
                zip(voice.shape, shape).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
            })
        ranked = voices.indices.sorted {
            let (a, b) = (likeness[$0] - pitch[$0] - colour[$0], likeness[$1] - pitch[$1] - colour[$1])
            return a != b ? a > b : voices[$0].name < voices[$1].name
        }.map { voices[$0] }
    }

    private static func standardised(_ values: [Double]) -> [Double] {
        guard !values.isEmpty else { return [] }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return values.map { ($0 - mean) / max(1e-9, variance.squareRoot()) }
    }
}
