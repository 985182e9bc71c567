import AudioCore
import CFFmpeg
import Foundation

/// What a container says about the length of its audio.
struct StreamTiming {
    /// True where samples are stored as they are.
    let isPulseCode: Bool
    /// True where every packet carries a time of its own, so that lost packets show.
    let hasTrueTimes: Bool
    /// True where packets carry times that can be relied on at least where something is known to be broken.
    let hasTimes: Bool
    /// True where there is no container: packets are cut out of the bytes by their sync words.
    let isByteStream: Bool
    /// True where the container should mark its end and does not.
    let lacksEnd: Bool
    /// Length in the stream's time base; nil where the container does not say, or only guesses.
    private let duration: Int64?
    /// Where the audio ends, in the stream's time base, in containers that pad the last packet and say so apart.
    private let limit: Int64?
    private let timeBase: AVRational
    private let isExact: Bool

    init(_ demuxer: Demuxer, stream: UnsafeMutablePointer<AVStream>) throws {
        let names = Set(demuxer.containerName.split(separator: ",").map(String.init))
        let parameters = stream.pointee.codecpar.pointee
        timeBase = stream.pointee.time_base
        isPulseCode = av_get_exact_bits_per_sample(parameters.codec_id) > 0
        hasTrueTimes = !names.isDisjoint(with: ["matroska", "ogg", "mov", "flac"])
        hasTimes = hasTrueTimes || !names.isDisjoint(with: ["asf", "mpegts"])
        isByteStream = !names.isDisjoint(with: ["mp3", "aac", "loas", "ac3", "eac3", "dts"])
        let facts = ContainerFacts(demuxer.file)
        let second = AVRational(num: 1, den: parameters.sample_rate)
        if names.contains("mov") {
            limit = try Self.editedLength(demuxer, stream: stream)
        } else if names.contains("mp3"), parameters.sample_rate > 0 {
            limit = facts?.layerThreeFrames.map { av_rescale_q(Int64($0), second, stream.pointee.time_base) }
        } else {
            limit = nil
        }
        lacksEnd = names.contains("ogg") && facts?.lacksOggEnd == true
        let missingBytes = names.contains("wav") ? facts?.missingWaveBytes ?? 0 : 0
        let isGuess =
            demuxer.context.pointee.duration_estimation_method == AVFMT_DURATION_FROM_BITRATE && missingBytes == 0
        if let limit {
            duration = limit
        } else if stream.pointee.duration > 0, stream.pointee.duration < Int64.max / 2, !isGuess {
            duration = stream.pointee.duration + Int64(missingBytes) / Int64(max(1, parameters.block_align))
        } else if demuxer.context.pointee.duration > 0, !isGuess {
            let microseconds = AVRational(num: 1, den: AV_TIME_BASE)
            duration = av_rescale_q(demuxer.context.pointee.duration, microseconds, timeBase)
        } else {
            duration = nil
        }
        let isLossless = MediaFormat.isLossless(parameters)
        isExact = isLossless && timeBase.num == 1 && timeBase.den == parameters.sample_rate
    }

    func expectedFrames(sampleRate: Int) -> Int? { duration.map { frames($0, sampleRate) } }

    /// Frames behind this one are padding.
    func frameLimit(sampleRate: Int) -> Int? { limit.map { frames($0, sampleRate) } }

    /// How many of the expected frames may be missing before the file counts as cut: encoder delay and padding are
    /// part of what many containers promise.
    func toleranceFrames(sampleRate: Int) -> Int { isExact ? 0 : sampleRate / 4 }

    private func frames(_ ticks: Int64, _ sampleRate: Int) -> Int {
        Int(av_rescale_q(ticks, timeBase, AVRational(num: 1, den: Int32(clamping: sampleRate))))
    }

    /// The length of an MP4 or QuickTime track without encoder delay and padding, in the track's time base.
    ///
    /// The edit list has it only in ticks of the movie (often 1 ms), the track header exactly but with the delay: where
    /// both agree within a tick, the header's is the true one. iTunes writes the count of samples into a tag.
    private static func editedLength(_ demuxer: Demuxer, stream: UnsafeMutablePointer<AVStream>) throws -> Int64? {
        let edited = stream.pointee.duration
        let count = avformat_index_get_entries_count(stream)
        guard edited > 0, count > 0, let first = avformat_index_get_entry(stream, 0),
            let last = avformat_index_get_entry(stream, count - 1)
        else { return nil }
        let rate = Int64(stream.pointee.time_base.den) / Int64(max(1, stream.pointee.time_base.num))
        // A fragmented file's index covers only its beginning; nothing can be said about its end.
        guard last.pointee.timestamp <= edited, edited - last.pointee.timestamp < max(8192, rate / 2) else {
            return nil
        }
        if let tagged = taggedLength(demuxer), abs(tagged - edited) < 8192 { return tagged }
        let plain = try Demuxer(demuxer.file, options: ["ignore_editlist": "1"])
        let index = Int(stream.pointee.index)
        guard plain.streams.indices.contains(index) else { return edited }
        let whole = plain.streams[index].pointee.duration + min(0, first.pointee.timestamp)
        return abs(whole - edited) <= rate / 600 + 1 ? whole : edited
    }

    /// The fourth number of iTunes' gapless tag: " 00000000 00000840 000001CA 00000000003F31F6 ...".
    private static func taggedLength(_ demuxer: Demuxer) -> Int64? {
        guard let entry = av_dict_get(demuxer.context.pointee.metadata, "iTunSMPB", nil, 0) else { return nil }
        let numbers = String(cString: entry.pointee.value).split(separator: " ")
        guard numbers.count > 3, let length = Int64(numbers[3], radix: 16), length > 0 else { return nil }
        return length
    }
}
