import Foundation

/// The middles of syllables, found by loudness alone: voiced peaks with a dip before each (after de Jong & Wempe 2009,
/// "Praat script to detect syllable nuclei and measure speech rate automatically"), on what lies between 300 and 3000 Hz,
/// where vowels are loud and hiss and hum are not.
public struct SyllableNuclei: Sendable, Equatable {
    /// Seconds, ascending.
    public let times: [Double]

    static let band = 300.0...3000.0
    /// Peaks lower than this below the 99th percentile are no syllables, dB.
    static let rangeDecibels = 25.0
    /// How deep it dips between two syllables, dB.
    static let dipDecibels = 2.0

    /// - Parameters:
    ///   - samples: mono, of one speaker.
    ///   - contour: of these samples.
    public init(_ samples: [Float], sampleRate: Int, contour: PitchContour) {
        let band = BandFilter.filter(samples, sampleRate: sampleRate, band: Self.band)
        let levels = LevelContour(band, sampleRate: sampleRate, frameSeconds: contour.frameSeconds).decibels
        self.init(levels: Self.smoothed(levels), contour: contour)
    }

    init(levels: [Double], contour: PitchContour) {
        guard levels.count > 2 else {
            times = []
            return
        }
        let floor = quantile(0.99, of: levels) - Self.rangeDecibels
        var nuclei: [Int] = []
        /// The lowest level since the last nucleus.
        var dip = -Double.infinity
        for frame in 1..<levels.count - 1 {
            dip = min(dip, levels[frame])
            guard levels[frame] > levels[frame - 1], levels[frame] >= levels[frame + 1], levels[frame] > floor,
                frame < contour.hertz.count, contour.hertz[frame] > 0
            else { continue }
            if let last = nuclei.last, min(levels[last], levels[frame]) - dip < Self.dipDecibels {
                // The same hill: its higher summit counts.
                guard levels[frame] > levels[last] else { continue }
                nuclei[nuclei.count - 1] = frame
            } else {
                nuclei.append(frame)
            }
            dip = levels[frame]
        }
        times = nuclei.map { Double($0) * contour.frameSeconds }
    }

    /// Weights 1 2 1: ripples of single frames are no syllables.
    private static func smoothed(_ levels: [Double]) -> [Double] {
        levels.indices.map { index in
            let (a, b) = (levels[max(0, index - 1)], levels[min(levels.count - 1, index + 1)])
            return 0.25 * (a + b) + 0.5 * levels[index]
        }
    }
}
