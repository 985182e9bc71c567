import AudioCore
import CFFmpeg
import Foundation

/// Decodes the best audio stream of a file at its own rate and channels.
///
/// A file that breaks off at its end is read as far as it goes, and `damage` says so. What cannot be decoded in the
/// middle becomes silence of its own length, so that everything behind it keeps its time; where that is more than a
/// hundredth of the programme, the file is refused with the second at which it is broken first.
final class MediaReader: MediaSource {
    private(set) var format: MediaFormat
    private(set) var expectedFrames: Int?
    private(set) var damage: String?
    var repairedSeconds: Double { Double(repairedFrames) / Double(max(1, format.sampleRate)) }

    private let file: URL
    private let demuxer: Demuxer
    private let decoder: Decoder
    private let packet: PacketOwner
    private let frame: FrameOwner
    private let timing: StreamTiming
    private var clock: StreamClock
    /// Decoded and not yet handed out, [channels][frames].
    private var pending: [[Float]] = []
    private var framesDecoded = 0
    private var isAtEnd = false
    /// Where something could not be decoded; what follows decides whether that was the end or the middle.
    private var brokenAtSeconds: Double?
    private var repair: PacketRepair
    private var repairedFrames = 0
    private var firstRepairSeconds: Double?
    /// Frames that came out of the packet that was read last.
    private var framesOfPacket = 0
    private var errorsInARow = 0

    /// Frames of a block: about a third of a second.
    private static let blockFrames = 16384
    /// A demuxer that fails this often without giving a packet will not recover.
    private static let mostErrors = 32
    /// More of the programme than this is not repaired.
    private static let mostRepairedShare = 0.01
    private static let longestRepairSeconds = 60.0

    init(_ file: URL) throws {
        self.file = file
        demuxer = try Demuxer(file)
        let (stream, codec) = try demuxer.chooseAudio()
        decoder = try Decoder(file, stream: stream, decoder: codec)
        packet = try PacketOwner()
        frame = try FrameOwner()
        format = MediaFormat(demuxer, stream: stream)
        timing = try StreamTiming(demuxer, stream: stream)
        clock = StreamClock(timeBase: stream.pointee.time_base, isWatching: timing.hasTimes)
        repair = PacketRepair(
            isByteStream: timing.isByteStream, timeBase: stream.pointee.time_base, sampleRate: format.sampleRate,
            frameSize: decoder.frameSize)
        while framesDecoded == 0, !isAtEnd { try step() }
        guard framesDecoded > 0 else { throw Failure.reading(file, .badData, "it holds no samples") }
        expectedFrames = timing.expectedFrames(sampleRate: format.sampleRate)
    }

    func read() throws -> Waveform? {
        if Task.isCancelled { throw CancellationError() }
        while !isAtEnd, pending[0].count < Self.blockFrames { try step() }
        guard !pending[0].isEmpty else { return nil }
        let block = Waveform(sampleRate: format.sampleRate, channels: pending)
        pending = emptyChannels
        return block
    }

    private var emptyChannels: [[Float]] {
        (0..<format.channelCount).map { _ in
            var channel: [Float] = []
            channel.reserveCapacity(Self.blockFrames * 5 / 4)
            return channel
        }
    }

    private var seconds: Double { Double(framesDecoded) / Double(max(1, format.sampleRate)) }

    /// Takes one frame out of the decoder, or puts one packet into it.
    private func step() throws {
        switch decoder.receive(into: frame) {
        case 0: try accept(frame.pointer.pointee)
        case FFmpegTryAgain: try feed()
        case FFmpegEndOfFile: try end()
        case let status: noteBrokenPacket(status)
        }
    }

    private func feed() throws {
        let status = demuxer.next(into: packet)
        guard status != FFmpegEndOfFile, errorsInARow < Self.mostErrors else {
            if demuxer.hasReadError {
                throw Failure.reading(file, .inputOutput, "the disk gave an error \(at(seconds))")
            }
            return noteBroken(decoder.send(nil))
        }
        guard status >= 0 else {
            errorsInARow += 1
            return noteBroken(status)
        }
        errorsInARow = 0
        framesOfPacket = 0
        if av_packet_get_side_data(packet.pointer, AV_PKT_DATA_ENCRYPTION_INFO, nil) != nil {
            throw Failure.encrypted(file)
        }
        // Half a packet of PCM is sound; half a coded one would be noise.
        if packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0, !timing.isPulseCode {
            return noteBrokenPacket(FFmpegInvalidData)
        }
        noteBrokenPacket(decoder.send(packet))
    }

