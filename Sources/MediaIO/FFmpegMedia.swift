import AudioCore
import CFFmpeg
import Foundation

/// Reads, writes and resamples media with FFmpeg's libraries.
public struct FFmpegMedia: MediaAccess {
    /// Extensions that `create` knows.
    public static var writableExtensions: [String] { OutputFormat.all.flatMap(\.extensions) }

    /// Of the libraries.
    public static var version: String { String(cString: av_version_info()) }

    private let decoder: DecoderChild?

    /// - Parameter decoder: reads files in a process of its own; nil: this process reads them.
    public init(decoder: DecoderChild? = nil) {
        self.decoder = decoder
        _ = Self.silence
    }

    public func open(_ file: URL) throws -> any MediaSource { try decoder?.open(file) ?? MediaReader(file) }

    /// What the file says about its programme: name in lower case to text.
    public func tags(of file: URL) throws -> [String: String] { try Metadata(Demuxer(file)).tags }

    public func create(
        _ file: URL, sampleRate: Int, channelCount: Int, original: URL?, encoding: MediaEncoding, tags: [String: String]
    ) throws -> any MediaSink {
        let original = try original.map { try decoder?.original($0) ?? Original(of: $0) }
        return try MediaWriter(
            file, sampleRate: sampleRate, channelCount: channelCount, original: original, encoding: encoding, tags: tags
        )
    }

    public func resampler(from: Int, to: Int, channelCount: Int) throws -> any StreamResampler {
        try Resampler(from: from, to: to, channelCount: channelCount)
    }

    /// FFmpeg writes to standard error by itself; what it has to say reaches the user through `AudioError`.
    private static let silence: Void = av_log_set_level(AV_LOG_QUIET)
}
