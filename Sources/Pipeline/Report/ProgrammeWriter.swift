import AudioCore
import Files
import Foundation

/// The encoded programme.
struct WrittenProgramme: Codable, Sendable {
    /// Relative to the stage's folder.
    var file: String
    var isLossless: Bool
    var sha256: String
    var loudnessLUFS: Double?
    var truePeakDBTP: Double?
    var frames: Int
    var sampleRate: Int
    var channelCount: Int
}

/// Encodes a finished programme, with the original's title, chapters and cover.
struct ProgrammeWriter {
    let media: any MediaAccess

    /// - Parameter samples: WAV, float32.
    func write(
        _ samples: URL, original: URL, to file: URL, tags: [String: String], progress: (Double) throws -> Void
    ) throws -> WrittenProgramme {
        let reader = try WaveReader(samples)
        let sink = try media.create(
            file, sampleRate: reader.sampleRate, channelCount: reader.channelCount, original: original, tags: tags)
        var loudness = Loudness(sampleRate: reader.sampleRate, channelCount: reader.channelCount)
        var peak = TruePeak(sampleRate: reader.sampleRate, channelCount: reader.channelCount)
        for start in stride(from: 0, to: reader.frameCount, by: 65536) {
            let block = try reader.read(start..<min(reader.frameCount, start + 65536))
            loudness.add(block)
            peak.add(block)
            try sink.write(Waveform(sampleRate: reader.sampleRate, channels: block))
            try progress(Double(start) / Double(reader.frameCount))
        }
        try sink.finish()
        let isLossless = ["wav", "aiff", "flac"].contains(file.pathExtension)
        return WrittenProgramme(
            file: file.lastPathComponent, isLossless: isLossless, sha256: try Digest.ofFile(file),
            loudnessLUFS: loudness.integrated, truePeakDBTP: peak.decibels.isFinite ? peak.decibels : nil,
            frames: reader.frameCount, sampleRate: reader.sampleRate, channelCount: reader.channelCount)
    }
}
