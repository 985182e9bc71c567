import Foundation

/// Finds, for a stretch of the programme, what has to be taken away so that the bed remains: the old voice and what
/// would be left of it.
public struct SpanCleaner: Sendable {
    public let grid: SpectralGrid
    /// False: only the old voice is taken out.
    public var cleansBed: Bool
    /// Spans at least this long get a fit of their own.
    public var leastFitSeconds = 3.0

    public init(grid: SpectralGrid, cleansBed: Bool = true) {
        self.grid = grid
        self.cleansBed = cleansBed
    }

    /// Samples before and after a stretch that should be given, too, so that its rims are as good as its middle.
    public var margin: Int { 24 * grid.hop }

    /// - Parameters:
    ///   - programme: samples of the stretch with its margins, [channels][n].
    ///   - vocals: the separated voice there, [n].
    ///   - core: the stretch itself within the n samples.
    ///   - seed: of the noise that fills; the same seed gives the same noise.
    /// - Returns: samples to subtract, [channels][n].
    public func removed(
        programme: [[Float]], vocals: [Float], core: Range<Int>, conditions: BedConditions, seed: UInt64
    ) -> [[Float]] {
        let transform = grid.transform
        let mixture = programme.map { transform.transform($0) }
        let voice = transform.transform(vocals)
        var remover = OldVoiceRemover(grid, lowEdgeHertz: conditions.lowEdgeHertz)
        remover.delaySamples = conditions.placement.delaySamples
        var gains = conditions.gains
        if Double(core.count) >= leastFitSeconds * Double(grid.sampleRate) {
            let inCore = (0..<voice.frames).map { core.contains($0 * grid.hop) }
            gains = remover.fit(programme: mixture, vocals: voice, frames: inCore)
        }
        var bed = mixture.indices.map {
            remover.residual(mixture[$0], vocals: voice, gains: gains, channel: $0)
        }
        if cleansBed {
            let noise = mixture.indices.map { channel in
                var source = NoiseSource(seed: seed &* 31 &+ UInt64(channel))
                return transform.transform(source.samples(vocals.count))
            }
            BedCleaner(grid, lowEdgeHertz: conditions.lowEdgeHertz).clean(
                &bed, vocals: voice, noise: noise, conditions: conditions)
        }
        return mixture.indices.map { channel in
            var difference = mixture[channel]
            for index in difference.real.indices {
                difference.real[index] -= bed[channel].real[index]
                difference.imaginary[index] -= bed[channel].imaginary[index]
            }
            return transform.inverse(difference, count: vocals.count)
        }
    }
}
