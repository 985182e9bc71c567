import AudioCore
import Files

/// When each word is said, found by the lock, which is nearer than the attention of the recognizer's decoder
/// (docs/measurements.md). Words that cannot be found keep the times they had.
public struct WordTimes: Sendable {
    private let synthesizer: any SpeechSynthesizer
    private let phonemizer: any Phonemizer
    private let features: any PhoneticFeatureExtractor
    /// Whose plan of the words the recording is compared with.
    private let voice: Voice
    private let options: VoiceSynthesizerOptions

    public init(
        synthesizer: any SpeechSynthesizer, phonemizer: any Phonemizer, features: any PhoneticFeatureExtractor,
        voice: Voice
    ) {
        self.synthesizer = synthesizer
        self.phonemizer = phonemizer
        self.features = features
        self.voice = voice
        // Words are sought wherever they are, overlapped ones too.
        options = VoiceSynthesizerOptions(overlap: .replace, restoresFillers: false)
    }

    /// - Parameter sources: all voices may be missing: nothing is spoken.
    public func run(_ sources: SynthesisSources, progress: (Double) throws -> Void) throws -> Transcript {
        try sources.validate(sampleRate: features.sampleRate)
        let planner = SynthesisPlanner(sources: sources, options: options)
        var transcript = sources.transcript
        for (index, passage) in transcript.passages.enumerated() {
            try progress(Double(index) / Double(transcript.passages.count))
            guard phonemizer.languages.contains(passage.language) else { continue }
            for chunk in try planner.chunks(of: passage) {
                let channel = sources.channel(of: passage.speaker)
                let material = SynthesisMaterial(
                    span: chunk.span, raw: try sources.samples(of: sources.analysis, chunk.span, channel: channel),
                    vocals: try sources.samples(of: sources.vocals, chunk.span, channel: channel),
                    sampleRate: sources.vocals.sampleRate)
                let found = try spans(of: Array(passage.words[chunk.words]), passage.language, in: material)
                for (word, span) in found {
                    transcript.passages[index].words[chunk.words.lowerBound + word].span = span
                }
            }
            Self.order(&transcript.passages[index].words, within: passage.span)
        }
        try progress(1)
        return transcript
    }

    /// Times in the programme of the words that were found.
    private func spans(of words: [Word], _ language: String, in material: SynthesisMaterial) throws -> [Int: TimeSpan] {
        let readings = try phonemizer.readings(of: words.map(\.text), language: language)
        guard readings.contains(where: { !($0.first ?? []).isEmpty }) else { return [:] }
        let locker = SynthesisLocker(
            synthesizer: synthesizer, extractor: features, voice: voice, options: options, written: words,
            readings: readings, fillers: [])
        var found: [Int: TimeSpan] = [:]
        for case .locked(let stretch) in try locker.lock(material) {
            let start = stretch.material.span.start
            for (spoken, aligned) in zip(stretch.words, stretch.lock.words) where spoken.source >= 0 {
                let span = TimeSpan(
                    start: start + aligned.span.start, end: min(start + aligned.span.end, material.span.end))
                found[spoken.source] = TimeSpan(start: found[spoken.source]?.start ?? span.start, end: span.end)
            }
        }
        return found
    }

    /// Words follow each other; one that was not found gives way to its neighbours.
    private static func order(_ words: inout [Word], within limits: TimeSpan) {
        var reached = min(limits.start, words.first?.span.start ?? limits.start)
        for index in words.indices {
            words[index].span.start = max(words[index].span.start, reached)
            words[index].span.end = max(words[index].span.end, words[index].span.start)
            reached = words[index].span.start
        }
        for index in words.indices.dropLast() {
            words[index].span.end = min(words[index].span.end, words[index + 1].span.start)
        }
    }
}
