import AudioCore
import Files
import Foundation

/// Moves the nearest stock voice towards a person: locks it to the person's own words, so that every frame has its
/// counterpart in the person's speech, learns the difference, and lets judges say whether it came nearer.
struct VoiceFitting {
    let engines: Engines
    let reference: VoiceReference
    /// What is known of the stock voices.
    let measures: VoiceMeasureCache
    /// Where the sounds that the judges compare are written; nil: nowhere.
    let sounds: URL?
    let notice: (String) -> Void
    let progress: (Double) throws -> Void

    /// Speech that both the voice and the person must be heard in.
    private static let leastLearntSeconds = 4.0
    /// What is kept apart for the judges.
    private static let heldOutShare = 0.25
    private static let mostHeldOutSeconds = 15.0

    /// What decides how freely the map follows the speech it is learnt from.
    private struct Freedom {
        var lambda: Double
        var variety: Double

        /// From 10 s of speech (tight: words suffer otherwise) to 60 s.
        init(seconds: Double) {
            let share = min(1, max(0, (seconds - 10) / 50))
            lambda = 2000 - 1000 * share
            variety = 0.5 + 0.2 * share
        }
    }

    func fit(name: String, consent: Consent) throws -> FittedVoice {
        guard let pitch = PitchRange(ofLogs: reference.pitchLogs) else { throw refusal("no melody is heard in it") }
        let voices = try engines.stockVoices()
        let stock = try measures.measures(of: voices, engines: engines) { _, done, count in
            try progress(0.25 * Double(done) / Double(count))
        }
        let base = try nearestVoice(of: voices, stock)
        let speech = try lockedSpeech(of: base)
        let learner = learner(speech)
        let spoken = learner.places
        guard learner.learner.activeSeconds >= Self.leastLearntSeconds else {
            throw refusal("only \(Int(learner.learner.activeSeconds)) s of its words could be followed")
        }
        let heldOut = heldOut(of: spoken)
        let freedom = Freedom(seconds: learner.learner.activeSeconds)
        guard let map = learner.learner.map(lambda: freedom.lambda) else { throw refusal("it holds too little speech") }
        // The judges hear a map that knows nothing of what they compare it with.
        let apart = Set(spoken.indices.filter { heldOut.contains(spoken[$0]) })
        let judged = apart.isEmpty ? map : learner.learner.map(lambda: freedom.lambda, excluding: apart) ?? map
        try progress(0.85)
        let timbre = VoiceTimbre(
            map: judged, pitch: pitch, strength: FittedVoice.usualStrength, variety: freedom.variety)
        let trial = try VoiceFitTrial(
            engines: engines, reference: reference, heldOut: heldOut, base: base, timbre: timbre,
            others: Self.others(than: base, of: stock, pitch))
        if let sounds { try trial.write(to: sounds) }
        let likeness = try trial.likeness()
        try progress(1)
        let voice = FittedVoice(
            name: name, base: .init(name: base.name, digest: base.digest), map: map, pitch: pitch,
            variety: freedom.variety, recordings: reference.recordings, likeness: likeness,
            prints: try trial.personPrints(), consent: consent, made: Date.now.formatted(.iso8601))
        guard likeness.allSatisfy({ $0.fitted > $0.channelControl }) else {
            let worst = likeness.first { $0.fitted <= $0.channelControl }
            throw refusal(
                "what was learnt from it brings \(base.name) no nearer to the person than its room and microphone do "
                    + "(by \(worst?.encoder ?? ""))")
        }
        return voice
    }

    private func refusal(_ cause: String) -> AudioError {
        AudioError(
            .badData, operation: "fit a voice to",
            subject: reference.recordings.map(\.name).joined(separator: ", "), cause: cause,
            mend: "give a longer or a clearer recording of the person alone")
    }

    // MARK: The stock voice

