import struct Foundation.URL

/// What a media file holds, as far as the pipeline cares.
public struct MediaFormat: Sendable, Codable, Equatable {
    public var sampleRate: Int
    public var channelCount: Int
    /// FFmpeg's short names: container "mp3", "wav", "mov,mp4,m4a,..." and codec "aac", "pcm_s16le".
    public var container: String
    public var codec: String
    public var isLossless: Bool
    /// Bits a sample of a lossless codec (16, 24, 32); nil for lossy ones.
    public var bitDepth: Int?
    /// True where samples are floating point.
    public var isFloat: Bool
    /// Bits a second of the audio stream; nil where the container does not say.
    public var bitRate: Int?

    public init(
        sampleRate: Int, channelCount: Int, container: String, codec: String, isLossless: Bool, bitDepth: Int?,
        isFloat: Bool, bitRate: Int?
    ) {
        self.sampleRate = sampleRate
        self.channelCount = channelCount
        self.container = container
        self.codec = codec
        self.isLossless = isLossless
        self.bitDepth = bitDepth
        self.isFloat = isFloat
        self.bitRate = bitRate
    }
}

/// An opened programme that is read from beginning to end.
public protocol MediaSource: AnyObject {
    var format: MediaFormat { get }
    /// Frames the container promises; nil where it does not say. The count that was read is the truth.
    var expectedFrames: Int? { get }
    /// The next block at the file's own rate and channels; nil at the end.
    func read() throws -> Waveform?
    /// What is wrong with a file that could be read all the same, as half a sentence: "it ends at 12.3 s although it
    /// says that it lasts 60.0 s"; nil where it is whole. Complete once `read` gave nil.
    var damage: String? { get }
    /// Seconds in the middle that could not be decoded and are silent instead. Complete once `read` gave nil.
    var repairedSeconds: Double { get }
}

extension MediaSource {
    public var damage: String? { nil }
    public var repairedSeconds: Double { 0 }
}

/// How samples are to be stored, where the codec leaves a choice.
public struct MediaEncoding: Sendable, Codable, Equatable {
    /// How a lossless codec stores a sample.
    public enum SampleFormat: String, Sendable, Codable, CaseIterable {
        case integer16, integer24, integer32, float32
    }

    /// Nil: as the original stores them, or as near as the codec allows; 24-bit integers where the original is lossy.
    public var sampleFormat: SampleFormat?
    /// Bits a second of a lossy codec; nil: plenty for the codec. Never less than the original's.
    public var bitRate: Int?

    public init(sampleFormat: SampleFormat? = nil, bitRate: Int? = nil) {
        self.sampleFormat = sampleFormat
        self.bitRate = bitRate
    }
}

/// A programme being written from beginning to end.
public protocol MediaSink: AnyObject {
    func write(_ block: Waveform) throws
    /// Flushes and closes. A sink that was not finished leaves no file behind.
    func finish() throws
}

/// Changes the sample rate of a stream. Output is aligned with the input: no delay, `round(n * to / from)` frames in all.
public protocol StreamResampler: AnyObject {
    /// - Parameter block: [channels][frames] at the input rate.
    func process(_ block: [[Float]]) throws -> [[Float]]
    /// What is still inside after the last block.
    func finish() throws -> [[Float]]
}

/// Reads, writes and resamples media.
public protocol MediaAccess: Sendable {
    func open(_ file: URL) throws -> any MediaSource
    /// Creates `file`, its codec and container chosen by the extension.
    /// - Parameters:
    ///   - original: where title, artist, chapters and cover art are taken from, and the least bit rate of a lossy codec.
    ///   - encoding: how samples are stored, where the codec leaves a choice.
    ///   - tags: further metadata, name to text; they win over the original's.
    func create(
        _ file: URL, sampleRate: Int, channelCount: Int, original: URL?, encoding: MediaEncoding, tags: [String: String]
    ) throws -> any MediaSink
    func resampler(from: Int, to: Int, channelCount: Int) throws -> any StreamResampler
}

extension MediaAccess {
    /// Creates `file`, its samples stored as the original's are.
    public func create(
        _ file: URL, sampleRate: Int, channelCount: Int, original: URL? = nil, tags: [String: String] = [:]
    ) throws -> any MediaSink {
        try create(
            file, sampleRate: sampleRate, channelCount: channelCount, original: original, encoding: MediaEncoding(),
            tags: tags)
    }

    /// Resamples a whole signal at once.
    /// - Returns: `round(samples.count * to / from)` samples.
    public func resample(_ samples: [Float], from: Int, to: Int) throws -> [Float] {
        guard from != to else { return samples }
        let resampler = try resampler(from: from, to: to, channelCount: 1)
        return try resampler.process([samples])[0] + resampler.finish()[0]
    }
}
