import AudioCore
import Files
import Foundation

/// Speaks the chosen people's words with new voices, frame-synchronously with the old ones.
public struct VoiceSynthesizer: Sendable {
    public let options: VoiceSynthesizerOptions
    private let engines: SpeakingEngines
    private let features: any PhoneticFeatureExtractor

    public init(
        synthesizer: any SpeechSynthesizer, phonemizer: any Phonemizer, features: any PhoneticFeatureExtractor,
        options: VoiceSynthesizerOptions = VoiceSynthesizerOptions(), others: [String: SpeakingEngine] = [:]
    ) {
        engines = SpeakingEngines(
            usual: SpeakingEngine(synthesizer: synthesizer, phonemizer: phonemizer), others: others)
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
        return try SynthesisCutter(engines: engines, options: options)
            .pieces(of: sources, refuses: refuses, progress: progress)
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
        let engine = try engines.engine(of: voice)
        let (synthesizer, phonemizer) = (engine.synthesizer, engine.phonemizer)
        let found = SynthesisWords(piece: piece)
        let doubtful = found.doubtful
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
        let words = outcomes.flatMap { found.words(of: $0, doubtful: doubtful) }
        let stretches = outcomes.compactMap { outcome -> LockedStretch? in
            if case .locked(let stretch) = outcome { return stretch }
            return nil
        }
        let verdict = SynthesisVerdict(
            words: words, stretches: stretches, isPartial: stretches.count < outcomes.count)
        let spans = found.spans(of: words)
        guard !spans.isEmpty else { return kept(piece, words: words, flags: verdict.flags + [.keptOriginal]) }
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
            text: text(words), isKept: false, flags: verdict.flags, words: words, spans: spans,
            lockScore: verdict.score,
            speech: try write(speech, of: piece, sampleRate: synthesizer.sampleRate, in: folder),
            method: renderer.method)
    }

    private func kept(
        _ piece: SynthesisPiece, words: [LockedWord]? = nil, flags: [ReplacementFlag]
    ) -> Replacement {
        let words = (words ?? piece.words.map { SynthesisWords.unlocked($0, isReplaced: false) }).map { word in
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
        let words = piece.words.map { SynthesisWords.unlocked($0, isReplaced: true) }
        let silence = [Float](repeating: 0, count: sampleCount(piece.span, engines.usual.synthesizer.sampleRate))
        let isChosen = piece.treatment == .muteChosen
        return Replacement(
            passage: piece.passage, speaker: piece.speaker, voice: piece.voice, span: piece.span, text: "",
            isKept: false, flags: isChosen ? [.mutedByChoice] : [], words: words,
            spans: isChosen ? [piece.span] : SpanPlanner().spans(of: words), lockScore: nil,
            speech: try write(silence, of: piece, sampleRate: engines.usual.synthesizer.sampleRate, in: folder))
    }

    private func text(_ words: [LockedWord]) -> String { words.map(\.text).joined(separator: " ") }

    private func sampleCount(_ span: TimeSpan, _ sampleRate: Int) -> Int {
        max(0, Int((span.seconds * Double(sampleRate)).rounded()))
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
