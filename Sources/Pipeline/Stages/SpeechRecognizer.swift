import AudioCore
import Files
import struct Foundation.URL

/// How speech is turned into a transcript.
public struct SpeechRecognizerOptions: Codable, Sendable, Equatable {
    public enum Source: String, Codable, Sendable, CaseIterable {
        /// The programme as it is: measured to be better for plain, noisy and telephone recordings.
        case programme
        /// The separated speech: measured to be better under music.
        case vocals
    }

    public var source: Source = .programme
    public var recognition = RecognitionOptions()
    /// Turns of one speaker that are nearer than this are one passage, if nobody speaks between.
    public var joinedGapSeconds = 0.6
    /// Longer passages are cut at their longest pauses.
    public var longestPassageSeconds = 25.0
    /// Audio recognized beyond each end of a passage.
    public var marginSeconds = 0.1
    /// Passages shorter than this are heard with more around them, and only what is certain counts.
    public var shortPassageSeconds = 0.3
    /// Audio around such a short passage, in all.
    public var shortPassageContextSeconds = 1.0
    /// Least confidence of a word of such a short passage.
    public var shortPassageConfidence = 0.5

    public init() {}
}

/// Words, given to the people who said them.
public struct SpeechRecognizerProduct: Codable, Sendable, Equatable {
    public var transcript: Transcript
    /// What was listened to.
    public var source: SpeechRecognizerOptions.Source

    public init(transcript: Transcript, source: SpeechRecognizerOptions.Source) {
        self.transcript = transcript
        self.source = source
    }
}

/// Stage 4: hears each speaker's turns by themselves, so that words belong to speakers also where turns overlap.
public struct SpeechRecognizer: Sendable {
    private let transcriber: any SpeechTranscriber
    private let options: SpeechRecognizerOptions

    public init(transcriber: any SpeechTranscriber, options: SpeechRecognizerOptions = SpeechRecognizerOptions()) {
        self.transcriber = transcriber
        self.options = options
    }

    /// - Parameters:
    ///   - analysis: `analysis.wav`, 16 kHz: mono, or one speaker a channel.
    ///   - vocals: `vocals16k.wav`, the same channels; needed where the source is `vocals`.
    ///   - folder: takes `transcript.txt`, `.srt`, `.vtt` and `.json`.
    public func run(
        analysis: URL, vocals: URL?, diarization: Diarization, in folder: URL,
        progress: (Double) throws -> Void
    ) throws -> SpeechRecognizerProduct {
        let audio = try open(analysis: analysis, vocals: vocals)
        let pieces = try TranscriptPieces(
            diarization: diarization, audio: audio, joinedGapSeconds: options.joinedGapSeconds,
            longestSeconds: min(options.longestPassageSeconds, transcriber.longestSeconds - 2 * options.marginSeconds)
        ).pieces
        var recognition = options.recognition
        let total = max(1e-9, pieces.reduce(0) { $0 + $1.span.seconds })
        var heard: [Int: Recognition] = [:]
        var done = 0.0
        if recognition.language == nil {
            for index in longest(pieces) {
                heard[index] = try recognize(pieces[index], audio: audio, options: recognition)
            }
            recognition.language = language(of: pieces, heard: heard)
        }
        for (index, piece) in pieces.enumerated() {
            try progress(min(1, done / total))
            if heard[index].map({ $0.language != recognition.language }) ?? true {
                heard[index] = try recognize(piece, audio: audio, options: recognition)
            }
            done += piece.span.seconds
        }
        let language = recognition.language ?? transcriber.languages.first ?? "en"
        var passages = pieces.enumerated().map { index, piece in
            Passage(
                id: index, speaker: piece.speaker, span: piece.span, language: language,
                words: words(of: piece, in: heard[index], end: audio.seconds))
        }
        TranscriptEchoes.remove(from: &passages, channels: diarization.channels)
        let transcript = Transcript(language: language, passages: passages)
        try TranscriptFormat.writeAll(transcript, in: folder)
        try progress(1)
        return SpeechRecognizerProduct(transcript: transcript, source: options.source)
    }