    private func accept(_ decoded: AVFrame) throws {
        let channelCount = Int(decoded.ch_layout.nb_channels)
        let sampleRate = Int(decoded.sample_rate)
        if framesDecoded == 0, pending.isEmpty {
            guard (1...63).contains(channelCount), (1000...1_000_000).contains(sampleRate) else {
                throw Failure.reading(
                    file, .badData, "it claims \(channelCount) channels at \(sampleRate) Hz, which cannot be")
            }
            format.sampleRate = sampleRate
            format.channelCount = channelCount
            pending = emptyChannels
        }
        guard channelCount == format.channelCount, sampleRate == format.sampleRate else {
            // Broken bytes can look like the beginning of another kind of packet.
            if timing.isByteStream, brokenAtSeconds != nil {
                return repair.noteBroken(packet.pointer.pointee, decoded: 0)
            }
            throw Failure.reading(
                file, .badData,
                "it changes from \(format.channelCount) channels at \(format.sampleRate) Hz to \(channelCount) at "
                    + "\(sampleRate) Hz \(at(seconds))", mend: "convert it to WAV or FLAC first")
        }
        let frames = Int(decoded.nb_samples)
        framesOfPacket += frames
        if decoded.decode_error_flags != 0 || decoded.flags & AV_FRAME_FLAG_CORRUPT != 0 {
            brokenAtSeconds = brokenAtSeconds ?? seconds
            return repair.noteBroken(frames: frames)
        }
        let isTrusted = timing.hasTrueTimes || brokenAtSeconds != nil
        try fillBroken()
        if let gap = clock.gap(before: decoded, isTrusted: isTrusted), framesDecoded > 0 { try fill(gap) }
        repair.noteSound(packet.pointer.pointee, frames: frames)
        let count = min(frames, room)
        guard SampleConversion.append(decoded, count: count, to: &pending) else {
            throw Failure.reading(file, .badData, "its sample format is unknown")
        }
        framesDecoded += count
    }

    /// Frames up to where the container says that padding begins.
    private var room: Int { max(0, (timing.frameLimit(sampleRate: format.sampleRate) ?? .max) - framesDecoded) }

    /// Puts silence in the place of packets that could not be decoded.
    private func fillBroken() throws {
        guard let start = brokenAtSeconds else { return }
        // What was lost without a trace can only be told by the times that packets carry.
        guard repair.hasBroken || timing.hasTimes else { throw broken(at: start) }
        brokenAtSeconds = nil
        let frames = repair.take(before: packet.pointer.pointee)
        try fill(frames, refusal: broken(at: start))
        clock.advance(seconds: Double(frames) / Double(format.sampleRate))
    }

    /// Fills a gap in the times that packets carry.
    private func fill(_ gapSeconds: Double) throws {
        let refusal = Failure.reading(
            file, .badData, "\(Self.text(gapSeconds)) s of it are missing \(at(seconds))",
            mend: "convert it to WAV or FLAC first")
        guard gapSeconds <= Self.longestRepairSeconds else { throw refusal }
        // Containers round times.
        let unit = repair.unitFrames
        let frames = Int((gapSeconds * Double(format.sampleRate) / Double(unit)).rounded()) * unit
        try fill(frames, refusal: refusal)
        clock.advance(seconds: gapSeconds)
    }

    private func fill(_ frames: Int, refusal: AudioError) throws {
        let longest = Int(Self.longestRepairSeconds * Double(format.sampleRate))
        // Where the length is not known, the end will tell.
        let promised = timing.expectedFrames(sampleRate: format.sampleRate).map { max($0, framesDecoded) }
        let most = promised.map { Int(Self.mostRepairedShare * Double($0)) } ?? .max
        guard frames <= longest, repairedFrames + frames <= most else { throw refusal }
        let count = min(frames, room)
        guard count > 0 else { return }
        firstRepairSeconds = firstRepairSeconds ?? seconds
        for channel in pending.indices { pending[channel] += [Float](repeating: 0, count: count) }
        repairedFrames += count
        framesDecoded += count
    }

    /// Remembers where decoding failed; being asked for more, or told of the end, is no failure.
    private func noteBroken(_ status: Int32) {
        guard status < 0, status != FFmpegTryAgain, status != FFmpegEndOfFile else { return }
        if brokenAtSeconds == nil { brokenAtSeconds = seconds }
    }

    /// Remembers what the packet that was read last should have given.
    private func noteBrokenPacket(_ status: Int32) {
        guard status < 0, status != FFmpegTryAgain, status != FFmpegEndOfFile else { return }
        noteBroken(status)
        repair.noteBroken(packet.pointer.pointee, decoded: framesOfPacket)
    }

    private func end() throws {
        isAtEnd = true
        guard Double(repairedFrames) <= Self.mostRepairedShare * Double(framesDecoded) else {
            throw broken(at: firstRepairSeconds ?? 0)
        }
        if let brokenAtSeconds {
            // Much of the file behind the trouble was never reached: that is the middle, not the end.
            guard demuxer.unreadBytes < 262_144, framesDecoded > 0 else { throw broken(at: brokenAtSeconds) }
            damage = "its end is broken: it stops \(at(seconds))"
        }
        if timing.lacksEnd { damage = "its end is missing: it stops \(at(seconds))" }
        guard let expected = timing.expectedFrames(sampleRate: format.sampleRate), framesDecoded > 0 else { return }
        if expected - framesDecoded > timing.toleranceFrames(sampleRate: format.sampleRate) {
            let promised = Double(expected) / Double(format.sampleRate)
            damage = "it ends \(at(seconds)) although it says that it lasts \(Self.text(promised)) s"
        }
    }

    private func broken(at seconds: Double) -> AudioError {
        Failure.reading(file, .badData, "it is broken \(at(seconds))", mend: "use an undamaged copy")
    }

    private func at(_ seconds: Double) -> String { "at \(Self.text(seconds)) s" }

    private static func text(_ seconds: Double) -> String { String(format: "%.2f", seconds) }
}
