import AudioCore
import Files
import Foundation

/// There is nothing to choose yet; the separator's own settings belong to its model.
public struct VoiceSeparatorOptions: Codable, Sendable, Equatable {
    public init() {}
}

/// The speech of a programme. What is left is the bed: programme - vocals.
public struct VoiceSeparatorProduct: Codable, Sendable, Equatable {
    /// 1: the speech in the mean of the channels; else one channel for each of the programme's.
    public var channelCount: Int
    public var seconds: Double
    /// Power of the speech re the rest, over the tenths of a second in which there is speech, dB; nil where there is no
    /// speech or nothing else.
    public var speechToBedDecibels: Double?
    /// Float32 WAV at the programme's rate, as long as the programme, relative to the stage's folder.
    public var vocals: String
    /// The same at 16 kHz, as long as the analysis copy.
    public var vocals16k: String
}

/// The second stage: takes the speech out of a programme.
///
/// The separator hears the mean of the channels, or every channel by itself where each carries a speaker of its own.
/// Memory does not grow with the length of the programme.
public struct VoiceSeparator: Sendable {
    private let media: any MediaAccess
    private let separator: any SourceSeparator
    private let options: VoiceSeparatorOptions

    private static let analysisSampleRate = 16_000
    private static let blockFrames = 32_768

    public init(
        media: any MediaAccess, separator: any SourceSeparator, options: VoiceSeparatorOptions = VoiceSeparatorOptions()
    ) {
        self.media = media
        self.separator = separator
        self.options = options
    }

    /// - Parameters:
    ///   - programme: `programme.wav` of the first stage.
    ///   - separateChannels: whether each channel carries one speaker.
    public func run(
        programme: URL, separateChannels: Bool, in folder: URL, progress: (Double) throws -> Void
    ) throws -> VoiceSeparatorProduct {
        let reader = try WaveReader(programme)
        let channels: [Int?] = separateChannels ? (0..<reader.channelCount).map { $0 } : [nil]
        var levels = SpeechLevels(sampleRate: reader.sampleRate)
        let parts = try channels.enumerated().map { index, channel in
            try separate(reader, channel: channel, index: index, in: folder, levels: &levels) {
                try progress((Double(index) + $0) / Double(channels.count))
            }
        }
        let product = VoiceSeparatorProduct(
            channelCount: channels.count, seconds: reader.seconds, speechToBedDecibels: levels.speechToBedDecibels,
            vocals: "vocals.wav", vocals16k: "vocals16k.wav")
        try Self.join(parts.map(\.vocals), into: folder.appendingPathComponent(product.vocals))
        try Self.join(parts.map(\.analysis), into: folder.appendingPathComponent(product.vocals16k))
        try progress(1)
        return product
    }

    /// Separates one channel, or the mean of all.
    private func separate(
        _ reader: WaveReader, channel: Int?, index: Int, in folder: URL, levels: inout SpeechLevels,
        progress: (Double) throws -> Void
    ) throws -> (vocals: URL, analysis: URL) {
        let files = (
            vocals: folder.appendingPathComponent("part\(index).wav"),
            analysis: folder.appendingPathComponent("part\(index)-16k.wav")
        )
        let rate = separator.sampleRate
        let frames = reader.frameCount
        let into = try media.resampler(from: reader.sampleRate, to: rate, channelCount: 1)
        let vocals = try AlignedTrack(
            files.vocals, sampleRate: reader.sampleRate, frameCount: frames,
            resampler: media.resampler(from: rate, to: reader.sampleRate, channelCount: 1))
        let due = Int((Double(frames) * Double(Self.analysisSampleRate) / Double(reader.sampleRate)).rounded())
        let analysis = try AlignedTrack(
            files.analysis, sampleRate: Self.analysisSampleRate, frameCount: due,
            resampler: media.resampler(from: rate, to: Self.analysisSampleRate, channelCount: 1))
        func mixture(_ range: Range<Int>) throws -> [Float] {
            let block = try reader.read(range)
            return channel.map { block[$0] } ?? Waveform(sampleRate: 1, channels: block).mid
        }
        var position = 0
        var (given, taken) = (0, 0)
        try separator.separate(
            next: {
                if Task.isCancelled { throw CancellationError() }
                guard position <= frames else { return nil }
                let range = position..<min(position + Self.blockFrames, frames)
                try progress(Double(position) / Double(max(1, frames)))
                // One step beyond the last frame empties the resampler.
                position = range.isEmpty ? frames + 1 : range.upperBound
                let block = try range.isEmpty ? into.finish()[0] : into.process([mixture(range)])[0]
                given += block.count
                return block
            },
            emit: { speech in
                taken += speech.count
                try analysis.append(speech)
                let start = vocals.written
                let piece = try vocals.append(speech)
                levels.add(mixture: try mixture(start..<start + piece.count), speech: piece)
            })
        guard given == taken else {
            throw AudioError(
                .internal, operation: "separate", subject: "the programme",
                cause: "the separator gave \(taken) samples for \(given)")
        }
        try analysis.finish()
        let start = vocals.written
        let piece = try vocals.finish()
        levels.add(mixture: try mixture(start..<start + piece.count), speech: piece)
        return files
    }

    /// Makes one file of mono files that are equally long.
    private static func join(_ parts: [URL], into file: URL) throws {
        if parts.count == 1 { return try FileManager.default.moveItem(at: parts[0], to: file) }
        let readers = try parts.map { try WaveReader($0) }
        let writer = try WaveWriter(file, sampleRate: readers[0].sampleRate, channelCount: parts.count)
        for start in stride(from: 0, to: readers[0].frameCount, by: blockFrames) {
            let range = start..<min(start + blockFrames, readers[0].frameCount)
            try writer.append(readers.map { try $0.read(range)[0] })
        }
        try writer.finish()
        for part in parts { try FileManager.default.removeItem(at: part) }
    }
}

/// A mono WAV file that is fed at another rate and ends up exactly as long as it must.
private final class AlignedTrack {
    private let writer: WaveWriter
    private let resampler: any StreamResampler
    private let frameCount: Int
    private(set) var written = 0

    init(_ file: URL, sampleRate: Int, frameCount: Int, resampler: any StreamResampler) throws {
        writer = try WaveWriter(file, sampleRate: sampleRate, channelCount: 1)
        self.resampler = resampler
        self.frameCount = frameCount
    }

    /// - Returns: what was written, at the file's rate.
    @discardableResult
    func append(_ samples: [Float]) throws -> [Float] { try write(resampler.process([samples])[0]) }

    /// Rounding at both ends of two rate changes can miss a frame: it is made up for with silence.
    @discardableResult
    func finish() throws -> [Float] {
        var rest = try resampler.finish()[0]
        rest += [Float](repeating: 0, count: max(0, frameCount - written - rest.count))
        let piece = try write(rest)
        try writer.finish()
        return piece
    }

    private func write(_ samples: [Float]) throws -> [Float] {
        let piece = Array(samples.prefix(frameCount - written))
        written += piece.count
        try writer.append([piece])
        return piece
    }
}
