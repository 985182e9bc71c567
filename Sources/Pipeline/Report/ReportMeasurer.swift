import AudioCore
import Files
import Foundation

/// Lets the judges measure what was made.
struct ReportMeasurer {
    let engines: Engines
    let material: MeasuredMaterial
    let voices: [String: Voice]
    let options: ReportOptions

    /// Everything is compared at the judges' rate.
    private static let rate = 16000

    func measure(
        _ replacements: [Replacement], _ reconstruction: AudioReconstruction, progress: (Double) throws -> Void
    ) throws -> Measurement {
        var deviations: [Double?] = []
        let plain = try plainSpeech(of: replacements)
        returnFreedMemory()
        let likeness = try VoiceLikeness(
            replacements: replacements, excerpt: excerpt, material: material, embedder: engines.judgingEmbedder(),
            plain: plain
        ) { try progress(0.3 * $0) }
        let recognizer = try engines.judgingTranscriber()
        let quality = try engines.qualityPredictor()
        let plainQuality = try likeness.plain.mapValues { try quality.rate($0).overall }
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
                roundTrip: try roundTrip(excerpt, recognizer),
                similarity: likeness.similarities[index],
                quality: Report.Quality(
                    dnsmosOverall: try quality.rate(excerpt.new).overall,
                    sourceDnsmosOverall: try quality.rate(excerpt.programme).overall,
                    plainVoiceDnsmosOverall: plainQuality[excerpt.replacement.voice]))
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

    private func excerpt(_ replacement: Replacement) throws -> Excerpt? {
        try Excerpt(replacement, material: material, media: engines.media, rate: Self.rate)
    }

    /// What another recognizer hears of the new voice, against what was to be said.
    private func roundTrip(_ excerpt: Excerpt, _ recognizer: any SpeechTranscriber) throws -> Report.RoundTrip? {
        let text = excerpt.replacement.words.filter(\.isReplaced).map(\.text).joined(separator: " ")
        guard !text.isEmpty, recognizer.languages.contains("en"), excerpt.newSeconds <= recognizer.longestSeconds else {
            return nil
        }
        let heard = try recognizer.recognize(excerpt.new, options: RecognitionOptions(language: "en", beamSize: 1))
        let errors = TranscriptErrors.alignment(
            reference: text, hypothesis: heard.words.map(\.text).joined(separator: " "))
        return errors.errorRate.map { Report.RoundTrip(recognizer: recognizer.name, wordErrorRate: $0) }
    }

    /// Some seconds of each new voice speaking by itself what it was given to say: the yardstick for likeness and
    /// naturalness. [voice: samples at the judges' rate].
    private func plainSpeech(of replacements: [Replacement]) throws -> [String: [Float]] {
        let synthesizer = try engines.synthesizer()
        let phonemizer = try engines.phonemizer()
        let plain = PlainSpeech(engines: engines)
        let enough = Int(options.yardstickSeconds * Double(Self.rate))
        var speech: [String: [Float]] = [:]
        for replacement in replacements where !replacement.isKept {
            guard let voice = voices[replacement.voice] else { continue }
            guard (speech[voice.name]?.count ?? 0) < enough else { continue }
            let samples = try plain.samples(
                replacement.words.map(\.text), language: "en", voice: voice, synthesizer: synthesizer,
                phonemizer: phonemizer)
            speech[voice.name, default: []] += try engines.media.resample(
                samples, from: synthesizer.sampleRate, to: Self.rate)
        }
        return speech
    }
}
