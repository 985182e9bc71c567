import AudioCore
import Files
import Foundation

/// A spectrogram small enough for a page: mel bands upwards, time to the right, colours on one scale for all turns.
struct SpectrogramPicture {
    static let height = 96
    static let mostColumns = 600
    private static let columnsPerSecond = 100.0
    private static let levels = 40
    /// The darkest colour stands for everything so far below the brightest, dB.
    static let rangeDB: Float = 68
    /// The brightest colour lies so far above the programme's loudness.
    private static let headroomDB: Float = 6
    /// Loudness that is assumed for a programme too short or too quiet to have one: broadcasting's (EBU R128).
    private static let usualLUFS = -23.0

    /// Level of the brightest colour, dB re a full-scale sine.
    let topDB: Float

    /// - Parameter loudness: of the whole programme, LUFS.
    init(programmeLoudness loudness: Double?) {
        topDB = Float(loudness ?? Self.usualLUFS) + Self.headroomDB
    }

    /// - Parameter frames: at least one; what lies around them is read too, so that the picture has no false edges.
    func image(_ reader: WaveReader, _ frames: Range<Int>) throws -> PaletteImage {
        let wanted = Double(frames.count) / Double(reader.sampleRate) * Self.columnsPerSecond
        let columns = min(Self.mostColumns, max(60, Int(wanted)))
        return picture(of: try energies(reader, frames, columns: columns))
    }

    /// A picture of a whole sound of any length, of which a minute is in memory at a time.
    /// - Returns: nil for a sound without samples.
    func overview(_ reader: WaveReader, columns: Int, progress: () throws -> Void) throws -> PaletteImage? {
        let columns = min(columns, reader.frameCount)
        guard columns > 0 else { return nil }
        let frames = (0...columns).map { $0 * reader.frameCount / columns }
        let step = max(1, 60 * reader.sampleRate * columns / reader.frameCount)
        var energies: [Float] = []
        for first in stride(from: 0, to: columns, by: step) {
            try progress()
            let last = min(columns, first + step)
            energies += try self.energies(reader, frames[first]..<frames[last], columns: last - first)
        }
        return picture(of: energies)
    }

    /// - Parameter energies: mean power re a full-scale sine, [columns * height], column by column.
    private func picture(of energies: [Float]) -> PaletteImage {
        let columns = energies.count / Self.height
        var pixels = [UInt8](repeating: 0, count: Self.height * columns)
        for column in 0..<columns {
            for band in 0..<Self.height {
                let energy = energies[column * Self.height + band]
                // A sample that is no number spoils its window, not the picture.
                let decibels = 10 * log10((energy.isFinite ? energy : 0) + 1e-14)
                let share = 1 + (decibels - topDB) / Self.rangeDB
                let level = Int((share * Float(Self.levels - 1)).rounded())
                pixels[(Self.height - 1 - band) * columns + column] = UInt8(min(Self.levels - 1, max(0, level)))
            }
        }
        return PaletteImage(width: columns, height: Self.height, palette: Self.palette, pixels: pixels)
    }

    /// - Returns: mean power re a full-scale sine, [columns * height], column by column.
    private func energies(_ reader: WaveReader, _ frames: Range<Int>, columns: Int) throws -> [Float] {
        let sampleRate = reader.sampleRate
        var window = 64
        while Double(window) < 0.04 * Double(sampleRate) { window *= 2 }
        let hop = max(1, min(window / 2, frames.count / columns))
        let margin = (window / 2 + hop - 1) / hop * hop
        let samples = try reader.readMid(frames.lowerBound - margin..<frames.upperBound + margin)
        let stft = STFT(windowSamples: window, hopSamples: hop)
        let bank = MelFilterBank(
            bandCount: Self.height, transformSize: window, sampleRate: sampleRate, low: 40,
            high: min(12000, Double(sampleRate) / 2), norm: .none)
        var sums = [Float](repeating: 0, count: columns * Self.height)
        var counts = [Float](repeating: 0, count: columns)
        var power = [Float](repeating: 0, count: stft.binCount)
        var bands = [Float](repeating: 0, count: Self.height)
        var centre = -margin
        // A sine of amplitude 1 has (window / 4)^2 at its bin under a Hann window.
        let scale = 16 / Float(window * window)
        let take: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) -> Void = { real, imaginary in
            defer { centre += hop }
            guard (0..<frames.count).contains(centre) else { return }
            for bin in power.indices { power[bin] = scale * (real[bin] * real[bin] + imaginary[bin] * imaginary[bin]) }
            bank.apply(power, to: &bands)
            let column = centre * columns / frames.count
            for band in bands.indices { sums[column * Self.height + band] += bands[band] }
            counts[column] += 1
        }
        let analyzer = STFTAnalyzer(stft)
        analyzer.push(samples, emit: take)
        analyzer.finish(emit: take)
        for column in 0..<columns where counts[column] > 1 {
            for band in 0..<Self.height { sums[column * Self.height + band] /= counts[column] }
        }
        return sums
    }

    /// From night blue over violet and ember to a warm white; lightness rises evenly.
    private static let palette: [PaletteImage.Colour] = {
        let anchors: [(Double, Double, Double)] = [
            (13, 17, 34), (34, 32, 82), (84, 42, 118), (146, 52, 116), (206, 80, 88), (240, 136, 72), (250, 200, 116),
            (255, 246, 214),
        ]
        return (0..<levels).map { level in
            let position = Double(level) / Double(levels - 1) * Double(anchors.count - 1)
            let lower = min(anchors.count - 2, Int(position))
            let share = position - Double(lower)
            func mix(_ a: Double, _ b: Double) -> UInt8 { UInt8((a + share * (b - a)).rounded()) }
            let (a, b) = (anchors[lower], anchors[lower + 1])
            return PaletteImage.Colour(red: mix(a.0, b.0), green: mix(a.1, b.1), blue: mix(a.2, b.2))
        }
    }()
}
