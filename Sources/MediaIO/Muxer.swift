import AudioCore
import CFFmpeg
import Foundation

/// A media file being written under a temporary name; it takes its own name when it is whole.
final class Muxer {
    let context: UnsafeMutablePointer<AVFormatContext>
    private let file: URL
    private let temporary: URL
    private var audio: UnsafeMutablePointer<AVStream>?
    private var picture: (stream: UnsafeMutablePointer<AVStream>, cover: Metadata.Cover)?
    private var isFinished = false

    /// - Parameter temporary: where bytes go until the file is whole, in the same folder as `file`.
    init(_ file: URL, temporary: URL, output: OutputFormat) throws {
        self.file = file
        self.temporary = temporary
        var context: UnsafeMutablePointer<AVFormatContext>?
        let status = avformat_alloc_output_context2(&context, nil, output.muxer, "file:" + temporary.path)
        guard status >= 0, let context else {
            throw Failure.writing(file, .unavailable, "this FFmpeg was built without \(output.name)")
        }
        self.context = context
        let opened = avio_open(&context.pointee.pb, "file:" + temporary.path, AVIO_FLAG_WRITE)
        guard opened >= 0 else {
            throw Failure.writing(file, .cannotCreate, Failure.words(opened), mend: "choose another folder")
        }
    }

    deinit {
        let wasOpen = context.pointee.pb != nil
        avio_closep(&context.pointee.pb)
        avformat_free_context(context)
        if wasOpen, !isFinished { unlink(temporary.path) }
    }

    /// Adds the audio stream and everything that is told about it, and writes the header.
    func begin(_ encoder: Encoder, metadata: Metadata, output: OutputFormat, tags: [String: String]) throws {
        guard let stream = avformat_new_stream(context, nil) else { throw Failure.outOfMemory("write") }
        audio = stream
        stream.pointee.time_base = encoder.context.pointee.time_base
        avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context)
        var texts = metadata.tags(for: output, extra: tags)
        switch output.cover {
        case .stream(let codecs):
            if let cover = metadata.cover, codecs.contains(cover.codec) { try add(cover) }
        case .comment: texts["METADATA_BLOCK_PICTURE"] = metadata.pictureComment
        case .none: break
        }
        if output.takesChapterComments { texts.merge(metadata.chapterComments) { $1 } }
        // A chapter's name must come after its time.
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            av_dict_set(&context.pointee.metadata, name, text, 0)
        }
        try add(metadata.chapters)
        let options = DictionaryOwner(output.options)
        try check(avformat_write_header(context, &options.pointer))
        try writePicture()
    }

    func write(_ packet: PacketOwner, timeBase: AVRational) throws {
        guard let audio else { return }
        packet.pointer.pointee.stream_index = audio.pointee.index
        av_packet_rescale_ts(packet.pointer, timeBase, audio.pointee.time_base)
        try check(av_interleaved_write_frame(context, packet.pointer))
    }

    /// Completes the file, makes sure that it is on the disk and gives it its name.
    func finish() throws {
        try check(av_write_trailer(context))
        avio_flush(context.pointee.pb)
        try check(context.pointee.pb.pointee.error)
        let closed = avio_closep(&context.pointee.pb)
        do {
            try check(closed)
            try synchronize()
            guard rename(temporary.path, file.path) == 0 else {
                throw Failure.writing(file, .cannotCreate, String(cString: strerror(errno)).lowercased())
            }
        } catch {
            unlink(temporary.path)
            throw error
        }
        isFinished = true
    }

    private func synchronize() throws {
        let descriptor = open(temporary.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.writing(file, status: -errno) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0, errno != EINVAL { throw Failure.writing(file, status: -errno) }
    }

    private func add(_ chapters: [Metadata.Chapter]) throws {
        guard !chapters.isEmpty else { return }
        let size = MemoryLayout<UnsafeMutablePointer<AVChapter>?>.stride
        guard let list = av_calloc(chapters.count, size) else { throw Failure.outOfMemory("write") }
        let pointers = list.assumingMemoryBound(to: UnsafeMutablePointer<AVChapter>?.self)
        context.pointee.chapters = pointers
        for (index, chapter) in chapters.enumerated() {
            guard let memory = av_mallocz(MemoryLayout<AVChapter>.size) else { throw Failure.outOfMemory("write") }
            let target = memory.assumingMemoryBound(to: AVChapter.self)
            target.pointee.id = Int64(index)
            target.pointee.time_base = chapter.timeBase
            target.pointee.start = chapter.start
            target.pointee.end = chapter.end
            for (name, text) in chapter.tags { av_dict_set(&target.pointee.metadata, name, text, 0) }
            pointers[index] = target
            context.pointee.nb_chapters = UInt32(index + 1)
        }
    }

    private func add(_ cover: Metadata.Cover) throws {
        guard let stream = avformat_new_stream(context, nil) else { throw Failure.outOfMemory("write") }
        stream.pointee.codecpar.pointee.codec_type = AVMEDIA_TYPE_VIDEO
        stream.pointee.codecpar.pointee.codec_id = cover.codec
        stream.pointee.codecpar.pointee.width = cover.width
        stream.pointee.codecpar.pointee.height = cover.height
        stream.pointee.disposition = AV_DISPOSITION_ATTACHED_PIC
        stream.pointee.time_base = AVRational(num: 1, den: 90000)
        for (name, text) in cover.tags { av_dict_set(&stream.pointee.metadata, name, text, 0) }
        picture = (stream, cover)
    }

    private func writePicture() throws {
        guard let picture else { return }
        let packet = try PacketOwner()
        try check(av_new_packet(packet.pointer, Int32(picture.cover.bytes.count)))
        picture.cover.bytes.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { memcpy(packet.pointer.pointee.data, source, bytes.count) }
        }
        packet.pointer.pointee.stream_index = picture.stream.pointee.index
        packet.pointer.pointee.flags = AV_PKT_FLAG_KEY
        packet.pointer.pointee.pts = 0
        packet.pointer.pointee.dts = 0
        try check(av_interleaved_write_frame(context, packet.pointer))
    }

    private func check(_ status: Int32) throws {
        if status < 0 { throw Failure.writing(file, status: status) }
    }
}
