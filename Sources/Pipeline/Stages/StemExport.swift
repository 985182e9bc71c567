import AudioCore
import Files
import Foundation

/// Writes vocals and music as files to listen to, which add up to the programme exactly.
///
/// The separator's vocals are placed in each of the programme's channels by the gain that fits best there, second by
/// second: a voice that sits to the left stays there and does not haunt the music on the right. The music is what is
/// left. All three lie on the grid of 24-bit integers, so that vocals + music = programme (rounded to 24 bits) holds
/// for every sample.
public struct StemExport: Sendable {
    private let media: any MediaAccess

    /// Largest 24-bit integer + 1.
    private static let unit = 8_388_608.0
    private static let blockFrames = 65_536

    public init(media: any MediaAccess) { self.media = media }

    /// - Parameters:
    ///   - programme: `programme.wav` of the first stage.
    ///   - vocals: `vocals.wav` of the second: one channel, or as many as the programme.
    ///   - vocalsFile, musicFile: what is written; a lossless kind, or the sum holds only nearly.
    ///   - original: where title and the like are taken from.
    public func run(
        programme: URL, vocals: URL, original: URL?, vocalsFile: URL, musicFile: URL,
        progress: (Double) throws -> Void
    ) throws {
        let mixture = try WaveReader(programme)
        let speech = try WaveReader(vocals)
        guard speech.frameCount == mixture.frameCount, [1, mixture.channelCount].contains(speech.channelCount) else {
            throw AudioError(
                .internal, operation: "export", subject: vocals.lastPathComponent,
                cause: "it does not belong to \(programme.lastPathComponent)")
        }
        let gains = try PlacementGains(mixture: mixture, speech: speech) { try progress(0.4 * $0) }
        let sinks = try [vocalsFile, musicFile].map { file in
            try media.create(
                file, sampleRate: mixture.sampleRate, channelCount: mixture.channelCount, original: original,
                encoding: MediaEncoding(sampleFormat: .integer24), tags: [:])
        }
        for start in stride(from: 0, to: mixture.frameCount, by: Self.blockFrames) {
            let range = start..<min(start + Self.blockFrames, mixture.frameCount)
            let (voice, music) = try Self.parts(
                mixture.read(range), speech.read(range), gains: gains, firstFrame: range.lowerBound)
            try sinks[0].write(Waveform(sampleRate: mixture.sampleRate, channels: voice))
            try sinks[1].write(Waveform(sampleRate: mixture.sampleRate, channels: music))
            try progress(0.4 + 0.6 * Double(range.upperBound) / Double(mixture.frameCount))
        }
        for sink in sinks { try sink.finish() }
    }

    /// - Parameters:
    ///   - mixture: samples, [channels][frames].
    ///   - speech: the same, or one channel.
    /// - Returns: both parts, [channels][frames], on the 24-bit grid.
    private static func parts(
        _ mixture: [[Float]], _ speech: [[Float]], gains: PlacementGains, firstFrame: Int
    ) -> (voice: [[Float]], music: [[Float]]) {
        var voice: [[Float]] = []
        var music: [[Float]] = []
        for (channel, samples) in mixture.enumerated() {
            let source = speech.count == 1 ? speech[0] : speech[channel]
            let placed = gains.placed(source, channel: channel, firstFrame: firstFrame)
            var (first, second) = (samples, samples)
            for index in samples.indices {
                let whole = grid(Double(samples[index]))
                // Where the rest would not fit into 24 bits, the voice gives way.
                let rest = min(max(whole - grid(Double(placed[index])), -unit), unit - 1)
                let part = min(max(whole - rest, -unit), unit - 1)
                first[index] = Float(part / unit)
                second[index] = Float((whole - part) / unit)
            }
            voice.append(first)
            music.append(second)
        }
        return (voice, music)
    }

    private static func grid(_ sample: Double) -> Double {
        min(max((sample * unit).rounded(.toNearestOrEven), -unit), unit - 1)
    }
}
