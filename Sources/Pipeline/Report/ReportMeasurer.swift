import AudioCore
import Files
import Foundation

/// Lets the judges measure what was made.
struct ReportMeasurer {
    let engines: Engines
    let material: MeasuredMaterial
    let voices: [String: Voice]
    /// Its passages say in which language each turn was spoken.
    let transcript: Transcript
    let options: ReportOptions

    /// Everything is compared at the judges' rate.
    private static let rate = 16000

    func measure(
        _ replacements: [Replacement], _ reconstruction: AudioReconstruction, progress: (Double) throws -> Void
    ) throws -> Measurement {
        var deviations: [Double?] = []
        let listeners = options.listens ? try listeners(to: replacements) { try progress(0.3 * $0) } : nil
        let rebuilt = Dictionary(
            reconstruction.replacements.map { ($0.replacement, $0) }, uniquingKeysWith: { first, _ in first })
        let turns = try replacements.enumerated().map { index, replacement -> MeasuredTurn? in
            try progress(0.3 + 0.65 * Double(index) / Double(max(1, replacements.count)))
            guard let excerpt = try excerpt(replacement) else { return nil }
            let found = excerpt.deviations
            let prosody = excerpt.prosody
            deviations += found
            return MeasuredTurn(
                timing: TimingAgreement(deviations: found),
                f0Correlation: prosody.f0Correlation, voicingAgreement: prosody.voicingAgreement,
                energyCorrelation: prosody.energyCorrelation,
                levelDifferenceDB: rebuilt[index].map { $0.newLevelLUFS - $0.oldLevelLUFS },
                placementDifferenceDB: rebuilt[index]?.placementDifferenceDB,
                highBandDifferenceDB: rebuilt[index]?.highBandDifferenceDB,
                roundTrip: try listeners.flatMap { try roundTrip(excerpt, $0.recognizer) },
                similarity: listeners?.likeness.similarities[index],
                quality: try listeners.map { listeners in
                    Report.Quality(
                        dnsmosOverall: try listeners.quality.rate(excerpt.new).overall,
                        sourceDnsmosOverall: try listeners.quality.rate(excerpt.programme).overall,
                        plainVoiceDnsmosOverall: listeners.plainQuality[excerpt.replacement.voice])
                })
        }
        let spans = reconstruction.replacements.flatMap(\.spans).map { $0.startSample..<$0.endSample }
        // Who only goes silent somewhere was not chosen.
        let chosen = Set(replacements.filter { !$0.voice.isEmpty }.map(\.speaker))
        let shares = try ReplacedShare(material: material, speakers: chosen, spans: spans)
        let untouched = try UntouchedCount(material: material, media: engines.media).count(outside: spans)
        try progress(1)
        return Measurement(
            turns: turns, untouched: untouched, timing: TimingAgreement(deviations: deviations),
            replacedShare: shares.replacedShare, spanShare: shares.spanShare)
    }

    /// Networks that hear the new speech.
    private struct Listeners {
        let likeness: VoiceLikeness
        let recognizer: any SpeechTranscriber
        let quality: any QualityPredictor
        /// DNSMOS of each new voice speaking by itself, [voice: 1...5].
        let plainQuality: [String: Double]
    }

    private func listeners(to replacements: [Replacement], progress: (Double) throws -> Void) throws -> Listeners {
        let plain = try plainSpeech(of: replacements)
        returnFreedMemory()
        let embedder = try engines.judgingEmbedder()
        let likeness = try VoiceLikeness(
            replacements: replacements, excerpt: excerpt, material: material, embedder: embedder,
            plain: plain, people: people(to: embedder), progress: progress)
        let quality = try engines.qualityPredictor()
        return Listeners(
            likeness: likeness, recognizer: try engines.judgingTranscriber(), quality: quality,
            plainQuality: try likeness.plain.mapValues { try quality.rate($0).overall })
    }

    /// What the people sound like to a judge whose recordings voices were made from.
    private func people(to judge: any SpeakerEmbedder) throws -> [String: VoiceLikeness.Person] {
        try voices.keys.reduce(into: [:]) { people, name in
            guard let fitted = try engines.fittedVoice(name), let print = fitted.prints[judge.name],
                print.count == judge.dimension
            else { return }
            people[name] = .init(
                print: print, samePerson: fitted.likeness.first { $0.encoder == judge.name }?.samePerson)
        }
    }

    private func excerpt(_ replacement: Replacement) throws -> Excerpt? {
        try Excerpt(replacement, material: material, media: engines.media, rate: Self.rate)
    }

    private func language(of replacement: Replacement) -> String {
        transcript.passages.first { $0.id == replacement.passage }?.language ?? transcript.language
    }

    /// What another recognizer hears of the new voice, against what was to be said.
    private func roundTrip(_ excerpt: Excerpt, _ recognizer: any SpeechTranscriber) throws -> Report.RoundTrip? {
        let text = excerpt.replacement.words.filter(\.isReplaced).map(\.text).joined(separator: " ")
        let language = language(of: excerpt.replacement)
        guard !text.isEmpty, recognizer.languages.contains(language),
            excerpt.newSeconds <= recognizer.longestSeconds
        else { return nil }
        let heard = try recognizer.recognize(excerpt.new, options: RecognitionOptions(language: language, beamSize: 1))
        let errors = TranscriptErrors.alignment(
            reference: text, hypothesis: heard.words.map(\.text).joined(separator: " "))
        return errors.errorRate.map { Report.RoundTrip(recognizer: recognizer.name, wordErrorRate: $0) }
    }

    /// Some seconds of each new voice speaking by itself what it was given to say: the yardstick for likeness and
    /// naturalness. [voice: samples at the judges' rate].
    private func plainSpeech(of replacements: [Replacement]) throws -> [String: [Float]] {
        let plain = PlainSpeech(engines: engines)
        let enough = Int(options.yardstickSeconds * Double(Self.rate))
        var speech: [String: [Float]] = [:]
        var speaking: [String: SpeakingEngine] = [:]
        for replacement in replacements where !replacement.isKept {
            guard let voice = voices[replacement.voice] else { continue }
            guard (speech[voice.name]?.count ?? 0) < enough else { continue }
            let engine = try speaking[voice.name] ?? engines.speaking(voice)
            speaking[voice.name] = engine
            let (synthesizer, phonemizer) = (engine.synthesizer, engine.phonemizer)
            let language = language(of: replacement)
            guard phonemizer.languages.contains(language) else { continue }
            let samples = try plain.samples(
                replacement.words.map(\.text), language: language, voice: voice, synthesizer: synthesizer,
                phonemizer: phonemizer)
            speech[voice.name, default: []] += try engines.media.resample(
                samples, from: synthesizer.sampleRate, to: Self.rate)
        }
        return speech
    }
}
