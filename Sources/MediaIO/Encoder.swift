import AudioCore
import CFFmpeg
import Foundation

/// Turns planar float samples into packets.
final class Encoder {
    private let codec: CodecOwner
    private let file: URL
    private let frame: FrameOwner
    private let packet: PacketOwner
    private var quantizer: Quantizer
    /// Not yet encoded, [channels][frames].
    private var waiting: [[Float]]
    private var framesSent: Int64 = 0
    private var packetsReceived: Int64 = 0

    var context: UnsafeMutablePointer<AVCodecContext> { codec.pointer }

    init(
        _ file: URL, plan: EncodingPlan, channelCount: Int, layout: AVChannelLayout?, wantsGlobalHeader: Bool
    ) throws {
        self.file = file
        codec = try CodecOwner(plan.encoder)
        frame = try FrameOwner()
        packet = try PacketOwner()
        quantizer = Quantizer(sampleFormat: plan.sampleFormat, bits: plan.bits)
        waiting = [[Float]](repeating: [], count: channelCount)
        let context = codec.pointer
        context.pointee.sample_rate = Int32(plan.sampleRate)
        context.pointee.sample_fmt = plan.sampleFormat
        context.pointee.time_base = AVRational(num: 1, den: Int32(plan.sampleRate))
        if let bits = plan.bits { context.pointee.bits_per_raw_sample = Int32(bits) }
        if let bitRate = plan.bitRate { context.pointee.bit_rate = Int64(bitRate) }
        if let quality = plan.quality {
            context.pointee.flags |= AV_CODEC_FLAG_QSCALE
            context.pointee.global_quality = Int32((quality * Double(FF_QP2LAMBDA)).rounded())
        }
        if wantsGlobalHeader { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        if var layout, layout.nb_channels == channelCount, Self.accepts(plan.encoder, &layout) {
            av_channel_layout_copy(&context.pointee.ch_layout, &layout)
        } else {
            av_channel_layout_default(&context.pointee.ch_layout, Int32(channelCount))
        }
        let status = avcodec_open2(context, plan.encoder, nil)
        guard status >= 0 else {
            throw AudioError(
                .usage, operation: "write", subject: file.relativePath,
                cause: "\(channelCount) channels at \(plan.sampleRate) Hz cannot be coded this way",
                mend: "choose WAV or FLAC")
        }
    }

    /// - Parameters:
    ///   - block: samples, [channels][frames] at the encoder's rate.
    ///   - emit: takes each packet.
    func encode(_ block: [[Float]], emit: (PacketOwner) throws -> Void) throws {
        for channel in waiting.indices { waiting[channel] += block[channel] }
        var offset = 0
        while waiting[0].count - offset >= frameSize {
            try send(offset, frameSize, emit)
            offset += frameSize
        }
        for channel in waiting.indices { waiting[channel].removeFirst(offset) }
    }

    /// Encodes what is left, and empties the encoder.
    func finish(emit: (PacketOwner) throws -> Void) throws {
        let left = waiting[0].count
        if left > 0 { try send(0, left, emit) }
        try check(avcodec_send_frame(codec.pointer, nil))
        try receive(emit)
    }

    /// Samples a frame; codecs without a fixed size get a tenth of a second at 41 kHz.
    private var frameSize: Int { codec.pointer.pointee.frame_size > 0 ? Int(codec.pointer.pointee.frame_size) : 4096 }

    private func send(_ offset: Int, _ count: Int, _ emit: (PacketOwner) throws -> Void) throws {
        let target = frame.pointer
        av_frame_unref(target)
        target.pointee.nb_samples = Int32(count)
        target.pointee.format = codec.pointer.pointee.sample_fmt.rawValue
        target.pointee.sample_rate = codec.pointer.pointee.sample_rate
        try check(av_channel_layout_copy(&target.pointee.ch_layout, &codec.pointer.pointee.ch_layout))
        try check(av_frame_get_buffer(target, 0))
        guard quantizer.fill(target.pointee, from: waiting, offset: offset, count: count) else {
            let seconds = Double(framesSent) / Double(codec.pointer.pointee.sample_rate)
            throw Failure.writing(
                file, .internal,
                "the audio holds a value that is not a number near \(String(format: "%.2f", seconds)) s")
        }
        target.pointee.pts = framesSent
        framesSent += Int64(count)
        try check(avcodec_send_frame(codec.pointer, target))
        try receive(emit)
    }

    private func receive(_ emit: (PacketOwner) throws -> Void) throws {
        while true {
            let status = avcodec_receive_packet(codec.pointer, packet.pointer)
            if status == FFmpegTryAgain || status == FFmpegEndOfFile { return }
            try check(status)
            packetsReceived += 1
            try tellPadding()
            try emit(packet)
        }
    }

    /// LAME's wrapper tells the padding of each packet by itself, and the header keeps the last packet's only; where
    /// the padding is longer than a packet, the file would come back too long.
    private func tellPadding() throws {
        let context = codec.pointer.pointee
        guard context.codec_id == AV_CODEC_ID_MP3 else { return }
        let coded = packetsReceived * Int64(context.frame_size)
        let padding = coded - Int64(context.initial_padding) - framesSent
        var size = 0
        guard padding > 0, let data = av_packet_get_side_data(packet.pointer, AV_PKT_DATA_SKIP_SAMPLES, &size),
            size >= 8
        else { return }
        UnsafeMutableRawPointer(data).storeBytes(
            of: UInt32(clamping: padding).littleEndian, toByteOffset: 4, as: UInt32.self)
    }

    private func check(_ status: Int32) throws {
        guard status < 0 else { return }
        throw Failure.writing(file, .internal, "the encoder failed: \(Failure.words(status))")
    }

    /// Whether an encoder takes a layout; those that list none take any.
    private static func accepts(_ encoder: UnsafePointer<AVCodec>, _ layout: inout AVChannelLayout) -> Bool {
        guard var known = encoder.pointee.ch_layouts else { return encoder.pointee.id != AV_CODEC_ID_OPUS }
        while known.pointee.nb_channels > 0 {
            if av_channel_layout_compare(known, &layout) == 0 { return true }
            known += 1
        }
        return false
    }
}
