import AudioCore
import CFFmpeg
import Foundation

/// Encodes a programme into a new file.
final class MediaWriter: MediaSink {
    private let file: URL
    private let sampleRate: Int
    private let channelCount: Int
    private let encoder: Encoder
    private let muxer: Muxer
    private let resampler: Resampler?
    private var isFinished = false

    /// - Parameter temporary: where bytes go until the file is whole; nil: a hidden name beside `file`.
    init(
        _ file: URL, sampleRate: Int, channelCount: Int, original: Original?, encoding: MediaEncoding,
        tags: [String: String],
        temporary: URL? = nil
    ) throws {
        self.file = file
        self.sampleRate = sampleRate
        self.channelCount = channelCount
        let output = try OutputFormat.of(file)
        let metadata = original?.metadata ?? Metadata()
        let plan = try EncodingPlan(
            file, output, sampleRate: sampleRate, channelCount: channelCount, source: original?.format,
            encoding: encoding)
        muxer = try Muxer(file, temporary: temporary ?? Self.hidden(beside: file), output: output)
        encoder = try Encoder(
            file, plan: plan, channelCount: channelCount, layout: metadata.channelLayout,
            wantsGlobalHeader: muxer.context.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0)
        resampler =
            plan.sampleRate == sampleRate
            ? nil : try Resampler(from: sampleRate, to: plan.sampleRate, channelCount: channelCount)
        try muxer.begin(encoder, metadata: metadata, output: output, tags: tags)
    }

    /// A name that says whose it is, so that what a killed process left behind can be told and taken away.
    private static func hidden(beside file: URL) -> URL {
        let folder = file.deletingLastPathComponent()
        let (mark, end) = (".\(file.lastPathComponent).", ".part")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix(mark) && name.hasSuffix(end) {
            guard let process = Int32(name.dropFirst(mark.count).dropLast(end.count)), process > 0 else { continue }
            if kill(process, 0) != 0, errno == ESRCH { unlink(folder.appendingPathComponent(name).path) }
        }
        return folder.appendingPathComponent("\(mark)\(getpid())\(end)")
    }

    func write(_ block: Waveform) throws {
        guard !isFinished, block.channels.count == channelCount, block.sampleRate == sampleRate else {
            throw Failure.writing(
                file, .internal,
                "got \(block.channels.count) channels at \(block.sampleRate) Hz for a file of \(channelCount) at \(sampleRate) Hz"
            )
        }
        if Task.isCancelled { throw CancellationError() }
        try encode(try resampler?.process(block.channels) ?? block.channels)
    }

    func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        if let resampler { try encode(resampler.finish()) }
        try encoder.finish(emit: write)
        try muxer.finish()
    }

    private func encode(_ channels: [[Float]]) throws { try encoder.encode(channels, emit: write) }

    private func write(_ packet: PacketOwner) throws {
        try muxer.write(packet, timeBase: encoder.context.pointee.time_base)
    }
}
