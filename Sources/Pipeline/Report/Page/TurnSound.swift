import AudioCore
import Files
import Foundation

/// A turn's sound as it can be carried in a page: before, after, and what lies under the speech.
struct TurnSound {
    enum Version: String, CaseIterable, Codable {
        case original
        case new
        case bed
    }

    let material: ReportMaterial
    /// The usual is enough for speech in a browser.
    var bitsPerSecondAndChannel = 48_000

    /// - Parameter folder: takes the file while it is being made.
    /// - Returns: an MP3 file, because every browser plays it.
    func encoded(_ version: Version, _ window: TimeSpan, in folder: URL) throws -> Data {
        let frames = material.frames(window)
        var channels =
            switch version {
            case .original: try material.measured.input.read(frames)
            case .new: try material.measured.output.read(frames)
            case .bed: try material.bed(frames)
            }
        let rate = material.measured.input.sampleRate
        if channels.count > 2 { channels = [Waveform(sampleRate: rate, channels: channels).mid] }
        // Sides that are alike need not be stored twice.
        if channels.count == 2, channels[0] == channels[1] { channels.removeLast() }
        let file = folder.appendingPathComponent("\(version.rawValue).mp3")
        let sink = try material.media.create(
            file, sampleRate: rate, channelCount: channels.count, original: nil,
            encoding: MediaEncoding(bitRate: bitsPerSecondAndChannel * channels.count), tags: [:])
        try sink.write(Waveform(sampleRate: rate, channels: channels))
        try sink.finish()
        defer { try? FileManager.default.removeItem(at: file) }
        do { return try Data(contentsOf: file) } catch {
            throw FileError(.inputOutput, file, "read", FileError.reason(error))
        }
    }
}
