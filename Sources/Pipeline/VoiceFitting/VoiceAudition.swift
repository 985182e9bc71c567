import AudioCore
import Foundation

/// Finds the stock voice that a person's voice is best made of: the most promising are moved towards the person on a few
/// seconds of speech, and the encoder that may choose hears which came nearest.
///
/// How near a voice comes once it was moved tells more of the finished fit than how near it is before
/// (docs/decisions/0018-audition.md).
struct VoiceAudition {
    let engines: Engines
    let reference: VoiceReference
    let pitch: PitchRange
    /// The person's print by the encoder that chooses.
    let person: [Float]

    /// How many are heard.
    static let mostCandidates = 4
    /// How much of the person's speech each of them says.
    private static let seconds = 10.0

    struct Result {
        var voice: Voice
        /// What it said already, by the utterance.
        var spoken: [Int: [Float]] = [:]
    }

    /// - Parameter progress: told before each of them, 0...1.
    /// - Returns: nil where none of them could be moved and heard.
    func best(of candidates: [Voice], progress: (Double) throws -> Void) throws -> Result? {
        let (encoder, speech) = try (engines.embedder(), UtteranceSpeech(engines))
        var best: (likeness: Double, result: Result)?
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
            if likeness > best?.likeness ?? -.infinity { best = (likeness, result) }
        }
        return best?.result
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
