import AudioCore

/// Cuts the chosen people's passages into pieces, and what a person wants silent into pieces of its own.
struct SynthesisCutter {
    let engines: SpeakingEngines
    let options: VoiceSynthesizerOptions

    /// - Parameters:
    ///   - refuses: false where nothing need be speakable.
    ///   - progress: called with 0 now and then, so that an interruption is noticed.
    /// - Returns: in order of start.
    func pieces(of sources: SynthesisSources, refuses: Bool, progress: (Double) throws -> Void) throws
        -> [SynthesisPiece]
    {
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

    private func canSpeak(_ passage: Passage, _ sources: SynthesisSources) throws -> Bool {
        try engines.engine(of: sources.voices[passage.speaker]).phonemizer.languages.contains(passage.language)
    }

    /// Refuses where nothing of what a chosen person says can be spoken; what cannot be spoken beside other things stays
    /// the original.
    private func checkLanguages(of sources: SynthesisSources) throws {
        for speaker in sources.voices.keys.sorted() {
            let passages = sources.transcript.passages.filter { $0.speaker == speaker && !$0.words.isEmpty }
            guard !passages.isEmpty, try !passages.contains(where: { try canSpeak($0, sources) }) else { continue }
            let languages = try engines.engine(of: sources.voices[speaker]).phonemizer.languages
            let heard = Set(passages.map(\.language)).sorted().map { "\"\($0)\"" }.joined(separator: " and ")
            throw AudioError(
                .usage, operation: "speak", subject: "what \(speaker) says in \(heard)",
                cause: "the synthesizer speaks only \(languages.joined(separator: ", "))",
                mend: "choose another speaker, or give the language with --language if it was heard wrongly")
        }
    }
}
