import AudioCore
import CFFmpeg

extension MediaFormat {
    /// What the container says of a stream; the decoder may correct rate and channels.
    init(_ demuxer: Demuxer, stream: UnsafeMutablePointer<AVStream>) {
        let parameters = stream.pointee.codecpar.pointee
        let isLossless = Self.isLossless(parameters)
        let sampleFormat = AVSampleFormat(rawValue: parameters.format)
        let floats = [AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_DBL, AV_SAMPLE_FMT_DBLP]
        self.init(
            sampleRate: Int(parameters.sample_rate), channelCount: Int(parameters.ch_layout.nb_channels),
            container: demuxer.containerName, codec: String(cString: avcodec_get_name(parameters.codec_id)),
            isLossless: isLossless, bitDepth: isLossless ? Self.bitDepth(parameters) : nil,
            isFloat: isLossless && floats.contains(sampleFormat), bitRate: Self.bitRate(demuxer, parameters))
    }

    static func isLossless(_ parameters: AVCodecParameters) -> Bool {
        guard let description = avcodec_descriptor_get(parameters.codec_id) else { return false }
        // WavPack can be either; what it is hardly ever used for is lossy.
        let mayBeLossy = description.pointee.props & AV_CODEC_PROP_LOSSY != 0
        return description.pointee.props & AV_CODEC_PROP_LOSSLESS != 0
            && (!mayBeLossy || parameters.codec_id == AV_CODEC_ID_WAVPACK)
    }

    private static func bitDepth(_ parameters: AVCodecParameters) -> Int? {
        let stored = Int(av_get_exact_bits_per_sample(parameters.codec_id))
        let raw = Int(parameters.bits_per_raw_sample)
        let bytes = Int(av_get_bytes_per_sample(AVSampleFormat(rawValue: parameters.format)))
        return [raw, stored, bytes * 8].first { $0 > 0 }
    }

    private static func bitRate(_ demuxer: Demuxer, _ parameters: AVCodecParameters) -> Int? {
        if parameters.bit_rate > 0 { return Int(parameters.bit_rate) }
        let sounding = demuxer.streams.filter { $0.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 }
        guard sounding.count == 1, demuxer.context.pointee.bit_rate > 0 else { return nil }
        return Int(demuxer.context.pointee.bit_rate)
    }
}
