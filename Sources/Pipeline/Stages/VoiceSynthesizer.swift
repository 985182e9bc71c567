import AudioCore
import Files
import Foundation

/// Speaks the chosen people's words with new voices, frame-synchronously with the old ones.
public struct VoiceSynthesizer: Sendable {
    public let options: VoiceSynthesizerOptions
    private let usual: SpeakingEngine
    /// By the id of the model, for voices that the usual one does not speak.
    private let others: [String: SpeakingEngine]
    private let features: any PhoneticFeatureExtractor

    /// A lock that is no more than this below rejection is worth a flag.
    private static let uncertainMargin = 0.03
    /// Words of less confidence are worth a flag, even where they are spoken.
    private static let doubtfulConfidence = 0.15
    /// A word that costs more was perhaps not said where it stands.
    private static let uncertainWordCost = 0.85

    public init(
        synthesizer: any SpeechSynthesizer, phonemizer: any Phonemizer, features: any PhoneticFeatureExtractor,
        options: VoiceSynthesizerOptions = VoiceSynthesizerOptions(), others: [String: SpeakingEngine] = [:]
    ) {
        usual = SpeakingEngine(synthesizer: synthesizer, phonemizer: phonemizer)
        self.others = others
        self.features = features
        self.options = options
    }

    /// Makes all pieces, one after the other.
    /// - Parameter folder: exists and is empty; takes the speech files.
    /// - Returns: in order of start.
    public func run(
        _ sources: SynthesisSources, in folder: URL, progress: (Double) throws -> Void
    ) throws -> [Replacement] {
        try run(pieces(of: sources, progress: progress), from: sources, in: folder, progress: progress)
    }

    /// Makes pieces that were cut already, one after the other.
    func run(
        _ pieces: [SynthesisPiece], from sources: SynthesisSources, in folder: URL, progress: (Double) throws -> Void
    ) throws -> [Replacement] {
        let total = max(1e-9, pieces.reduce(0) { $0 + $1.span.seconds })
        var done = 0.0
        var replacements: [Replacement] = []
        for piece in pieces {
            try progress(done / total)
            replacements.append(try synthesize(piece, from: sources, in: folder))
            done += piece.span.seconds
        }
        try progress(1)
        return replacements
    }

    /// Cuts the chosen people's passages into pieces.
    /// - Parameters:
    ///   - refuses: false where nothing need be speakable.
    ///   - progress: called with 0 now and then, so that an interruption is noticed.
    /// - Returns: in order of start.
    public func pieces(
        of sources: SynthesisSources, refuses: Bool = true, progress: (Double) throws -> Void = { _ in }
    ) throws -> [SynthesisPiece] {
        try sources.validate(sampleRate: features.sampleRate)
        if refuses { try checkLanguages(of: sources) }
        let planner = SynthesisPlanner(sources: sources, options: options)
        var medians: [SpeakerID: Double] = [:]
        var deviations: [SpeakerID: Double] = [:]
        for (speaker, voice) in sources.voices.sorted(by: { $0.key < $1.key }) {
            try progress(0)
            medians[speaker] = try sources.medianLogPitch(of: speaker)
            if voice.timbre != nil { deviations[speaker] = try sources.deviationLogPitch(of: speaker) }
        }
        var pieces: [SynthesisPiece] = []
        for passage in sources.transcript.passages {
            guard let voice = sources.voices[passage.speaker] else { continue }
            try progress(0)
            let channel = sources.channel(of: passage.speaker)
            let chunks = try canSpeak(passage, sources) ? try planner.chunks(of: passage) : planner.kept(passage)
            // What goes silent because a person says so is silent over his stretch, not over the words.
            pieces += try chunks.filter { $0.treatment != .muteChosen }.map { chunk in
                let wishes = planner.wishes(of: passage, in: chunk.span)
                return SynthesisPiece(
                    treatment: chunk.treatment, passage: passage.id, speaker: passage.speaker, voice: voice.name,
                    voiceDigest: voice.digest, language: passage.language, span: chunk.span,
                    excluded: wishes.excluded.isEmpty ? nil : wishes.excluded,
                    required: wishes.required.isEmpty ? nil : wishes.required,
                    take: chunk.treatment == .speak ? sources.takes[passage.id] : nil,
                    words: Array(passage.words[chunk.words]),
                    isOverlapped: !sources.others(than: passage.speaker, in: chunk.span).isEmpty,
                    speakerMedianLog: medians[passage.speaker], speakerDeviationLog: deviations[passage.speaker],
                    channel: channel, audioDigest: try sources.digest(of: chunk.span, channel: channel),
                    options: options)
            }
        }
        pieces += try silences(of: sources, beside: pieces)
        return pieces.sorted { ($0.span.start, $0.passage) < ($1.span.start, $1.passage) }
    }

