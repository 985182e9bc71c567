import AudioCore
import CFFmpeg
import Foundation

/// An opened media file and its best audio stream.
final class Demuxer {
    let file: URL
    let context: UnsafeMutablePointer<AVFormatContext>
    private(set) var audio: UnsafeMutablePointer<AVStream>?

    /// Demuxers that would open further files by themselves, or draw text as a picture.
    private static let refused: Set<String> = ["hls", "concat", "dash", "imf", "tty", "ffmetadata", "sdp", "rtsp"]

    /// Opens the container and reads its header.
    /// - Parameter options: the demuxer's own options.
    init(_ file: URL, options: [String: String] = [:]) throws {
        self.file = file
        try Self.checkIsReadable(file)
        let settings = DictionaryOwner(
            options.merging(["protocol_whitelist": "file", "err_detect": "crccheck"]) { _, forced in forced })
        var context: UnsafeMutablePointer<AVFormatContext>?
        let status = avformat_open_input(&context, "file:" + file.path, nil, &settings.pointer)
        guard status >= 0, let context else {
            try Self.checkDisk(file)
            throw Failure.reading(
                file, .badData, "it is not a media file, or its beginning is broken", mend: "choose an audio file")
        }
        self.context = context
        if Self.refused.intersection(containerName.split(separator: ",").map(String.init)).isEmpty == false {
            throw Failure.reading(file, .badData, "it is text, not audio", mend: "choose an audio file")
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&context)
    }

    /// FFmpeg's short name: "mov,mp4,m4a,3gp,3g2,mj2".
    var containerName: String { String(cString: context.pointee.iformat.pointee.name) }

    var streams: [UnsafeMutablePointer<AVStream>] {
        (0..<Int(context.pointee.nb_streams)).compactMap { context.pointee.streams[$0] }
    }

    /// Bytes of the file that were not looked at yet.
    var unreadBytes: Int64 {
        guard let bytes = context.pointee.pb else { return 0 }
        return max(0, avio_size(bytes) - avio_seek(bytes, 0, SEEK_CUR))
    }

    /// True where the system, not the file's content, kept bytes from being read.
    var hasReadError: Bool {
        guard let error = context.pointee.pb?.pointee.error else { return false }
        return error < 0 && error != FFmpegEndOfFile
    }

    /// Finds the best audio stream; the others are skipped from here on.
    func chooseAudio() throws -> (stream: UnsafeMutablePointer<AVStream>, decoder: UnsafePointer<AVCodec>) {
        try refuseEncrypted()
        for stream in streams where stream.pointee.codecpar.pointee.codec_type != AVMEDIA_TYPE_AUDIO {
            stream.pointee.discard = AVDISCARD_ALL
        }
        let found = avformat_find_stream_info(context, nil)
        try refuseEncrypted()
        var decoder: UnsafePointer<AVCodec>?
        let index = av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0)
        if index == FFmpegDecoderNotFound { throw unsupported() }
        guard index >= 0, let stream = context.pointee.streams[Int(index)] else {
            throw Failure.reading(file, .badData, withoutAudio, mend: "choose an audio file")
        }
        guard found >= 0 else { throw Failure.reading(file, .badData, "its header is broken") }
        guard let decoder else { throw unsupported() }
        for other in streams where other != stream { other.pointee.discard = AVDISCARD_ALL }
        audio = stream
        return (stream, decoder)
    }

    /// The next packet of the audio stream.
    /// - Returns: 0, or FFmpeg's error number.
    func next(into packet: PacketOwner) -> Int32 {
        while true {
            av_packet_unref(packet.pointer)
            let status = av_read_frame(context, packet.pointer)
            if status < 0 || packet.pointer.pointee.stream_index == audio?.pointee.index { return status }
        }
    }

    static func checkIsReadable(_ file: URL) throws {
        var status = stat()
        guard stat(file.path, &status) == 0 else {
            let cause = errno == ENOENT ? "there is no such file" : String(cString: strerror(errno)).lowercased()
            throw Failure.reading(file, .noInput, cause)
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw Failure.reading(file, .noInput, "it is a folder", mend: "name an audio file")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure.reading(file, .noInput, "it is not a regular file", mend: "save it to a file first")
        }
        guard access(file.path, R_OK) == 0 else {
            throw Failure.reading(file, .noInput, String(cString: strerror(errno)).lowercased())
        }
        if status.st_size == 0 { throw Failure.reading(file, .badData, "the file is empty") }
    }

    /// FFmpeg calls a file that ends too early an input/output error, and an absurd length a lack of memory: whether the
    /// disk is to blame shows when the bytes are read.
    private static func checkDisk(_ file: URL) throws {
        let descriptor = Foundation.open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.reading(file, .noInput, Failure.words(-errno)) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        if Foundation.read(descriptor, &bytes, bytes.count) < 0 {
            throw Failure.reading(file, .inputOutput, Failure.words(-errno))
        }
    }

    private var withoutAudio: String {
        let kinds = streams.map { $0.pointee.codecpar.pointee.codec_type }
        return kinds.contains(AVMEDIA_TYPE_VIDEO) ? "it holds pictures but no audio" : "it holds no audio"
    }

    private func unsupported() -> AudioError {
        let codecs = streams.map { $0.pointee.codecpar.pointee }.filter { $0.codec_type == AVMEDIA_TYPE_AUDIO }
            .map {
                $0.codec_id == AV_CODEC_ID_NONE ? "an unknown codec" : String(cString: avcodec_get_name($0.codec_id))
            }
        return Failure.reading(
            file, .badData, "its audio is coded as \(codecs.first ?? "an unknown codec"), which cannot be decoded here",
            mend: "convert it to WAV or FLAC first")
    }

    /// Decoders would turn encrypted packets into noise, or call them broken.
    private func refuseEncrypted() throws {
        let tags = ["drms", "aavd", "enca", "p608"].map { tag in
            let letters = tag.utf8.map { CChar(bitPattern: $0) }
            return FFmpegTag(letters[0], letters[1], letters[2], letters[3])
        }
        let protection = DictionaryOwner.entries(of: context.pointee.metadata)
            .contains { $0.name.hasPrefix("ASF_Protection") || $0.name.hasPrefix("ASF_Key_ID") }
        let isEncrypted = streams.contains { stream in
            let hasKeys =
                av_stream_get_side_data(stream, AV_PKT_DATA_ENCRYPTION_INIT_INFO, nil) != nil
                || av_stream_get_side_data(stream, AV_PKT_DATA_ENCRYPTION_INFO, nil) != nil
            return stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO
                && (hasKeys || tags.contains(stream.pointee.codecpar.pointee.codec_tag))
        }
        if protection || isEncrypted { throw Failure.encrypted(file) }
    }
}
