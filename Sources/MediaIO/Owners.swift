import CFFmpeg

/// A frame of samples, reused from call to call.
final class FrameOwner {
    let pointer: UnsafeMutablePointer<AVFrame>

    init() throws {
        guard let pointer = av_frame_alloc() else { throw Failure.outOfMemory("hold") }
        self.pointer = pointer
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&pointer)
    }
}

/// A packet of coded audio, reused from call to call.
final class PacketOwner {
    let pointer: UnsafeMutablePointer<AVPacket>

    init() throws {
        guard let pointer = av_packet_alloc() else { throw Failure.outOfMemory("hold") }
        self.pointer = pointer
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&pointer)
    }
}

/// A decoder or an encoder.
final class CodecOwner {
    let pointer: UnsafeMutablePointer<AVCodecContext>

    init(_ codec: UnsafePointer<AVCodec>) throws {
        guard let pointer = avcodec_alloc_context3(codec) else { throw Failure.outOfMemory("code") }
        self.pointer = pointer
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVCodecContext>? = pointer
        avcodec_free_context(&pointer)
    }
}

/// Names and texts handed to FFmpeg: options or metadata.
final class DictionaryOwner {
    var pointer: OpaquePointer?

    init(_ entries: [String: String] = [:]) {
        for (name, text) in entries { av_dict_set(&pointer, name, text, 0) }
    }

    deinit { av_dict_free(&pointer) }

    static func entries(of dictionary: OpaquePointer?) -> [(name: String, text: String)] {
        var entries: [(String, String)] = []
        var last: UnsafeMutablePointer<AVDictionaryEntry>?
        while let entry = av_dict_get(dictionary, "", last, AV_DICT_IGNORE_SUFFIX) {
            entries.append((String(cString: entry.pointee.key), String(cString: entry.pointee.value)))
            last = entry
        }
        return entries
    }
}
