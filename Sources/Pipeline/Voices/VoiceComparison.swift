import AudioCore
import Foundation

/// Two voices side by side.
public struct VoiceComparison: Codable, Sendable {
    public struct Side: Codable, Sendable {
        public var name: String
        public var medianF0Hz: Double
        public var f0SpreadSemitones: Double
        public var sounds: VoiceSex
        /// Syllables a second without pauses, speaking by itself.
        @OrNull public var syllablesPerSecond: Double?
    }

    public var a: Side
    public var b: Side
    /// From a up to b.
    public var semitones: Double
    public var colourDecibels: Double
    public var encoder: String
    /// Cosine of the voice prints, both saying the same.
    public var similarity: Double
    /// The same voice saying two different things: mean of both voices.
    public var sameVoice: Double
    /// Mean over all pairs of the voices that are installed; `null` with fewer than three.
    @OrNull public var differentVoices: Double?

    /// What each says after the sentence that voices are measured on.
    static let secondSentence = """
        Nobody knew why the road ended there, between a field of yellow flowers and a house that had been closed for years.
        """
    private static let pauseSeconds = 0.6

    /// - Parameters:
    ///   - pool: measures of all installed voices, both among them.
    /// - Returns: the comparison, and both voices saying both sentences in turn, at the synthesizer's rate.
    public static func compare(
        _ a: Voice, _ b: Voice, pool: [VoiceMeasure], engines: Engines
    ) throws -> (comparison: VoiceComparison, speech: Waveform) {
        let embedder = try engines.embedder()
        let speaking = try (engines.speaking(a), engines.speaking(b))
        let sampleRate = speaking.0.synthesizer.sampleRate
        let measurer = VoiceMeasurer(media: engines.media, encoders: [embedder])
        let pause = [Float](repeating: 0, count: Int(pauseSeconds * Double(sampleRate)))
        var samples: [Float] = []
        var sides: [(side: Side, measure: VoiceMeasure, same: Double)] = []
        for (voice, engine) in [(a, speaking.0), (b, speaking.1)] {
            let (synthesizer, phonemizer) = (engine.synthesizer, engine.phonemizer)
            let said = try [VoiceMeasurer.sentence, secondSentence].map { text in
                try PlainSpeech(engines: engines).samples(
                    text.split(separator: " ").map(String.init), language: "en", voice: voice, synthesizer: synthesizer,
                    phonemizer: phonemizer)
            }
            let measures = try said.map {
                try measurer.measure($0, sampleRate: synthesizer.sampleRate, name: voice.name, digest: voice.digest)
            }
            let first = measures[0]
            let side = Side(
                name: voice.name, medianF0Hz: first.medianF0Hz, f0SpreadSemitones: first.f0SpreadSemitones,
                sounds: first.sounds,
                syllablesPerSecond: try rate(
                    said[0], sampleRate: synthesizer.sampleRate, engines.phonemizer(), engines.media))
            sides.append((side, first, first.likeness(to: measures[1], by: embedder)))
            samples += try engines.media.resample(
                said[0] + pause + said[1] + pause, from: synthesizer.sampleRate, to: sampleRate)
        }
        let (one, other) = (sides[0], sides[1])
        let comparison = VoiceComparison(
            a: one.side, b: other.side, semitones: one.measure.semitones(to: other.measure),
            colourDecibels: VoiceColour.distance(one.measure.longTermSpectrum, other.measure.longTermSpectrum) * 10
                / log(10),
            encoder: embedder.name, similarity: one.measure.likeness(to: other.measure, by: embedder),
            sameVoice: (one.same + other.same) / 2, differentVoices: different(pool, embedder))
        return (comparison, Waveform(sampleRate: sampleRate, mono: samples))
    }

    private static func different(_ pool: [VoiceMeasure], _ embedder: any SpeakerEmbedder) -> Double? {
        guard pool.count >= 3 else { return nil }
        let pairs = pool.indices.flatMap { i in
            pool.indices.filter { $0 > i }.map { pool[i].likeness(to: pool[$0], by: embedder) }
        }
        return pairs.reduce(0, +) / Double(pairs.count)
    }

    private static func rate(
        _ speech: [Float], sampleRate: Int, _ phonemizer: any Phonemizer, _ media: any MediaAccess
    ) throws -> Double? {
        let samples = try media.resample(speech, from: sampleRate, to: 16_000)
        let register = VoiceRegister([samples], sampleRate: 16_000, frameSeconds: VoiceAnalyst.frameSeconds)
        let analyst = VoiceAnalyst(sampleRate: 16_000, register: register)
        let words = VoiceMeasurer.sentence.split(separator: " ").map(String.init)
        let spoken = try phonemizer.readings(of: words, language: "en").flatMap { $0.first ?? [] }
        let tally = analyst.tally(samples, curves: analyst.curves(samples), words: SyllableCount(spoken))
        return tally.figures.rate?.articulation
    }
}
