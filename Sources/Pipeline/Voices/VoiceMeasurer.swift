import AudioCore
import Foundation

/// Measures voices: stock voices on one fixed sentence, people on their speech. What it gives is compared only with what
/// it gave for others.
public struct VoiceMeasurer: Sendable {
    /// Counts up when the same voice would be measured differently.
    public static let version = 3
    /// What every stock voice says: 6 s with every kind of sound in it.
    public static let sentence = """
        Early each morning the old fisherman would carry two heavy buckets of mussels, a pile of nets and his pipe down \
        to the quiet harbour.
        """

    private let media: any MediaAccess
    private let encoders: [any SpeakerEmbedder]

    /// - Parameter encoders: whose prints are taken.
    public init(media: any MediaAccess, encoders: [any SpeakerEmbedder]) {
        self.media = media
        self.encoders = encoders
    }

    /// Lets a voice say the sentence.
    public func measure(
        _ voice: Voice, engines: Engines, synthesizer: any SpeechSynthesizer, phonemizer: any Phonemizer
    ) throws -> VoiceMeasure {
        let words = Self.sentence.split(separator: " ").map(String.init)
        let speech = try PlainSpeech(engines: engines).samples(
            words, language: "en", voice: voice, synthesizer: synthesizer, phonemizer: phonemizer)
        return try measure(speech, sampleRate: synthesizer.sampleRate, name: voice.name, digest: voice.digest)
    }

    /// - Parameters:
    ///   - speech: mono, of one person without anything else.
    ///   - name: what errors and listings call the person.
    public func measure(
        _ speech: [Float], sampleRate: Int, name: String, digest: String = ""
    ) throws -> VoiceMeasure {
        let rate = 16_000
        let samples = try media.resample(speech, from: sampleRate, to: rate)
        let contour = PitchTracker(sampleRate: rate, frameSeconds: 0.01).track(samples)
        let logs = contour.voicedHertz.map { log2(Double($0)) }
        let prints = try encoders.reduce(into: [String: [Float]]()) { prints, encoder in
            let heard = try media.resample(samples, from: rate, to: encoder.sampleRate)
            prints[encoder.name] = try encoder.voicePrint(ofSpeech: heard)
        }
        guard logs.count >= 30, let colour = VoiceColour(sampleRate: rate).colour(of: samples),
            prints.count == encoders.count
        else {
            throw AudioError(
                .badData, operation: "measure", subject: "the voice \(name)",
                cause: "there is less than a third of a second of voiced speech",
                mend: "choose another voice or a longer recording")
        }
        let mean = logs.reduce(0, +) / Double(logs.count)
        let variance = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logs.count)
        return VoiceMeasure(
            name: name, digest: digest, medianF0Hz: exp2(quantile(0.5, of: logs)),
            f0SpreadSemitones: 12 * variance.squareRoot(), longTermSpectrum: colour, prints: prints,
            formantsHz: Self.formants(samples, sampleRate: rate, contour: contour))
    }

    /// Medians over the middles of syllables; the same ceiling for all, or they could not be compared.
    private static func formants(_ samples: [Float], sampleRate: Int, contour: PitchContour) -> [Double]? {
        let times = SyllableNuclei(samples, sampleRate: sampleRate, contour: contour).times
        let found = FormantAnalysis(sampleRate: sampleRate, ceiling: 5500).formants(samples, at: times)
            .filter { $0.count >= 3 }
        guard found.count >= 5 else { return nil }
        return (0..<3).map { index in quantile(0.5, of: found.map { $0[index].frequency }) }
    }
}