    private func open(analysis: URL, vocals: URL?) throws -> WaveReader {
        guard options.source == .vocals else { return try checked(WaveReader(analysis), analysis) }
        guard let vocals else {
            throw AudioError(
                .internal, operation: "recognize", subject: "the separated speech", cause: "nothing was separated",
                mend: "use the programme as the source")
        }
        return try checked(WaveReader(vocals), vocals)
    }

    private func checked(_ reader: WaveReader, _ file: URL) throws -> WaveReader {
        guard reader.sampleRate == transcriber.sampleRate else {
            throw AudioError(
                .badData, operation: "recognize", subject: file.lastPathComponent,
                cause: "it has \(reader.sampleRate) samples a second, not \(transcriber.sampleRate)")
        }
        return reader
    }

    /// The longest passages, which tell the language; none where the recognizer knows but one.
    private func longest(_ pieces: [TranscriptPiece]) -> ArraySlice<Int> {
        guard transcriber.languages.count > 1 else { return [] }
        return pieces.indices.sorted { pieces[$0].span.seconds > pieces[$1].span.seconds }.prefix(3)
    }

    /// The programme's language: what most of the passages heard so far are in, by their seconds.
    private func language(of pieces: [TranscriptPiece], heard: [Int: Recognition]) -> String? {
        guard transcriber.languages.count > 1 else { return transcriber.languages.first }
        var seconds: [String: Double] = [:]
        for (index, recognition) in heard where !recognition.words.isEmpty {
            seconds[recognition.language, default: 0] += pieces[index].span.seconds
        }
        return seconds.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// What is heard of a piece: itself, a margin on both sides, and more around a very short one.
    private func slice(_ piece: TranscriptPiece, end: Double) -> TimeSpan {
        var margin = options.marginSeconds
        if isShort(piece) { margin = max(margin, (options.shortPassageContextSeconds - piece.span.seconds) / 2) }
        return TimeSpan(start: max(0, piece.span.start - margin), end: min(end, piece.span.end + margin))
    }

    private func isShort(_ piece: TranscriptPiece) -> Bool { piece.span.seconds < options.shortPassageSeconds }

    private func recognize(
        _ piece: TranscriptPiece, audio: WaveReader, options: RecognitionOptions
    ) throws -> Recognition {
        let slice = slice(piece, end: audio.seconds)
        let rate = Double(audio.sampleRate)
        let frames =
            Int(
                (slice.start * rate).rounded())..<max(
                Int((slice.start * rate).rounded()), Int((slice.end * rate).rounded()))
        return try transcriber.recognize(audio.samples(frames, channel: piece.channel), options: options)
    }

    /// Words in the programme's time; those outside what belongs to the piece are somebody else's.
    private func words(of piece: TranscriptPiece, in recognition: Recognition?, end: Double) -> [Word] {
        let slice = slice(piece, end: end)
        let least = isShort(piece) ? options.shortPassageConfidence : 0
        let own = TimeSpan(
            start: piece.span.start - options.marginSeconds, end: piece.span.end + options.marginSeconds)
        return (recognition?.words ?? []).compactMap { word in
            var word = word
            word.span.start += slice.start
            word.span.end = min(word.span.end + slice.start, slice.end)
            guard word.span.start <= word.span.end else { return nil }
            let middle = (word.span.start + word.span.end) / 2
            return own.start <= middle && middle <= own.end && word.confidence >= least ? word : nil
        }
    }
}

extension WaveReader {
    /// One channel, or the mean of all where `channel` is nil or not there.
    func samples(_ frames: Range<Int>, channel: Int?) throws -> [Float] {
        guard let channel, channel < channelCount, channelCount > 1 else { return try readMid(frames) }
        return try read(frames)[channel]
    }
}
