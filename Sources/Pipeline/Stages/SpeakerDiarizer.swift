import AudioCore
import Files
import Foundation

/// The third stage: finds who speaks when.
///
/// A programme that keeps one speaker a channel is heard channel by channel: who sits on which channel is then known, and
/// people who talk at once are told apart. A channel that holds several voices is still divided among them.
///
/// A turn's confidence is calibrated on podcasts and calls, where 0.9 means 90 %; see `TurnConfidence` for what it does not
/// see.
public struct SpeakerDiarizer: Sendable {
    private let segmenter: any SpeechSegmenter
    private let embedder: any SpeakerEmbedder
    private let options: SpeakerDiarizerOptions

    private static let timelineFile = "diarization.rttm"

    public init(segmenter: any SpeechSegmenter, embedder: any SpeakerEmbedder, options: SpeakerDiarizerOptions) {
        self.segmenter = segmenter
        self.embedder = embedder
        self.options = options
    }

    /// - Parameters:
    ///   - analysis: float32 WAV at the networks' rate; one channel, or one a speaker.
    ///   - name: of the programme, as it stands in the RTTM file.
    public func run(
        analysis: URL, name: String, in folder: URL, progress: (Double) throws -> Void
    ) throws -> SpeakerDiarizerProduct {
        let reader = try WaveReader(analysis)
        try check(reader, analysis)
        let signals = try (0..<reader.channelCount).map { channel in
            try DiarizationSignal(
                reader, channel: channel, segmenter: segmenter, embedder: embedder, stretches: options.stretches
            ) { try progress(0.95 * (Double(channel) + $0) / Double(reader.channelCount)) }
        }
        let results = try attributed(signals)
        try progress(0.98)
        let product = try written(results, reader, name, folder)
        try progress(1)
        return product
    }

    private func check(_ reader: WaveReader, _ file: URL) throws {
        if let speakers = options.speakers, speakers < 1 {
            throw AudioError(
                .usage, operation: "find", subject: "\(speakers) speakers", cause: "there must be at least one",
                mend: "give a number from 1 on or leave it out")
        }
        guard reader.sampleRate == segmenter.sampleRate, reader.sampleRate == embedder.sampleRate else {
            throw AudioError(
                .internal, operation: "diarize", subject: file.lastPathComponent,
                cause: "it has \(reader.sampleRate) samples a second where \(segmenter.sampleRate) are needed")
        }
    }

    private func attributed(_ signals: [DiarizationSignal]) throws -> [SpeakerAttribution] {
        func attribute(_ signal: DiarizationSignal, _ count: SpeakerCount) throws -> SpeakerAttribution {
            try SpeakerAttribution(
                windows: signal.windows, speech: signal.speech, segments: signal.segments, count: count,
                options: options.attribution)
        }
        guard signals.count > 1 else {
            let count = SpeakerCount(exact: options.speakers, minimum: options.minimumSpeakers)
            return try signals.map { try attribute($0, count) }
        }
        let free = try signals.map { try attribute($0, SpeakerCount()) }
        let found = free.map(\.voices.rows)
        let total = found.reduce(0, +)
        let wanted = options.speakers ?? max(total, options.minimumSpeakers)
        guard wanted != total, !(total == 0 && options.speakers == nil && options.minimumSpeakers <= 1) else {
            return free
        }
        let counts = try shared(wanted, found: found)
        return try zip(signals, zip(free, counts)).map { signal, known in
            known.0.voices.rows == known.1 ? known.0 : try attribute(signal, SpeakerCount(exact: known.1))
        }
    }

    /// How many speakers each channel has where `wanted` are there in all: one on each channel with speech, and the
    /// others where more voices were found, the first channel first.
    private func shared(_ wanted: Int, found: [Int]) throws -> [Int] {
        var counts = found.map { min(1, $0) }
        let occupied = counts.reduce(0, +)
        guard wanted >= occupied, occupied > 0 else {
            throw AudioError(
                .badData, operation: "find", subject: "\(wanted) speakers",
                cause: "\(occupied) channels hold speech of their own",
                mend: occupied > 0 ? "give at least \(occupied) or leave the number out" : "choose another programme")
        }
        for _ in occupied..<wanted {
            let occupiedChannels = counts.indices.filter { counts[$0] > 0 }
            let next = occupiedChannels.max {
                (found[$0] - counts[$0], $1) < (found[$1] - counts[$1], $0)
            }
            if let next { counts[next] += 1 }
        }
        return counts
    }
}

// MARK: - From channels to a programme

extension SpeakerDiarizer {
    /// A speaker of one channel.
    private struct Local: Hashable {
        var channel: Int
        var speaker: Int
    }

    private func written(
        _ results: [SpeakerAttribution], _ reader: WaveReader, _ name: String, _ folder: URL
    ) throws -> SpeakerDiarizerProduct {
        let names = Self.names(results)
        var diarization = Diarization(turns: [])
        var samples: [SpeakerID: String] = [:]
        for (channel, result) in results.enumerated() {
            for turn in result.turns {
                guard let id = names[Local(channel: channel, speaker: turn.speaker)] else { continue }
                diarization.turns.append(
                    SpeakerTurn(speaker: id, span: result.span(of: turn.widened), confidence: turn.confidence))
            }
            for speaker in 0..<result.voices.rows {
                guard let id = names[Local(channel: channel, speaker: speaker)] else { continue }
                diarization.voicePrints[id] = Array(result.voices[row: speaker])
                if results.count > 1 { diarization.channels[id] = channel }
                let writer = DiarizationSamples(reader: reader)
                guard let span = writer.cleanest(of: speaker, in: result) else { continue }
                samples[id] = "\(id).wav"
                try writer.write(span, channel: channel, to: folder.appendingPathComponent("\(id).wav"))
            }
        }
        diarization.turns.sort(by: Self.isEarlier)
        let entries = diarization.turns.map { turn in
            RTTM.Entry(
                file: name, channel: (diarization.channels[turn.speaker] ?? 0) + 1, speaker: turn.speaker.name,
                span: turn.span)
        }
        let file = folder.appendingPathComponent(Self.timelineFile)
        do {
            try Data(RTTM.text(entries).utf8).write(to: file)
        } catch {
            throw FileError(.cannotCreate, file, "write", FileError.reason(error))
        }
        return SpeakerDiarizerProduct(
            diarization: diarization, rttm: Self.timelineFile, samples: samples)
    }

    /// Names in order of first appearance in the programme.
    private static func names(_ results: [SpeakerAttribution]) -> [Local: SpeakerID] {
        let firsts = results.enumerated().flatMap { channel, result in
            (0..<result.voices.rows).map { speaker in
                let frame = result.turns.first { $0.speaker == speaker }?.frames.lowerBound ?? .max
                return (frame: frame, local: Local(channel: channel, speaker: speaker))
            }
        }.sorted { ($0.frame, $0.local.channel, $0.local.speaker) < ($1.frame, $1.local.channel, $1.local.speaker) }
        return Dictionary(
            uniqueKeysWithValues: firsts.enumerated().map { ($0.element.local, SpeakerID(index: $0.offset)) })
    }

    private static func isEarlier(_ a: SpeakerTurn, _ b: SpeakerTurn) -> Bool {
        (a.span.start, a.speaker, a.span.end) < (b.span.start, b.speaker, b.span.end)
    }
}
