import AudioCore
import CFFmpeg
import Foundation

/// Turns the packets of one audio stream into frames. Encoder delay and end padding that the container declares are cut.
final class Decoder {
    private let codec: CodecOwner

    init(_ file: URL, stream: UnsafeMutablePointer<AVStream>, decoder: UnsafePointer<AVCodec>) throws {
        codec = try CodecOwner(decoder)
        let context = codec.pointer
        guard avcodec_parameters_to_context(context, stream.pointee.codecpar) >= 0 else {
            throw Failure.outOfMemory("decode")
        }
        context.pointee.pkt_timebase = stream.pointee.time_base
        context.pointee.thread_count = 1
        // FLAC carries a checksum in every frame: a flipped bit is told, not played.
        if decoder.pointee.id == AV_CODEC_ID_FLAC { context.pointee.err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE }
        let status = avcodec_open2(context, decoder, nil)
        guard status >= 0 else {
            throw Failure.reading(
                file, .badData, "its \(String(cString: decoder.pointee.name)) audio cannot be decoded",
                mend: "convert it to WAV or FLAC first")
        }
    }

    /// - Parameter packet: nil at the end.
    /// - Returns: 0, or FFmpeg's error number.
    func send(_ packet: PacketOwner?) -> Int32 { avcodec_send_packet(codec.pointer, packet?.pointer) }

    /// - Returns: 0, `FFmpegTryAgain` where a packet is wanted, `FFmpegEndOfFile`, or another of FFmpeg's error numbers.
    func receive(into frame: FrameOwner) -> Int32 { avcodec_receive_frame(codec.pointer, frame.pointer) }

    /// Frames of a packet, where the codec has a fixed number; 0 where it has not.
    var frameSize: Int { Int(codec.pointer.pointee.frame_size) }

    /// Bits of an integer sample, as the decoder knows them; 0 where it does not.
    var rawBits: Int { Int(codec.pointer.pointee.bits_per_raw_sample) }
}
