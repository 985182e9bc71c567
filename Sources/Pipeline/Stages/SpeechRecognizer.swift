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
    /// Turns on one channel that are nearer than this are heard at once, whoever speaks: a talk is understood better than
    /// each half of it.
    public var heardGapSeconds = 3.0
    /// What is longer is heard in parts, cut at long pauses.
    public var longestHeardSeconds = 28.0
    /// The recognizer is told what was said, by anybody, in so many seconds before a piece; 0: nothing. In long pieces it
    /// needs none, and what it is told it may go on with (docs/measurements.md).
    public var contextSeconds = 0.0
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

/// Stage 4: hears what is spoken on a channel in long pieces and gives the words to those whose turns they lie in.
public struct SpeechRecognizer: Sendable {
    private let transcriber: any SpeechTranscriber
    private let options: SpeechRecognizerOptions
    /// As many words as leave room for what is known beforehand.
    private let contextWords = 80
    /// Mean of a passage's tokens: below it its words are doubtful.
    private let contextLogProbability = -0.6
    /// So much speech without a word was skipped.
    private let skippedSeconds = 2.0

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
        let languages = try languages(of: diarization, audio: audio)
        let pieces = try TranscriptPieces(
            diarization: diarization, audio: audio, languages: languages, joinedGapSeconds: options.joinedGapSeconds,
            heardGapSeconds: options.heardGapSeconds,
            longestSeconds: min(options.longestHeardSeconds, transcriber.longestSeconds - 2 * options.marginSeconds)
        ).pieces
        let total = max(1e-9, pieces.reduce(0) { $0 + $1.span.seconds })
        var heard: [Recognition] = []
        var done = 0.0
        var passages: [Passage] = []
        for (index, piece) in pieces.enumerated() {
            try progress(min(1, done / total))
            var recognition = options.recognition
            recognition.language = languages[piece.passages[0].speaker]
            recognition.prompt = prompt(before: index, of: pieces, heard: heard, language: recognition.language)
            heard.append(try recognize(piece, audio: audio, options: recognition))
            passages += try self.passages(of: piece, in: heard[index], audio: audio)
            done += piece.span.seconds
        }
        passages.sort { ($0.span.start, $0.speaker) < ($1.span.start, $1.speaker) }
        for index in passages.indices { passages[index].id = index }
        TranscriptEchoes.remove(from: &passages, diarization: diarization)
        let transcript = Transcript(language: languages.programme, passages: passages)
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

    /// Found in each speaker's longest turns, where nobody says which language it is.
    private func languages(of diarization: Diarization, audio: WaveReader) throws -> SpokenLanguages {
        let known = transcriber.languages
        if let language = options.recognition.language ?? (known.count > 1 ? nil : known.first ?? "en") {
            return SpokenLanguages(programme: language)
        }
        return try SpokenLanguages(
            of: diarization, otherwise: known.contains("en") ? "en" : known[0],
            longestSeconds: transcriber.longestSeconds
        ) { span, channel in
            try audio.samples(audio.frames(of: span), channel: channel)
        } languages: {
            try transcriber.languages(of: $0)
        }
    }

    /// What was said in a piece, with what was skipped at first; numbers are given later.
    private func passages(
        of piece: TranscriptPiece, in recognition: Recognition, audio: WaveReader
    ) throws -> [Passage] {
        let found = words(of: piece, in: recognition, end: audio.seconds)
        let parts = piece.divided(found)
        return try zip(piece.passages, parts).map { passage, own in
            var words = own
            if !found.isEmpty {
                words += try overheard(
                    in: passage, channel: piece.channel, beside: found, language: recognition.language, audio: audio)
                words.sort { $0.span.start < $1.span.start }
            }
            return Passage(
                id: 0, speaker: passage.speaker, span: passage.span, language: recognition.language, words: words)
        }
    }

    /// What is known beforehand, and the last words before a passage that were heard well: what is guessed must not
    /// be taken up and go on.
    private func prompt(
        before index: Int, of pieces: [TranscriptPiece], heard: [Recognition], language: String?
    ) -> String? {
        let from = pieces[index].span.start - options.contextSeconds
        let said = (0..<index).filter { options.contextSeconds > 0 && pieces[$0].span.end > from }.map { heard[$0] }
            .filter { $0.language == language && $0.averageLogProbability > contextLogProbability }.flatMap(\.words)
            .map(\.text)
        let parts: [String?] = [options.recognition.prompt, said.suffix(contextWords).joined(separator: " ")]
        let text = parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
        return text.isEmpty ? nil : text
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
        let frames = audio.frames(of: slice(piece, end: audio.seconds))
        return try transcriber.recognize(audio.samples(frames, channel: piece.channel), options: options)
    }

    /// Words of stretches in which somebody speaks and nothing was understood, heard by themselves: a recognizer at times
    /// skips a sentence among others.
    private func overheard(
        in passage: TranscriptPiece.Passage, channel: Int?, beside words: [Word], language: String, audio: WaveReader
    ) throws -> [Word] {
        var options = options.recognition
        options.language = language
        return try passage.span.minus(words.map(\.span)).filter { $0.seconds >= skippedSeconds }.flatMap { span in
            let part = TranscriptPiece(passages: [.init(speaker: passage.speaker, span: span)], channel: channel)
            let heard = try recognize(part, audio: audio, options: options)
            return self.words(of: part, in: heard, end: audio.seconds).filter { word in
                words.allSatisfy { $0.span.overlap(with: word.span) <= word.span.seconds / 2 }
            }
        }
    }

    /// Words in the programme's time; those outside what belongs to the piece are somebody else's.
    private func words(of piece: TranscriptPiece, in recognition: Recognition, end: Double) -> [Word] {
        let slice = slice(piece, end: end)
        let least = isShort(piece) ? options.shortPassageConfidence : 0
        let own = TimeSpan(
            start: piece.span.start - options.marginSeconds, end: piece.span.end + options.marginSeconds)
        return recognition.words.compactMap { word in
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
    /// Frames of a stretch.
    fileprivate func frames(of span: TimeSpan) -> Range<Int> {
        let start = Int((span.start * Double(sampleRate)).rounded())
        return start..<max(start, Int((span.end * Double(sampleRate)).rounded()))
    }

    /// One channel, or the mean of all where `channel` is nil or not there.
    func samples(_ frames: Range<Int>, channel: Int?) throws -> [Float] {
        guard let channel, channel < channelCount, channelCount > 1 else { return try readMid(frames) }
        return try read(frames)[channel]
    }
}
