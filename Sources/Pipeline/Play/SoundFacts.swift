import AudioCore
import Files
import Foundation

/// What is in a sound file, measured piece by piece.
public struct SoundFacts: Codable, Sendable, Equatable {
    public var file: String
    public var sampleRate: Int
    public var channels: Int
    public var frames: Int
    public var seconds: Double
    /// Largest sample, dB re full scale; nil for silence.
    public var peakDBFS: Double?
    /// Root mean square of all samples, dB re full scale; nil for silence.
    public var levelDBFS: Double?
    /// Gated loudness (ITU-R BS.1770-4); nil where the sound is shorter or quieter than the gate.
    public var loudnessLUFS: Double?
    /// Samples that are no numbers.
    public var invalidSamples: Int

    private static let blockFrames = 65_536

    /// - Parameter file: WAV, float32.
    init(_ file: URL, progress: () throws -> Void) throws {
        let reader = try WaveReader(file)
        var loudness = Loudness(sampleRate: reader.sampleRate, channelCount: reader.channelCount)
        var (peak, power, invalid) = (Float(0), 0.0, 0)
        for start in stride(from: 0, to: reader.frameCount, by: Self.blockFrames) {
            try progress()
            var block = try reader.read(start..<min(start + Self.blockFrames, reader.frameCount))
            for channel in block.indices {
                for index in block[channel].indices {
                    let sample = block[channel][index]
                    guard sample.isFinite else {
                        invalid += 1
                        block[channel][index] = 0
                        continue
                    }
                    peak = max(peak, abs(sample))
                    power += Double(sample * sample)
                }
            }
            loudness.add(block)
        }
        self.file = file.lastPathComponent
        sampleRate = reader.sampleRate
        channels = reader.channelCount
        frames = reader.frameCount
        seconds = reader.seconds
        peakDBFS = peak > 0 ? 20 * log10(Double(peak)) : nil
        levelDBFS = power > 0 ? 10 * log10(power / Double(reader.frameCount * reader.channelCount)) : nil
        loudnessLUFS = loudness.integrated
        invalidSamples = invalid
    }

    /// One row for a table.
    var row: [String] {
        func decibels(_ value: Double?) -> String { value.map { StageFigure.text($0, "", digits: 1) } ?? "-" }
        return [
            file, "\(channels) x \(frames)", "\(sampleRate)", StageFigure.text(seconds, "", digits: 2),
            decibels(peakDBFS),
            decibels(levelDBFS), decibels(loudnessLUFS), "\(invalidSamples)",
        ]
    }

    static let header = ["sound", "shape", "Hz", "seconds", "peak dBFS", "RMS dBFS", "LUFS", "no numbers"]
}
