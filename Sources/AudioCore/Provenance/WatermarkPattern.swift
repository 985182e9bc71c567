import Foundation

/// The pattern that marks new speech: in each cell of 16 ms and 250 Hz, from 1 to 7.5 kHz, the speech is made a little
/// louder or softer.
///
/// The signs are those of a generator with a fixed seed, so that for any sound whatever they are as good as independent
/// of it: that is what makes a false alarm improbable to a known degree (`WatermarkTrellis`). The seed is in the open: the
/// mark tells honest people what is synthetic, it does not withstand somebody who sets out to remove it.
struct WatermarkPattern: Sendable {
    static let cellSeconds = 0.016
    static let bandCount = 26
    static let lowestHertz = 1000.0
    static let bandHertz = 250.0
    /// Cells in time until the pattern comes again, 16.3 s: prime, so that no rhythm falls in with it.
    static let columnCount = 1021
    static let periodSeconds = cellSeconds * Double(columnCount)

    private static let seed: UInt64 = 0x4879_7065_7241_7564

    /// 1 or -1, [bandCount, columnCount].
    let signs: [Float]
    /// What a sign does to the level of its cell, dB, [bandCount]: less where harmonics are heard one by one.
    let strengths: [Double]
    /// What the cells of a band count, [bandCount], 1 on average.
    let weights: [Float]

    static let shared = WatermarkPattern()

    private init() {
        var generator = SplitMix64(state: Self.seed)
        var signs: [Float] = []
        while signs.count < Self.bandCount * Self.columnCount {
            let word = generator.next()
            for bit in 0..<64 { signs.append(word >> UInt64(bit) & 1 == 0 ? 1 : -1) }
        }
        self.signs = Array(signs.prefix(Self.bandCount * Self.columnCount))
        let strengths = (0..<Self.bandCount).map { band in
            let centre = Self.lowestHertz + (Double(band) + 0.5) * Self.bandHertz
            return 1 + min(1, max(0, log(centre / 1000) / log(3)))
        }
        let mean = strengths.reduce(0, +) / Double(Self.bandCount)
        self.strengths = strengths
        weights = strengths.map { Float($0 / mean) }
    }

    /// The column at a time of the programme.
    static func column(atSeconds seconds: Double) -> Int {
        let column = Int((seconds / cellSeconds).rounded(.down)) % columnCount
        return column < 0 ? column + columnCount : column
    }
}
