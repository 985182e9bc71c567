import AudioCore
import Foundation

/// Finds the stock voice that a person's voice is best made of: the most promising are moved towards the person on a few
/// seconds of speech, and the encoder that may choose hears which came nearest.
///
/// How near a voice comes once it was moved says more than how near it is before: on four readers and nine voices each the
/// cosine of the moved voice goes with that of the final fit by an encoder that takes no part (docs/measurements.md).
struct VoiceAudition {
    let engines: Engines
    let reference: VoiceReference
    let pitch: PitchRange

    /// How many are heard.
    static let mostCandidates = 4
    /// How much of the person's speech each of them says.
    private static let seconds = 10.0

    struct Result {
        var voice: Voice
        /// What it said already, by the utterance.
        var spoken: [Int: [Float]] = [:]
    }

    /// - Parameters:
    ///   - candidates: the most promising one first; at least one.
    ///   - progress: told before each of them, 0...1.
    func best(of candidates: [Voice], progress: (Double) throws -> Void) throws -> Result {
        var best = Result(voice: candidates[0])
        guard candidates.count > 1 else { return best }
        let encoder = try engines.embedder()
        let speech = try UtteranceSpeech(engines)
        guard let person = try encoder.voicePrint(ofSpeech: reference.speech(reference.utterances.indices)) else {
            return best
        }
        var nearest = -Double.infinity
        for (place, candidate) in candidates.enumerated() {
            try progress(Double(place) / Double(candidates.count))
            var result = Result(voice: candidate)
            var learner = TimbreLearner()
            for index in passage {
                let utterance = reference.utterances[index]
                guard let samples = try speech.samples(of: utterance, by: candidate) else { continue }
                result.spoken[index] = samples
                learner.add(voice: samples, recording: utterance.samples)
            }
            guard let moved = try moved(candidate, by: learner), let print = try encoder.voicePrint(ofSpeech: moved)
            else { continue }
            let likeness = encoder.likeness(print, person)
            if likeness > nearest { (nearest, best) = (likeness, result) }
        }
        return best
    }

    /// The longest utterances, some `seconds` of them.
    private var passage: [Int] {
        var passage: [Int] = []
        var seconds = 0.0
        for index in reference.utterances.indices.sorted(by: {
            reference.utterances[$0].seconds > reference.utterances[$1].seconds
        }) where seconds < Self.seconds {
            passage.append(index)
            seconds += reference.utterances[index].seconds
        }
        return passage
    }

    /// The voice saying something of its own, moved as far as was learnt, at the encoder's rate.
    private func moved(_ voice: Voice, by learner: TimbreLearner) throws -> [Float]? {
        let freedom = TimbreFreedom(seconds: learner.activeSeconds)
        guard let map = learner.map(lambda: freedom.lambda) else { return nil }
        let synthesizer = try engines.synthesizer()
        var voice = voice
        voice.timbre = VoiceTimbre(map: map, pitch: pitch, strength: 1, variety: freedom.variety)
        let samples = try PlainSpeech(engines: engines).samples(
            VoiceMeasurer.sentence.split(separator: " ").map(String.init), language: "en", voice: voice,
            synthesizer: synthesizer, phonemizer: engines.phonemizer())
        return try engines.media.resample(
            samples, from: synthesizer.sampleRate, to: engines.embedder().sampleRate)
    }
}