    private func nearestVoice(of voices: [Voice], _ stock: [VoiceMeasure]) throws -> Voice {
        let encoder = try engines.embedder()
        let person = try VoiceMeasurer(media: engines.media, encoders: [encoder]).measure(
            reference.speech(reference.utterances.indices), sampleRate: encoder.sampleRate, name: "the person's")
        let ranking = VoiceRanking(stock, target: person, encoder: encoder.name)
        guard let nearest = ranking.entries.first, let voice = voices.first(where: { $0.name == nearest.name }) else {
            throw AudioError(
                .unavailable, operation: "fit", subject: "a voice", cause: "no stock voice is installed",
                mend: "run `hyperaudio models install`")
        }
        notice("Starts from \(voice.name), the nearest of \(voices.count) stock voices.")
        return voice
    }

    /// Voices that lie about as high, or all: what other people sound like to a judge.
    private static func others(
        than base: Voice, of all: [VoiceMeasure], _ pitch: PitchRange
    ) -> [VoiceMeasure] {
        let others = all.filter { $0.digest != base.digest }
        let near = others.filter { abs(log($0.medianF0Hz) - pitch.medianLog) < 0.25 }
        return near.count >= 3 ? near : others
    }

    // MARK: Learning

    /// The voice saying each utterance in time with it, at its pitch, 24 kHz; nil where its words were not found.
    private func lockedSpeech(of voice: Voice) throws -> [[Float]?] {
        let (synthesizer, phonemizer) = try (engines.synthesizer(), engines.phonemizer())
        let features = try engines.phoneticFeatures()
        guard synthesizer.sampleRate == TimbreSpectrum.sampleRate else {
            throw AudioError(
                .internal, operation: "fit", subject: "a voice of \(synthesizer.name)",
                cause: "it speaks at \(synthesizer.sampleRate) Hz")
        }
        let options = VoiceSynthesizerOptions(pitch: .source, restoresFillers: false)
        let total = max(1e-9, reference.seconds)
        var done = 0.0
        return try reference.utterances.map { utterance in
            try progress(0.25 + 0.55 * done / total)
            done += utterance.seconds
            let readings = try phonemizer.readings(of: utterance.words.map(\.text), language: utterance.language)
            guard readings.contains(where: { !($0.first ?? []).isEmpty }) else { return nil }
            let locker = SynthesisLocker(
                synthesizer: synthesizer, extractor: features, voice: voice, options: options,
                written: utterance.words, readings: readings, fillers: [])
            let stretches = try locker.lock(utterance.material).compactMap { outcome -> LockedStretch? in
                if case .locked(let stretch) = outcome { return stretch }
                return nil
            }
            guard !stretches.isEmpty else { return nil }
            let renderer = SynthesisRenderer(
                synthesizer: synthesizer, voice: voice, delivery: voice, options: options, speakerMedianLog: 0,
                isOverlapped: false)
            var speech = [Float](repeating: 0, count: utterance.samples.count)
            for stretch in stretches {
                let samples = try renderer.speech(of: stretch)
                let offset = stretch.material.span.start - utterance.material.span.start
                let first = min(speech.count, max(0, Int((offset * Double(synthesizer.sampleRate)).rounded())))
                let count = min(samples.count, speech.count - first)
                speech.replaceSubrange(first..<first + count, with: samples[..<count])
            }
            return speech
        }
    }

    /// - Returns: the learner, and the utterance of each pair it was given.
    private func learner(_ speech: [[Float]?]) -> (learner: TimbreLearner, places: [Int]) {
        var learner = TimbreLearner()
        var places: [Int] = []
        for (index, speech) in speech.enumerated() {
            guard let speech, learner.add(voice: speech, recording: reference.utterances[index].samples) else {
                continue
            }
            places.append(index)
        }
        return (learner, places)
    }

    /// The last utterances, about a quarter of the speech and never more than half; none where every one is longer.
    private func heldOut(of places: [Int]) -> [Int] {
        let total = places.reduce(0) { $0 + reference.utterances[$1].seconds }
        let wanted = min(Self.mostHeldOutSeconds, Self.heldOutShare * total)
        var heldOut: [Int] = []
        var seconds = 0.0
        for place in places.reversed() where seconds < wanted {
            let length = reference.utterances[place].seconds
            guard seconds + length <= 0.5 * total else { continue }
            heldOut.append(place)
            seconds += length
        }
        return heldOut.reversed()
    }
}