    /// Less of a stretch than this is not worth a piece.
    private static let shortestSilenceSeconds = 0.02

    /// Stretches in which a person wants the old voice to go and no new one to come.
    private func silences(
        of sources: SynthesisSources, beside pieces: [SynthesisPiece]
    ) throws -> [SynthesisPiece] {
        var silences: [SynthesisPiece] = []
        for stretch in sources.stretches where stretch.policy != .keep {
            let kept = sources.stretches.filter { other in
                other.policy == .keep && (other.speaker == nil || other.speaker == stretch.speaker)
            }
            for speaker in speakers(in: stretch, of: sources) {
                // What is to be replaced and is no part of a piece holds no words.
                let taken =
                    stretch.policy == .mute
                    ? silences.filter { $0.speaker == speaker }.map(\.span)
                    : (pieces + silences).filter { $0.speaker == speaker }.map(\.span)
                let free = stretch.span.minus(TimeSpan.union(kept.map(\.span) + taken))
                for span in free where span.seconds >= Self.shortestSilenceSeconds {
                    let channel = sources.channel(of: speaker)
                    let passage = sources.transcript.passages.filter { $0.speaker == speaker }.min {
                        $0.span.distance(to: span) < $1.span.distance(to: span)
                    }
                    silences.append(
                        SynthesisPiece(
                            treatment: .muteChosen, passage: passage?.id ?? -1, speaker: speaker,
                            voice: sources.voices[speaker]?.name ?? "", voiceDigest: "",
                            language: sources.transcript.language, span: span, words: [], isOverlapped: false,
                            speakerMedianLog: nil, channel: channel,
                            audioDigest: try sources.digest(of: span, channel: channel), options: options))
                }
            }
        }
        return silences
    }

    /// Whose voice a stretch is about: who is named, else those of the chosen ones who speak there.
    private func speakers(in stretch: Edit.Stretch, of sources: SynthesisSources) -> [SpeakerID] {
        if let speaker = stretch.speaker {
            return stretch.policy == .mute || sources.voices[speaker] != nil ? [speaker] : []
        }
        return sources.voices.keys.sorted().filter { speaker in
            sources.diarization.turns(of: speaker).contains { $0.span.overlap(with: stretch.span) > 0 }
        }
    }

    /// What speaks a voice.
    private func engine(of voice: Voice?) throws -> SpeakingEngine {
        guard let voice, let model = voice.model else { return usual }
        guard let other = others[model] else {
            throw AudioError(
                .internal, operation: "speak with", subject: voice.name, cause: "its model \(model) was not made ready")
        }
        return other
    }

    private func canSpeak(_ passage: Passage, _ sources: SynthesisSources) throws -> Bool {
        try engine(of: sources.voices[passage.speaker]).phonemizer.languages.contains(passage.language)
    }

    /// Refuses where nothing of what a chosen person says can be spoken; what cannot be spoken beside other things stays
    /// the original.
    private func checkLanguages(of sources: SynthesisSources) throws {
        for speaker in sources.voices.keys.sorted() {
            let passages = sources.transcript.passages.filter { $0.speaker == speaker && !$0.words.isEmpty }
            guard !passages.isEmpty, try !passages.contains(where: { try canSpeak($0, sources) }) else { continue }
            let languages = try engine(of: sources.voices[speaker]).phonemizer.languages
            let heard = Set(passages.map(\.language)).sorted().map { "\"\($0)\"" }.joined(separator: " and ")
            throw AudioError(
                .usage, operation: "speak", subject: "what \(speaker) says in \(heard)",
                cause: "the synthesizer speaks only \(languages.joined(separator: ", "))",
                mend: "choose another speaker, or give the language with --language if it was heard wrongly")
        }
    }

    /// Makes one piece.
    /// - Parameter folder: takes the speech file, named in the result.
    public func synthesize(
        _ piece: SynthesisPiece, from sources: SynthesisSources, in folder: URL
    ) throws -> Replacement {
        switch piece.treatment {
        case .keepOverlapped:
            return kept(piece, flags: [.overlapKept])
        case .keepUnspoken:
            return kept(piece, flags: [.languageUnspoken, .keptOriginal])
        case .keepChosen:
            return kept(piece, flags: [.keptByChoice])
        case .mute, .muteChosen:
            return try muted(piece, in: folder)
        case .speak:
            return try spoken(piece, from: sources, in: folder)
        }
    }

