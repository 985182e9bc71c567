import AudioCore
import Foundation

/// A voice speaking by itself, with its own timing and melody.
public struct PlainSpeech: Sendable {
    let engines: Engines

    public init(engines: Engines) { self.engines = engines }

    /// - Returns: samples at the synthesizer's rate.
    public func samples(
        _ words: [String], language: String, voice: Voice, synthesizer: any SpeechSynthesizer,
        phonemizer: any Phonemizer
    ) throws -> [Float] {
        guard phonemizer.languages.contains(language) else {
            throw AudioError(
                .usage, operation: "speak", subject: "\"\(language)\"",
                cause: "the synthesizer speaks only \(phonemizer.languages.joined(separator: ", "))")
        }
        let spoken = try phonemizer.readings(of: words, language: language).flatMap { $0.first ?? [] }
        return try sentences(spoken).flatMap { sentence -> [Float] in
            let plan = try synthesizer.plan(sentence, voice: voice)
            let frames = plan.predictedFrames.map { max(1, Int($0.rounded())) }
            var prosody = try synthesizer.prosody(plan.tokens, frames: frames, voice: voice)
            if let timbre = voice.timbre {
                prosody.pitchHertz = timbre.melody(
                    prosody.pitchHertz, range: try synthesizer.pitchRange(of: voice))
            }
            let samples = try synthesizer.speak(prosody, tokenCount: plan.tokens.count, voice: voice)
            return try voice.timbre?.applied(to: samples, sampleRate: synthesizer.sampleRate) ?? samples
        }
    }

    /// Whole sentences, each short enough for one plan.
    private func sentences(_ words: [SpokenWord]) -> [[SpokenWord]] {
        var sentences: [[SpokenWord]] = [[]]
        var phonemes = 0
        for word in words {
            sentences[sentences.count - 1].append(word)
            phonemes += word.phonemes.count + 2
            guard [".", "?", "!"].contains(word.punctuation) || phonemes > 300 else { continue }
            sentences.append([])
            phonemes = 0
        }
        return sentences.filter { !$0.isEmpty }
    }

    /// Speaks into a file, its format chosen by the extension.
    public func write(_ words: [String], language: String, voice: Voice, to file: URL) throws {
        let engine = try engines.speaking(voice)
        let synthesizer = engine.synthesizer
        let samples = try samples(
            words, language: language, voice: voice, synthesizer: synthesizer, phonemizer: engine.phonemizer)
        guard !samples.isEmpty else {
            throw AudioError(
                .usage, operation: "speak", subject: "the text", cause: "it holds no words", mend: "give some words")
        }
        let sink = try engines.media.create(
            file, sampleRate: synthesizer.sampleRate, channelCount: 1, original: nil,
            tags: ["comment": "Synthetic speech, voice \(voice.name). Made with Hyper Audio."])
        try sink.write(Waveform(sampleRate: synthesizer.sampleRate, mono: samples))
        try sink.finish()
    }
}
