import Foundation

/// What is behind a voice, as far as it decides how the bed is cleaned.
public struct BedJudgement: Sendable, Equatable {
    /// Music, or anything else that moves and must be kept; else a steady background.
    public var isMusic: Bool
    /// Standard deviation in dB of the ERB bands' levels over blocks of 86 ms without voice; nil where there were too
    /// few of them.
    public var spreadDecibels: Double?
    /// Level in dBFS that the bed exceeds in 90 % of the frames, above 100 Hz.
    public var levelDecibels: Double

    /// Steady noise in a block of eight overlapping frames spreads by about 2 to 4 dB, word ends and room by up to 6,
    /// music by 9 and more; what is quieter than -50 dBFS is no music that anybody meant to be heard.
    /// - Parameters:
    ///   - residuals: a spectrogram a channel, the old voice taken out.
    ///   - pauses: frames without voice, [frameCount].
    ///   - frames: frames inside spans, [frameCount].
    public init(residuals: [Spectrogram], pauses: [Bool], frames: [Bool], grid: SpectralGrid) {
        let bands = BandLevels(residuals, grid)
        spreadDecibels = bands.spread(of: pauses)
        let chosen = frames.indices.filter { frames[$0] }
        let level = chosen.isEmpty ? 0 : quantile(0.1, of: chosen.map { bands.frameLevel[$0] })
        levelDecibels = 10 * log10(Double(level) + 1e-12)
        isMusic = levelDecibels > -50 && (spreadDecibels ?? .infinity) > 7
    }
}

/// Powers by ERB band, mean of the channels.
struct BandLevels {
    let bandCount: Int
    /// Mean power of the bins of a band, [frames * bandCount].
    let power: [Float]
    /// Mean square of the samples a frame stands for, above 100 Hz, [frames].
    let frameLevel: [Float]

    init(_ channels: [Spectrogram], _ grid: SpectralGrid) {
        let frames = channels.first?.frames ?? 0
        var power = [Float](repeating: 0, count: frames * grid.bandCount)
        var frameLevel = [Float](repeating: 0, count: frames)
        var binsOfBand = [Float](repeating: 0, count: grid.bandCount)
        for band in grid.bandOfBin { binsOfBand[band] += 1 }
        let first = grid.bin(hertz: 100)
        // Parseval for a Hann frame: sum |X|^2 over half the bins = mean square * size^2 * 3 / 16.
        let size = Float(grid.frameSize)
        let scale = 16 / (3 * size * size * Float(max(1, channels.count)))
        for channel in channels {
            for frame in 0..<frames {
                let row = frame * grid.binCount
                for bin in 0..<grid.binCount {
                    let real = channel.real[row + bin]
                    let imaginary = channel.imaginary[row + bin]
                    let value = real * real + imaginary * imaginary
                    power[frame * grid.bandCount + grid.bandOfBin[bin]] += value
                    if bin >= first { frameLevel[frame] += value * scale }
                }
            }
        }
        for index in power.indices {
            power[index] /= max(1, binsOfBand[index % grid.bandCount]) * Float(max(1, channels.count))
        }
        bandCount = grid.bandCount
        self.power = power
        self.frameLevel = frameLevel
    }

    /// Standard deviation over blocks of 8 neighbouring chosen frames, mean over the bands, in dB.
    func spread(of chosen: [Bool]) -> Double? {
        var blocks: [Int] = []
        var frame = 0
        while frame + 8 <= chosen.count {
            if chosen[frame..<frame + 8].allSatisfy({ $0 }) {
                blocks.append(frame)
                frame += 8
            } else {
                frame += 1
            }
        }
        guard blocks.count >= 6 else { return nil }
        var total = 0.0
        for band in 0..<bandCount {
            let levels = blocks.map { block in
                let sum = (block..<block + 8).reduce(Float(0)) { $0 + power[$1 * bandCount + band] }
                return 10 * log10(Double(sum) / 8 + 1e-12)
            }
            let mean = levels.reduce(0, +) / Double(levels.count)
            total += (levels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(levels.count)).squareRoot()
        }
        return total / Double(bandCount)
    }
}
