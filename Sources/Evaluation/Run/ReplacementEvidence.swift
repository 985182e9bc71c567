import AudioCore
import Files
import Foundation
import Pipeline

/// Gives one person of a programme another voice and lets everybody judge.
struct ReplacementEvidence {
    let material: Material
    let truth: MaterialTruth
    let runner: PipelineRunner
    let sound: SoundReader
    let knowledge: ProgrammeKnowledge

    /// What was made, before it is judged.
    private struct Made: Sendable {
        var report: Report
        var replacements: [Replacement]
        /// FLAC.
        var output: URL
    }

    /// Plain speech the judges of voices are given, at most.
    private static let plainSeconds = 30.0

    func evidence(
        apart: (_ work: @escaping @Sendable () throws -> [Evidence]) async throws -> [Evidence]
    ) async throws -> [Evidence] {
        guard let casting = material.casting else { throw truth.missing("replace") }
        let turns = try truth.annotated().turns
        let said = try material.words == nil ? truth.annotated() : truth.words()
        let passages = said.passages.filter { $0.speaker == casting.speaker }
        let found = try await runner.diarization(of: material.audio, knowledge: knowledge)
        let mapping = DiarizationScore(reference: turns, hypothesis: found.turns).mapping
        guard let speaker = mapping.first(where: { $0.value == casting.speaker })?.key else {
            throw AudioError(
                .badData, operation: "replace", subject: "\(casting.speaker) of \(material.name)",
                cause: "the diarizer found nobody who stands for that speaker")
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).flac")
        defer { try? FileManager.default.removeItem(at: file) }
        let made = try await made(casting.voice, speaker, output: file)
        return try await apart { try judged(made, casting: casting, turns: turns, passages: passages) }
    }

    private func made(_ voice: String, _ speaker: SpeakerID, output: URL) async throws -> Made {
        let request = ReplaceRequest(
            input: material.audio, voices: [VoiceChoice(speaker: speaker, voice: voice)], output: output, isExact: true,
            overwrites: true, knowledge: knowledge)
        let report = try await runner.replace(request)
        return Made(report: report, replacements: try await runner.synthesis(request), output: output)
    }

    private func judged(
        _ made: Made, casting: Material.Casting, turns: [SpeakerTurn], passages: [TruePassage]
    ) throws -> [Evidence] {
        let programme = try sound.whole(material.audio)
        guard let bedFile = material.stems.bed else { throw truth.missing("bed") }
        let mix = try StemMix(
            programme: programme, output: sound.whole(made.output), speaker: casting.speaker,
            stems: material.stems.speakers.mapValues { try sound.mono($0, sampleRate: programme.sampleRate) },
            bed: sound.whole(bedFile).channels, name: material.name)
        let voices = try WaveReader(URL(fileURLWithPath: made.report.files.newVoices))
        let replaced = try ReplacedSound(
            mix: mix, newVoices: voices.read(0..<mix.frameCount), speaker: casting.speaker, turns: turns,
            passages: passages, report: made.report, replacements: made.replacements, media: sound.media)
        let engines = runner.engines
        let check = { try sound.interruption.check() }
        let embedder = try engines.judgingEmbedder()
        return try CoverageEvidence.evidence(replaced, made.report)
            + ProsodyEvidence.evidence(replaced, check: check)
            + HearingEvidence(
                sound: replaced, transcriber: engines.judgingTranscriber(), embedder: embedder,
                language: material.language ?? "en", check: check
            ).evidence()
            + LikenessEvidence(
                sound: replaced, plain: plain(made.replacements, voice: casting.voice), report: made.report,
                embedder: embedder, quality: engines.qualityPredictor(), check: check
            ).evidence()
            + PlacementEvidence.evidence(mix, spans: replaced.replacedSolo)
    }

    /// The new voice speaking by itself what it was given to say, at the judges' rate.
    private func plain(_ replacements: [Replacement], voice: String) throws -> [Float] {
        let engines = runner.engines
        let speaking = try engines.voice(voice)
        let engine = try engines.speaking(speaking)
        let (synthesizer, phonemizer) = (engine.synthesizer, engine.phonemizer)
        var samples: [Float] = []
        for replacement in replacements where !replacement.isKept {
            guard Double(samples.count) < Self.plainSeconds * Double(synthesizer.sampleRate) else { break }
            try sound.interruption.check()
            samples += try PlainSpeech(engines: engines).samples(
                replacement.words.map(\.text), language: material.language ?? "en", voice: speaking,
                synthesizer: synthesizer, phonemizer: phonemizer)
        }
        return try sound.media.resample(samples, from: synthesizer.sampleRate, to: ReplacedSound.rate)
    }
}
