import AudioCore
import CFFmpeg
import Foundation

/// Which encoder writes a file, and with what settings.
struct EncodingPlan {
    let encoder: UnsafePointer<AVCodec>
    /// The rate the encoder works at; the programme is resampled where it differs.
    let sampleRate: Int
    let sampleFormat: AVSampleFormat
    /// Bits of a stored integer sample; nil where the encoder takes floating point.
    let bits: Int?
    /// Bits a second; nil for lossless codecs and where `quality` decides.
    let bitRate: Int?
    /// Vorbis' own scale, -1...10.
    let quality: Double?

    /// - Parameter source: the original's format, where there is an original.
    init(
        _ file: URL, _ output: OutputFormat, sampleRate: Int, channelCount: Int, source: MediaFormat?,
        encoding: MediaEncoding
    ) throws {
        let stored = Self.stored(encoding, source)
        var wanted = max(encoding.bitRate ?? 0, source.flatMap { $0.isLossless ? nil : $0.bitRate } ?? 0)
        func plenty(_ perChannel: Int) { wanted = max(wanted, encoding.bitRate ?? perChannel * channelCount) }
        var bitRate: Int?
        var quality: Double?
        var bits: Int?
        var rate = sampleRate
        let name: String
        let most: Int
        switch output.coding {
        case .pulseCode(let isBigEndian):
            bits = stored.bits
            name = "pcm_" + (stored == .float32 ? "f32" : "s\(stored.bits ?? 0)") + (isBigEndian ? "be" : "le")
            most = 63
        case .flac:
            if stored == .float32 || stored == .integer32, encoding.sampleFormat != nil {
                throw Self.impossible(file, "FLAC holds whole numbers of 16 or 24 bits", "choose one of these, or WAV")
            }
            bits = stored == .integer16 ? 16 : 24
            (name, most) = ("flac", 8)
        case .mp3:
            plenty(128_000)
            (name, most) = ("libmp3lame", 2)
            rate = Self.nearestRate([8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000], sampleRate)
            let steps =
                rate >= 32000
                ? Self.layer3Steps : rate >= 16000 ? Self.layer3LowSteps : [8, 16, 24, 32, 40, 48, 56, 64]
            bitRate = 1000 * (steps.first { $0 * 1000 >= wanted } ?? steps[steps.count - 1])
        case .aac:
            plenty(128_000)
            (name, most) = ("aac", 8)
            rate = Self.nearestRate(
                [7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000], sampleRate)
            // ISO 14496-3: at most 6144 bits for 1024 samples of a channel.
            bitRate = min(wanted, 6 * rate * channelCount)
        case .opus:
            plenty(96_000)
            (name, most, rate) = ("libopus", 8, 48000)
            bitRate = min(wanted, 256_000 * channelCount)
        case .vorbis:
            plenty(112_000)
            (name, most) = ("libvorbis", 8)
            rate = min(sampleRate, 192_000)
            quality = Self.vorbisQuality(perChannel: Double(wanted) / Double(channelCount), sampleRate: rate)
        }
        guard channelCount > 0, channelCount <= most else {
            throw Self.impossible(
                file, "\(output.name) holds at most \(most) channels, not \(channelCount)", "choose WAV or FLAC")
        }
        guard let encoder = avcodec_find_encoder_by_name(name) else {
            throw AudioError(
                .unavailable, operation: "write", subject: file.relativePath,
                cause: "this FFmpeg was built without the encoder \(name)", mend: "choose WAV or FLAC")
        }
        self.encoder = encoder
        self.sampleRate = rate
        self.bits = bits
        self.bitRate = bitRate
        self.quality = quality
        sampleFormat = Self.sampleFormat(encoder, bits)
    }

    /// How samples are stored where nothing is said: as in the original; 24 bits where the original is lossy or unknown.
    private static func stored(_ encoding: MediaEncoding, _ source: MediaFormat?) -> MediaEncoding.SampleFormat {
        if let wanted = encoding.sampleFormat { return wanted }
        guard let source, source.isLossless, let depth = source.bitDepth else { return .integer24 }
        if source.isFloat { return .float32 }
        return depth <= 16 ? .integer16 : depth <= 24 ? .integer24 : .integer32
    }

    private static func sampleFormat(_ encoder: UnsafePointer<AVCodec>, _ bits: Int?) -> AVSampleFormat {
        var known: [AVSampleFormat] = []
        var next = encoder.pointee.sample_fmts
        while let format = next?.pointee, format != AV_SAMPLE_FMT_NONE {
            known.append(format)
            next = next?.advanced(by: 1)
        }
        let wanted =
            switch bits {
            case nil: [AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_FLT]
            case 16: [AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S16P]
            default: [AV_SAMPLE_FMT_S32, AV_SAMPLE_FMT_S32P]
            }
        return wanted.first { known.contains($0) } ?? wanted[0]
    }

    /// The lowest rate that loses nothing, or the highest there is.
    private static func nearestRate(_ rates: [Int], _ sampleRate: Int) -> Int {
        rates.first { $0 >= sampleRate } ?? rates[rates.count - 1]
    }

    /// Kilobits a second that MPEG-1 and MPEG-2 layer III allow.
    private static let layer3Steps = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
    private static let layer3LowSteps = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]

    /// Vorbis' nominal rates for 44.1 kHz stereo: 64 kbit/s at quality 0, 16 more a step up to 4, then 32, 64 and 180.
    private static func vorbisQuality(perChannel: Double, sampleRate: Int) -> Double {
        let nominal: [Double] = [64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 500]
        let wanted = 2 * perChannel / 1000 * 44100 / Double(sampleRate)
        guard let above = nominal.firstIndex(where: { $0 >= wanted }) else { return 10 }
        guard above > 0 else { return 0 }
        return Double(above - 1) + (wanted - nominal[above - 1]) / (nominal[above] - nominal[above - 1])
    }

    private static func impossible(_ file: URL, _ cause: String, _ mend: String) -> AudioError {
        AudioError(.usage, operation: "write", subject: file.relativePath, cause: cause, mend: mend)
    }
}

extension MediaEncoding.SampleFormat {
    /// Bits of an integer sample; nil for floating point.
    var bits: Int? {
        switch self {
        case .integer16: 16
        case .integer24: 24
        case .integer32: 32
        case .float32: nil
        }
    }
}
