import AudioCore
import Files
import Foundation

/// What decides how freely a map follows the speech it is learnt from.
struct TimbreFreedom {
    var lambda: Double
    var variety: Double

    /// - Parameter seconds: of speech; from 10 (tight: words suffer otherwise) to 60.
    init(seconds: Double) {
        let share = min(1, max(0, (seconds - 10) / 50))
        lambda = 1000 - 500 * share
        variety = 0.5 + 0.2 * share
    }
}

/// Moves the stock voice that suits best towards a person: locks it to the person's own words, so that every frame has its
/// counterpart in the person's speech, learns the difference, and lets judges say whether it came nearer.
struct VoiceFitting {
    let engines: Engines
    let reference: VoiceReference
    /// What is known of the stock voices.
    let measures: VoiceMeasureCache
    /// The stock voice to begin from; nil: the one that suits best.
    let wanted: Voice?
    /// Where the sounds that the judges compare are written; nil: nowhere.
    let sounds: URL?
    let notice: (String) -> Void
    let progress: (Double) throws -> Void

    /// Speech that both the voice and the person must be heard in.
    private static let leastLearntSeconds = 4.0
    /// What is kept apart for the judges.
    private static let heldOutShare = 0.25
    private static let mostHeldOutSeconds = 15.0

    func fit(name: String, consent: Consent) throws -> FittedVoice {
        guard let pitch = PitchRange(ofLogs: reference.pitchLogs) else { throw refusal("no melody is heard in it") }
        let voices = try engines.stockVoices()
        let stock = try measures.measures(of: voices, engines: engines) { _, done, count in
            try progress(0.2 * Double(done) / Double(count))
        }
        let audition = try audition(of: voices, stock, pitch)
        let base = audition.voice
        if let accent = base.accentNotice(speaking: languages) { notice(accent) }
        let learner = learner(try speech(audition))
        let spoken = learner.places
        guard learner.learner.activeSeconds >= Self.leastLearntSeconds else {
            throw refusal("only \(Int(learner.learner.activeSeconds)) s of its words could be followed")
        }
        let heldOut = heldOut(of: spoken)
        let freedom = TimbreFreedom(seconds: learner.learner.activeSeconds)
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

    /// The voice that is wished for, or the one of the nearest by measure that comes nearest once it was moved.
    private func audition(
        of voices: [Voice], _ stock: [VoiceMeasure], _ pitch: PitchRange
    ) throws -> VoiceAudition.Result {
        if let wanted { return VoiceAudition.Result(voice: wanted) }
        let encoder = try engines.embedder()
        let person = try VoiceMeasurer(media: engines.media, encoders: [encoder]).measure(
            reference.speech(reference.utterances.indices), sampleRate: encoder.sampleRate, name: "the person's")
        let ranked = VoiceRanking(stock, target: person, encoder: encoder.name).entries.compactMap { entry in
            voices.first { $0.name == entry.name }
        }
        guard !ranked.isEmpty else {
            throw AudioError(
                .unavailable, operation: "fit", subject: "a voice", cause: "no stock voice is installed",
                mend: "run `hyperaudio models install`")
        }
        let candidates = Self.promising(ranked, languages: languages)
        let audition = VoiceAudition(
            engines: engines, reference: reference, pitch: pitch, person: person.prints[encoder.name] ?? [])
        guard let best = try audition.best(of: candidates, progress: { try progress(0.2 + 0.25 * $0) }) else {
            throw refusal("its words could not be followed")
        }
        let others = candidates.filter { $0.name != best.voice.name }.map(\.name)
        notice(
            others.isEmpty
                ? "Starts from \(best.voice.name)."
                : "Starts from \(best.voice.name): it comes nearer than \(others.joined(separator: ", ")), the others of "
                    + "\(voices.count) stock voices that were tried.")
        return best
    }

    private var languages: Set<String> { Set(reference.utterances.map(\.language)) }

    static func voice(named name: String, of voices: [Voice]) throws -> Voice {
        guard let voice = voices.first(where: { $0.name == name }) else {
            throw AudioError(
                .usage, operation: "begin from", subject: name, cause: "no stock voice of that name is installed",
                mend: "choose one that `hyperaudio voices list` shows, or leave --base out")
        }
        return voice
    }

    /// - Parameters:
    ///   - ranked: the nearest first.
    ///   - languages: the person's: a voice has the accent of its own, so those of another come last.
    static func promising(_ ranked: [Voice], languages: Set<String>) -> [Voice] {
        let isSuited: (Voice) -> Bool = { $0.language.map(languages.contains) ?? true }
        return Array(
            (ranked.filter(isSuited) + ranked.filter { !isSuited($0) }).prefix(VoiceAudition.mostCandidates))
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

    /// The voice saying each utterance; nil where its words were not found.
    private func speech(_ audition: VoiceAudition.Result) throws -> [[Float]?] {
        let speech = try UtteranceSpeech(engines)
        let total = max(1e-9, reference.seconds)
        var done = 0.0
        return try reference.utterances.enumerated().map { index, utterance in
            try progress(0.45 + 0.4 * done / total)
            done += utterance.seconds
            return try audition.spoken[index] ?? speech.samples(of: utterance, by: audition.voice)
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
