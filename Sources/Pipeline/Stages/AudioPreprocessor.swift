import AudioCore
import Files
import Foundation

/// What the user may say about how a programme is read.
public struct AudioPreprocessorOptions: Codable, Sendable, Equatable {
    /// Whether each channel carries one speaker; nil: found out. Default nil.
    public var separateChannels: Bool?

    public init(separateChannels: Bool? = nil) { self.separateChannels = separateChannels }
}

/// A programme as later stages read it, and its measures.
public struct AudioPreprocessorProduct: Codable, Sendable, Equatable {
    public var format: MediaFormat
    public var frameCount: Int
    public var seconds: Double
    /// Gated loudness (ITU-R BS.1770-4), LUFS; nil where the programme is shorter or quieter than the gate.
    public var loudnessLUFS: Double?
    /// Largest true peak of any channel (ITU-R BS.1770-4, annex 2), dBTP.
    public var truePeakDBTP: Double
    /// Samples that lie at full scale at least three in a row, all channels.
    public var clippedSamples: Int
    /// Mean of each channel, -1...1.
    public var channelOffsets: [Double]
    /// True where the two channels carry one speaker each.
    public var separateChannels: Bool
    /// True where the two channels are the same sample for sample.
    public var isDualMono: Bool
    /// What is wrong with a file that could be read all the same; nil where it is whole.
    public var damage: String?
    /// Seconds in the middle that could not be decoded and are silent here; 0 where all is sound.
    public var repairedSeconds: Double
    /// Float32 WAV at the programme's own rate, all channels, relative to the stage's folder.
    public var programme: String
    /// Float32 WAV at `analysisSampleRate`: the mean of the channels, or all of them where `separateChannels`.
    public var analysis: String
    public var analysisSampleRate: Int
    /// True where channels heard each other's people; in `analysis` they no longer do.
    public var hadCrosstalk: Bool
}

/// The first stage: decodes a programme once, measures it and makes the copy that networks listen to.
public struct AudioPreprocessor: Sendable {
    private let media: any MediaAccess
    private let options: AudioPreprocessorOptions

    private static let analysisSampleRate = 16_000
    private static let shortestSeconds = 0.2
    /// Share of the progress that decoding and measuring are given; then comes the analysis copy, then its cleaning.
    private static let decodingShare = 0.7
    private static let cleaningShare = 0.9
    private static let blockFrames = 65_536

    public init(media: any MediaAccess, options: AudioPreprocessorOptions = AudioPreprocessorOptions()) {
        self.media = media
        self.options = options
    }

    /// Reads `input` and writes `programme.wav` and `analysis.wav`.
    public func run(
        _ input: URL, in folder: URL, progress: (Double) throws -> Void
    ) throws -> AudioPreprocessorProduct {
        let source = try media.open(input)
        let programme = folder.appendingPathComponent("programme.wav")
        let measures = try decode(source, input, to: programme) { try progress(Self.decodingShare * $0) }
        let separate = options.separateChannels ?? measures.relation.hasOneSpeakerAChannel
        var product = AudioPreprocessorProduct(
            format: source.format, frameCount: measures.frameCount, seconds: measures.seconds,
            loudnessLUFS: measures.loudness.integrated, truePeakDBTP: measures.truePeak.decibels,
            clippedSamples: measures.clippedSamples, channelOffsets: measures.offsets,
            separateChannels: separate && source.format.channelCount > 1,
            isDualMono: measures.relation.isDualMono, damage: source.damage, repairedSeconds: source.repairedSeconds,
            programme: programme.lastPathComponent,
            analysis: "analysis.wav", analysisSampleRate: Self.analysisSampleRate, hadCrosstalk: false)
        let analysis = folder.appendingPathComponent(product.analysis)
        try writeAnalysis(of: programme, input, separate: product.separateChannels, to: analysis) {
            try progress(Self.decodingShare + (Self.cleaningShare - Self.decodingShare) * $0)
        }
        if product.separateChannels {
            product.hadCrosstalk = try removeCrosstalk(from: analysis) {
                try progress(Self.cleaningShare + (1 - Self.cleaningShare) * $0)
            }
        }
        try progress(1)
        return product
    }

    private func decode(
        _ source: any MediaSource, _ input: URL, to file: URL, progress: (Double) throws -> Void
    ) throws -> ProgrammeMeasures {
        let format = source.format
        let writer = try WaveWriter(file, sampleRate: format.sampleRate, channelCount: format.channelCount)
        var measures = ProgrammeMeasures(sampleRate: format.sampleRate, channelCount: format.channelCount)
        try progress(0)
        while let block = try source.read() {
            guard measures.add(block.channels) else {
                throw refusal(input, "it holds values that are not numbers near \(Self.text(measures.seconds)) s")
            }
            try writer.append(block.channels)
            // A file that does not say how long it is leaves the bar where it is, but can be interrupted.
            let expected = source.expectedFrames ?? .max
            try progress(min(1, Double(measures.frameCount) / Double(max(1, expected))))
        }
        try writer.finish()
        guard measures.seconds >= Self.shortestSeconds else {
            throw refusal(
                input, "it lasts only \(Self.text(measures.seconds)) s",
                mend: "choose a file of at least \(Self.shortestSeconds) s")
        }
        guard !measures.isSilent else { throw refusal(input, "it is silent from beginning to end") }
        return measures
    }

    private func writeAnalysis(
        of programme: URL, _ input: URL, separate: Bool, to file: URL, progress: (Double) throws -> Void
    ) throws {
        let reader = try WaveReader(programme)
        let channelCount = separate ? reader.channelCount : 1
        let resampler = try media.resampler(
            from: reader.sampleRate, to: Self.analysisSampleRate, channelCount: channelCount)
        let writer = try WaveWriter(file, sampleRate: Self.analysisSampleRate, channelCount: channelCount)
        var largest: Float = 0
        for start in stride(from: 0, to: reader.frameCount, by: Self.blockFrames) {
            let range = start..<min(start + Self.blockFrames, reader.frameCount)
            let block = try separate ? reader.read(range) : [Waveform(sampleRate: 1, channels: reader.read(range)).mid]
            for channel in block { largest = channel.reduce(largest) { max($0, abs($1)) } }
            try writer.append(resampler.process(block))
            try progress(Double(range.upperBound) / Double(reader.frameCount))
        }
        try writer.append(resampler.finish())
        try writer.finish()
        guard largest > ProgrammeMeasures.silence else {
            throw refusal(
                input, "its channels cancel each other out when they are mixed to mono",
                mend: "turn one channel's polarity round")
        }
    }

    /// - Returns: whether there was any.
    private func removeCrosstalk(from analysis: URL, progress: (Double) throws -> Void) throws -> Bool {
        let removal = try CrosstalkRemoval(WaveReader(analysis)) { try progress(0.3 * $0) }
        guard let removal else { return false }
        let clean = analysis.deletingLastPathComponent().appendingPathComponent("clean.wav")
        try removal.write(to: clean) { try progress(0.3 + 0.7 * $0) }
        try FileManager.default.removeItem(at: analysis)
        try FileManager.default.moveItem(at: clean, to: analysis)
        return true
    }

    private func refusal(_ input: URL, _ cause: String, mend: String = "") -> AudioError {
        AudioError(.badData, operation: "use", subject: input.relativePath, cause: cause, mend: mend)
    }

    private static func text(_ seconds: Double) -> String { String(format: "%.2f", seconds) }
}
