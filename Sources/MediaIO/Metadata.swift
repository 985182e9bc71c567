import AudioCore
import CFFmpeg
import Foundation

/// What a file says about its programme: tags, chapters and cover.
struct Metadata: Codable {
    struct Chapter: Codable {
        /// A tick is `ticksNumerator / ticksDenominator` seconds.
        var ticksNumerator: Int32
        var ticksDenominator: Int32
        var start: Int64
        var end: Int64
        var tags: [String: String]

        var timeBase: AVRational { AVRational(num: ticksNumerator, den: max(1, ticksDenominator)) }
    }

    struct Cover: Codable {
        /// FFmpeg's number.
        var codecNumber: UInt32
        var width: Int32
        var height: Int32
        var tags: [String: String]
        var bytes: Data

        var codec: AVCodecID { AVCodecID(rawValue: codecNumber) }
    }

    /// Name in lower case to text.
    var tags: [String: String] = [:]
    var chapters: [Chapter] = []
    var cover: Cover?
    /// FFmpeg's bits, one a channel; nil where the channels have no places.
    var channelMask: UInt64?

    var channelLayout: AVChannelLayout? {
        var layout = AVChannelLayout()
        guard let channelMask, av_channel_layout_from_mask(&layout, channelMask) == 0 else { return nil }
        return layout
    }

    /// Tags that describe the old file, not the programme: copied, they would lie about the new one.
    private static let technical: Set<String> = [
        "encoder", "major_brand", "minor_version", "compatible_brands", "handler_name", "vendor_id", "duration",
        "itunsmpb", "itunnorm", "waveformatextensible_channel_mask", "metadata_block_picture", "tlen", "tsse",
        "encoding", "bps", "number_of_frames", "number_of_bytes", "gapless_playback", "hd_video",
    ]

    init() {}

    /// Reads them from an opened file.
    init(_ demuxer: Demuxer) throws {
        let (stream, _) = try demuxer.chooseAudio()
        let layout = stream.pointee.codecpar.pointee.ch_layout
        if layout.order == AV_CHANNEL_ORDER_NATIVE { channelMask = layout.u.mask }
        // Ogg keeps its tags with the stream; what stands at the file wins.
        add(stream.pointee.metadata)
        add(demuxer.context.pointee.metadata)
        for index in 0..<Int(demuxer.context.pointee.nb_chapters) {
            guard let chapter = demuxer.context.pointee.chapters[index]?.pointee else { continue }
            let tags = Dictionary(DictionaryOwner.entries(of: chapter.metadata)) { $1 }
            chapters.append(
                Chapter(
                    ticksNumerator: chapter.time_base.num, ticksDenominator: chapter.time_base.den,
                    start: chapter.start, end: chapter.end, tags: tags))
        }
        for stream in demuxer.streams where stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0 {
            guard cover == nil, let bytes = stream.pointee.attached_pic.data else { continue }
            let parameters = stream.pointee.codecpar.pointee
            cover = Cover(
                codecNumber: parameters.codec_id.rawValue, width: parameters.width, height: parameters.height,
                tags: Dictionary(DictionaryOwner.entries(of: stream.pointee.metadata)) { $1 },
                bytes: Data(bytes: bytes, count: Int(stream.pointee.attached_pic.size)))
        }
    }

    private mutating func add(_ dictionary: OpaquePointer?) {
        for (name, text) in DictionaryOwner.entries(of: dictionary) {
            let name = name.lowercased()
            if !Self.technical.contains(name), !name.hasPrefix("itun") { tags[name] = text }
        }
    }

    /// Tags as a format can hold them; those of `extra` it has no name for are told in the comment.
    func tags(for format: OutputFormat, extra: [String: String]) -> [String: String] {
        let extra = Dictionary(extra.map { ($0.lowercased(), $1) }) { $1 }
        var result = tags.merging(extra) { $1 }
        guard let names = format.tagNames else { return result }
        let homeless = extra.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }
        if !homeless.isEmpty {
            let lines = homeless.map { "\($0.key): \($0.value)" }
            result["comment"] = ([result["comment"]].compactMap { $0 } + lines).joined(separator: "\n")
        }
        return result.filter { names.contains($0.key) }
    }

    /// Chapters as Vorbis comments carry them: CHAPTER000=00:01:02.500, CHAPTER000NAME=Opening.
    var chapterComments: [String: String] {
        var comments: [String: String] = [:]
        for (index, chapter) in chapters.prefix(1000).enumerated() {
            let name = String(format: "CHAPTER%03d", index)
            let thousandths = av_rescale_q(chapter.start, chapter.timeBase, AVRational(num: 1, den: 1000))
            let (minutes, rest) = thousandths.quotientAndRemainder(dividingBy: 60000)
            comments[name] = String(
                format: "%02d:%02d:%02d.%03d", minutes / 60, minutes % 60, rest / 1000, rest % 1000)
            if let title = chapter.tags["title"] { comments[name + "NAME"] = title }
        }
        return comments
    }

    /// FLAC's picture block in base 64, as Vorbis comments carry it (RFC 9639, section 8.8); nil without a cover.
    var pictureComment: String? {
        guard let cover else { return nil }
        let kinds = [(AV_CODEC_ID_MJPEG, "image/jpeg"), (AV_CODEC_ID_PNG, "image/png"), (AV_CODEC_ID_GIF, "image/gif")]
        guard let kind = kinds.first(where: { $0.0 == cover.codec })?.1 else { return nil }
        var block = Data()
        func number(_ value: Int) {
            withUnsafeBytes(of: UInt32(clamping: value).bigEndian) { block.append(contentsOf: $0) }
        }
        number(3)  // front cover
        number(kind.utf8.count)
        block.append(contentsOf: kind.utf8)
        number(0)  // no description
        number(Int(cover.width))
        number(Int(cover.height))
        number(24)
        number(0)
        number(cover.bytes.count)
        block.append(contentsOf: cover.bytes)
        return block.base64EncodedString()
    }
}