    private func spoken(
        _ piece: SynthesisPiece, from sources: SynthesisSources, in folder: URL
    ) throws -> Replacement {
        guard let voice = sources.voices[piece.speaker] else {
            throw AudioError(
                .internal, operation: "speak", subject: piece.speaker.name, cause: "no voice was chosen")
        }
        let engine = try engine(of: voice)
        let (synthesizer, phonemizer) = (engine.synthesizer, engine.phonemizer)
        let doubtful = doubtful(piece.words, unless: piece.required ?? [])
        let take = SynthesisTake(piece.take)
        guard doubtful.count < piece.words.count else {
            return kept(piece, flags: [.wordUncertain, .keptOriginal])
        }
        let material = SynthesisMaterial(
            span: piece.span, raw: try sources.samples(of: sources.analysis, piece.span, channel: piece.channel),
            vocals: try sources.samples(of: sources.vocals, piece.span, channel: piece.channel),
            sampleRate: sources.vocals.sampleRate)
        let readings = try phonemizer.readings(of: piece.words.map(\.text), language: piece.language)
        guard readings.contains(where: { !($0.first ?? []).isEmpty }) else {
            return kept(piece, flags: [.nothingToSay])
        }
        let locker = SynthesisLocker(
            synthesizer: synthesizer, extractor: features, voice: take.delivery(of: voice), options: options,
            take: take,
            written: piece.words, readings: readings,
            fillers: options.restoresFillers ? phonemizer.fillers(language: piece.language) : [])
        let outcomes = try locker.lock(material)
        let words = outcomes.flatMap { self.words(of: $0, in: piece, doubtful: doubtful) }
        let stretches = outcomes.compactMap { outcome -> LockedStretch? in
            if case .locked(let stretch) = outcome { return stretch }
            return nil
        }
        let flags = flags(words: words, stretches: stretches, isPartial: stretches.count < outcomes.count)
        let spans = spans(of: words, in: piece)
        guard !spans.isEmpty else { return kept(piece, words: words, flags: flags + [.keptOriginal]) }
        let renderer = SynthesisRenderer(
            synthesizer: synthesizer, voice: voice, delivery: take.delivery(of: voice), options: options,
            speakerMedianLog: piece.speakerMedianLog, speakerDeviationLog: piece.speakerDeviationLog,
            isOverlapped: piece.isOverlapped)
        var speech = [Float](repeating: 0, count: sampleCount(piece.span, synthesizer.sampleRate))
        for stretch in stretches {
            let samples = try renderer.speech(of: stretch)
            let offset = stretch.material.span.start - piece.span.start
            let first = max(0, Int((offset * Double(synthesizer.sampleRate)).rounded()))
            let count = min(samples.count, max(0, speech.count - first))
            speech.replaceSubrange(first..<first + count, with: samples[..<count])
        }
        return Replacement(
            passage: piece.passage, speaker: piece.speaker, voice: piece.voice, span: piece.span,
            text: text(words), isKept: false, flags: flags, words: words, spans: spans, lockScore: score(stretches),
            speech: try write(speech, of: piece, sampleRate: synthesizer.sampleRate, in: folder),
            method: renderer.method)
    }

    /// Words whose phrase the recognizer doubts so much that it stays the original.
    /// - Parameter required: where a person wants them to be spoken all the same.
    private func doubtful(_ words: [Word], unless required: [TimeSpan]) -> IndexSet {
        guard options.uncertain == .keep else { return [] }
        return words.phrases().reduce(into: IndexSet()) { doubtful, phrase in
            guard Array(words[phrase]).jointConfidence < options.leastConfidence else { return }
            for index in phrase {
                let middle = (words[index].span.start + words[index].span.end) / 2
                if !required.contains(where: { $0.contains(middle) }) { doubtful.insert(index) }
            }
        }
    }

    /// Where the new voice takes the old one's place: its words, and what a person wants more or less.
    private func spans(of words: [LockedWord], in piece: SynthesisPiece) -> [TimeSpan] {
        let own = SpanPlanner().spans(of: words)
        guard !own.isEmpty, piece.required != nil || piece.excluded != nil else { return own }
        let stays = (piece.excluded ?? []) + words.filter { !$0.isReplaced }.map(\.span)
        let more = (piece.required ?? []).flatMap { $0.minus(stays) }
        return (more.isEmpty ? own : TimeSpan.union(own + more)).flatMap { $0.minus(piece.excluded ?? []) }
    }

