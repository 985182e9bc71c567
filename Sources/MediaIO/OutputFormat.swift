import AudioCore
import CFFmpeg
import Foundation

/// A kind of file that can be written: its container and codec.
struct OutputFormat {
    enum Coding {
        case pulseCode(isBigEndian: Bool)
        case flac
        case mp3
        case aac
        case opus
        case vorbis
    }

    /// Where a container keeps the cover picture.
    enum Cover {
        case none
        /// As a stream of one picture.
        case stream(codecs: [AVCodecID])
        /// As a comment, FLAC's picture block in base 64 (RFC 9639, section 8.8).
        case comment
    }

    let extensions: [String]
    let name: String
    let muxer: String
    let coding: Coding
    let cover: Cover
    /// Options of the muxer.
    let options: [String: String]
    /// Names of tags it keeps; nil: all.
    let tagNames: Set<String>?

    /// True where chapters are comments that FFmpeg does not write by itself.
    var takesChapterComments: Bool { muxer == "flac" || muxer == "ogg" }

    static let all: [OutputFormat] = [
        OutputFormat(
            extensions: ["wav", "wave"], name: "WAV", muxer: "wav", coding: .pulseCode(isBigEndian: false),
            cover: .none,
            options: ["rf64": "auto"], tagNames: infoTags),
        OutputFormat(
            extensions: ["aiff", "aif"], name: "AIFF", muxer: "aiff", coding: .pulseCode(isBigEndian: true),
            cover: .stream(codecs: pictures), options: ["write_id3v2": "1"], tagNames: nil),
        OutputFormat(
            extensions: ["flac"], name: "FLAC", muxer: "flac", coding: .flac, cover: .stream(codecs: pictures),
            options: [:], tagNames: nil),
        OutputFormat(
            extensions: ["mp3"], name: "MP3", muxer: "mp3", coding: .mp3, cover: .stream(codecs: pictures),
            options: [:], tagNames: nil),
        OutputFormat(
            extensions: ["m4a", "m4b", "mp4"], name: "AAC", muxer: "ipod", coding: .aac,
            cover: .stream(codecs: [AV_CODEC_ID_MJPEG, AV_CODEC_ID_PNG]), options: ["movflags": "+faststart"],
            tagNames: atomTags),
        OutputFormat(
            extensions: ["opus"], name: "Opus", muxer: "opus", coding: .opus, cover: .comment, options: [:],
            tagNames: nil),
        OutputFormat(
            extensions: ["ogg", "oga"], name: "Ogg Vorbis", muxer: "ogg", coding: .vorbis, cover: .comment,
            options: [:],
            tagNames: nil),
    ]

    /// - Throws: where the extension is not one of those above.
    static func of(_ file: URL) throws -> OutputFormat {
        let wanted = file.pathExtension.lowercased()
        if let format = all.first(where: { $0.extensions.contains(wanted) }) { return format }
        let known = all.map { $0.extensions[0] }.joined(separator: ", ")
        let cause = wanted.isEmpty ? "its name has no extension" : "files of the kind .\(wanted) cannot be written"
        throw AudioError(
            .usage, operation: "write", subject: file.relativePath, cause: cause, mend: "use one of \(known)")
    }

    private static let pictures = [AV_CODEC_ID_MJPEG, AV_CODEC_ID_PNG, AV_CODEC_ID_GIF, AV_CODEC_ID_BMP]
    /// The RIFF INFO names that FFmpeg writes.
    private static let infoTags: Set<String> = [
        "artist", "comment", "copyright", "date", "genre", "language", "title", "album", "track", "encoder",
        "encoded_by", "timecode",
    ]
    /// The iTunes atoms that FFmpeg writes.
    private static let atomTags: Set<String> = [
        "title", "artist", "album_artist", "composer", "album", "date", "comment", "genre", "copyright", "grouping",
        "lyrics", "description", "synopsis", "show", "episode_id", "network", "keywords", "episode_uid", "hd_video",
        "media_type", "gapless_playback", "compilation", "track", "disc", "season_number", "episode_sort",
    ]
}
