import AudioCore
import Foundation

/// Stock voices saying a person's utterances in time with them, at the person's pitch: every frame then has its
/// counterpart.
struct UtteranceSpeech {
    private let synthesizer: any SpeechSynthesizer
    private let phonemizer: any Phonemizer
    private let features: any PhoneticFeatureExtractor

    init(_ engines: Engines) throws {
        synthesizer = try engines.synthesizer()
        phonemizer = try engines.phonemizer()
        features = try engines.phoneticFeatures()
        guard synthesizer.sampleRate == TimbreSpectrum.sampleRate else {
            throw AudioError(
                .internal, operation: "fit", subject: "a voice of \(synthesizer.name)",
                cause: "it speaks at \(synthesizer.sampleRate) Hz")
        }
    }

    /// - Returns: as long as the utterance, 24 kHz; nil where its words were not found.
    func samples(of utterance: VoiceReference.Utterance, by voice: Voice) throws -> [Float]? {
        let options = VoiceSynthesizerOptions(pitch: .source, restoresFillers: false)
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