    /// The written words and fillers of an outcome, in the programme's time.
    private func words(
        of outcome: SynthesisLocker.Outcome, in piece: SynthesisPiece, doubtful: IndexSet
    ) -> [LockedWord] {
        switch outcome {
        case .failed(let range):
            return range.map { unlocked(piece.words[$0], isReplaced: false) }
        case .locked(let stretch):
            var words: [LockedWord] = []
            let firstSource = stretch.words.first { $0.source >= 0 }?.source ?? 0
            var lastSource: Int?
            let start = stretch.material.span.start
            for (spoken, aligned) in zip(stretch.words, stretch.lock.words) {
                let end = min(start + aligned.span.end, piece.span.end)
                if spoken.source >= 0, spoken.source == lastSource, var word = words.popLast() {
                    let (before, own) = (word.span.seconds, aligned.span.seconds)
                    word.cost = (word.cost * before + aligned.cost * own) / max(1e-9, before + own)
                    word.span.end = end
                    words.append(word)
                } else {
                    // A filler goes with the word before it.
                    let source = spoken.source >= 0 ? spoken.source : lastSource ?? firstSource
                    words.append(
                        locked(
                            spoken, TimeSpan(start: start + aligned.span.start, end: end), aligned, piece,
                            isReplaced: !doubtful.contains(source)))
                }
                if spoken.source >= 0 { lastSource = spoken.source }
            }
            return words
        }
    }

    private func locked(
        _ spoken: SpokenWord, _ span: TimeSpan, _ aligned: AlignedWord, _ piece: SynthesisPiece, isReplaced: Bool
    ) -> LockedWord {
        let written = spoken.source >= 0 ? piece.words[spoken.source] : nil
        return LockedWord(
            text: written?.text ?? spoken.text, span: span, confidence: written?.confidence ?? 1, cost: aligned.cost,
            isReplaced: isReplaced)
    }

    /// A word that was not looked for in the recording, or not found: it costs as much as the opposite would.
    private func unlocked(_ word: Word, isReplaced: Bool) -> LockedWord {
        LockedWord(text: word.text, span: word.span, confidence: word.confidence, cost: 2, isReplaced: isReplaced)
    }

    private func flags(words: [LockedWord], stretches: [LockedStretch], isPartial: Bool) -> [ReplacementFlag] {
        var flags: [ReplacementFlag] = []
        let unfit = words.count { $0.cost > Self.uncertainWordCost }
        if isPartial || stretches.contains(where: isUncertain)
            || unfit * 5 > words.count
        {
            flags.append(.lockUncertain)
        }
        if words.contains(where: { $0.confidence < Self.doubtfulConfidence }) { flags.append(.wordUncertain) }
        if stretches.contains(where: \.holdsFillers) { flags.append(.fillersRestored) }
        return flags
    }

    private func isUncertain(_ stretch: LockedStretch) -> Bool {
        let lock = stretch.lock
        return lock.score > Lock.rejectionScore(words: lock.words.count) - Self.uncertainMargin
    }

    /// The stretches' scores, weighed by their length.
    private func score(_ stretches: [LockedStretch]) -> Double? {
        let seconds = stretches.reduce(0) { $0 + $1.material.seconds }
        guard seconds > 0 else { return nil }
        return stretches.reduce(0) { $0 + $1.lock.score * $1.material.seconds } / seconds
    }

    private func text(_ words: [LockedWord]) -> String { words.map(\.text).joined(separator: " ") }

    private func sampleCount(_ span: TimeSpan, _ sampleRate: Int) -> Int {
        max(0, Int((span.seconds * Double(sampleRate)).rounded()))
    }

    private func kept(
        _ piece: SynthesisPiece, words: [LockedWord]? = nil, flags: [ReplacementFlag]
    ) -> Replacement {
        let words = (words ?? piece.words.map { unlocked($0, isReplaced: false) }).map { word in
            var word = word
            word.isReplaced = false
            return word
        }
        return Replacement(
            passage: piece.passage, speaker: piece.speaker, voice: piece.voice, span: piece.span, text: text(words),
            isKept: true, flags: flags, words: words, spans: [], lockScore: nil, speech: nil)
    }

    /// Silence in the old voice's place.
    private func muted(_ piece: SynthesisPiece, in folder: URL) throws -> Replacement {
        let words = piece.words.map { unlocked($0, isReplaced: true) }
        let silence = [Float](repeating: 0, count: sampleCount(piece.span, usual.synthesizer.sampleRate))
        let isChosen = piece.treatment == .muteChosen
        return Replacement(
            passage: piece.passage, speaker: piece.speaker, voice: piece.voice, span: piece.span, text: "",
            isKept: false, flags: isChosen ? [.mutedByChoice] : [], words: words,
            spans: isChosen ? [piece.span] : SpanPlanner().spans(of: words), lockScore: nil,
            speech: try write(silence, of: piece, sampleRate: usual.synthesizer.sampleRate, in: folder))
    }

    private func write(_ speech: [Float], of piece: SynthesisPiece, sampleRate: Int, in folder: URL) throws -> String {
        let name = "speech-\(piece.passage)-\(Int((piece.span.start * 1000).rounded())).wav"
        let writer = try WaveWriter(
            folder.appendingPathComponent(name), sampleRate: sampleRate, channelCount: 1)
        try writer.append([speech])
        try writer.finish()
        return name
    }
}
