import Foundation

/// The filter that gives the new voice the old one's long-term spectrum, within limits that keep it natural, ends it
/// where the original ends, and says how much of a high band it is owed.
public struct ToneMatch: Sendable {
    /// The same for everything.
    public let filter: LinearPhaseFilter
    /// Gain of each bin of the grid, amplitude, [bins].
    public let gains: [Float]
    /// Where the original's spectrum ends, in Hz; nil where it reaches past the new voice's own end.
    public let bandEdgeHertz: Double?
    /// Amplitudes of the high band's parts, each re the new voice's 8-11.5 kHz; 0 where the original has nothing.
    public let highBand: [HighBand.Part]

    /// Amplitude that brings the filtered new voice to the old one's long-term level.
    public let level: Float

    /// Limits in dB.
    static let boost = 4.0
    static let cut = 4.0
    static let deepCut = 20.0
    /// How much of the difference is taken below 4 kHz.
    static let voiceShare = 0.5
    /// What lies this far below the level between 1 and 4 kHz counts as nothing.
    static let nothing = -60.0

    /// - Parameters:
    ///   - old, new: long-term spectra of the old and the new voice, [bins], power.
    ///   - newBandHertz: where the new voice's own spectrum ends: nearly half the synthesizer's rate.
    ///   - lowEdgeHertz: below it the new voice is silent, because the old one stays.
    ///   - matches: false: no tone matching, only the ends of the spectrum.
    ///   - extendsHighBand: false: no high band.
    public init(
        old: [Double], new: [Double], newBandHertz: Double, lowEdgeHertz: Double, matches: Bool,
        extendsHighBand: Bool = true,
        grid: SpectralGrid
    ) {
        let old = ToneMatch.thirdOctaves(old)
        let new = ToneMatch.thirdOctaves(new)
        let edge = ToneMatch.bandEdge(old, grid)
        bandEdgeHertz = edge < newBandHertz ? edge : nil
        let difference = matches ? ToneMatch.difference(old, new, grid) : [Double](repeating: 0, count: grid.binCount)
        let end = min(edge, newBandHertz)
        let change = grid.change(above: lowEdgeHertz)
        gains = (0..<grid.binCount).map { bin in
            let hertz = Double(bin) * grid.hertzPerBin
            let shaped = ToneMatch.limited(difference[bin], hertz: hertz)
            // Past the end a third of an octave takes the voice out.
            let beyond = max(0, log2(hertz / end) * 3)
            return Float(pow(10, (shaped - 60 * min(1, beyond)) / 20)) * change[bin]
        }
        filter = LinearPhaseFilter(gains: gains, tapCount: grid.frameSize / 2 + 1)
        let reference = ToneMatch.mean(old, grid.bins(1000, 4000))
        let gains = gains
        let base = grid.bins(HighBand.reference.lowerBound, HighBand.reference.upperBound)
        let shaped = base.reduce(0.0) { $0 + new[$1] * Double(gains[$1] * gains[$1]) }
        let speech = grid.bins(100, 7500)
        let filtered = speech.reduce(0.0) { $0 + new[$1] * Double(gains[$1] * gains[$1]) }
        level = filtered > 0 ? Float((speech.reduce(0.0) { $0 + old[$1] } / filtered).squareRoot()) : 0
        highBand = HighBand.parts(grid, above: newBandHertz).map { part in
            let bins = grid.bins(part.lowHertz, part.highHertz)
            guard extendsHighBand, edge > part.lowHertz, !bins.isEmpty, shaped > 0 else { return part }
            guard ToneMatch.mean(old, bins) > reference * pow(10, ToneMatch.nothing / 10) else { return part }
            var part = part
            part.amplitude = Float((bins.reduce(0.0) { $0 + old[$1] } / shaped).squareRoot())
            return part
        }
    }

    private static func mean(_ spectrum: [Double], _ bins: Range<Int>) -> Double {
        bins.isEmpty ? 0 : bins.reduce(0.0) { $0 + spectrum[$1] } / Double(bins.count)
    }

    /// The mean over a third of an octave around each bin.
    static func thirdOctaves(_ spectrum: [Double]) -> [Double] {
        var sums = [0.0]
        for value in spectrum { sums.append(sums[sums.count - 1] + value) }
        return spectrum.indices.map { bin in
            let half = max(1, Int(Double(bin) * (pow(2, 1.0 / 6) - 1)))
            let low = max(0, bin - half)
            let high = min(spectrum.count, bin + half + 1)
            return (sums[high] - sums[low]) / Double(high - low)
        }
    }

    /// The frequency above which the old voice never again comes within 60 dB of its level at 1-4 kHz; half the rate
    /// where there is none.
    private static func bandEdge(_ old: [Double], _ grid: SpectralGrid) -> Double {
        let limit = mean(old, grid.bins(1000, 4000)) * pow(10, nothing / 10)
        var bin = grid.binCount - 1
        while bin > grid.bin(hertz: 3000), old[bin] < limit { bin -= 1 }
        return Double(bin) * grid.hertzPerBin
    }

    /// Old less new in dB, without its mean (weighted by 1 / f between 100 and 7500 Hz): level is matched apart.
    private static func difference(_ old: [Double], _ new: [Double], _ grid: SpectralGrid) -> [Double] {
        let difference = old.indices.map { 10 * log10((old[$0] + 1e-14) / (new[$0] + 1e-14)) }
        var sum = 0.0
        var weights = 0.0
        for bin in grid.bins(100, 7500) {
            sum += difference[bin] / Double(bin)
            weights += 1 / Double(bin)
        }
        let mean = weights > 0 ? sum / weights : 0
        let lowest = grid.bin(hertz: 100)
        return difference.indices.map { difference[max($0, lowest)] - mean }
    }

    /// Below 4 kHz the difference is the voices' own as much as the microphones', and a full match makes the new voice
    /// sound like the old one: half of it is taken, within small limits. Above, it is matched wholly, and cuts may be
    /// deep, because synthetic voices are 10 to 20 dB brighter there than recorded ones.
    private static func limited(_ decibels: Double, hertz: Double) -> Double {
        let share = min(1, max(0, log2(max(1, hertz) / 4000) * 2))
        let taken = decibels * (voiceShare + (1 - voiceShare) * share)
        return min(boost, max(-(cut + (deepCut - cut) * share), taken))
    }
}
