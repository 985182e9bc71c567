import AudioCore
import Foundation

/// Puts what was done and what was measured into a report.
struct ReportAssembly {
    let run: ProgrammeRun
    let edited: EditedProgramme
    let edits: [Edit]
    let casting: VoiceCasting
    let synthesized: [Replacement]
    let reconstructed: Checkpoint<AudioReconstruction>
    let written: WrittenProgramme
    let measured: Measurement
    let destination: URL
    /// The key of each stage's result.
    let results: [StageName: String]

    func report() throws -> Report {
        let timings = run.costs.timings
        let seconds = timings.reduce(0) { $0 + $1.seconds }
        let programmeSeconds = run.costs.programmeSeconds
        var report = Report(
            program: "Hyper Audio", input: try input(), output: output, speakers: try speakers(), spans: spans,
            replacements: turns, untouched: measured.untouched, files: try files(), stages: timings,
            totals: Report.Totals(
                seconds: seconds, realTimeFactor: seconds / max(1e-9, programmeSeconds),
                replacedShare: measured.replacedShare, spanShare: measured.spanShare,
                keptTurns: synthesized.count(where: \.isKept), timing: measured.timing.map(Report.Timing.init)),
            results: results)
        report.edits = edits.isEmpty ? nil : edits
        let crosstalk = reconstructed.product.crosstalk
        report.crosstalk = crosstalk.isEmpty ? nil : crosstalk
        return report
    }

    private func files() throws -> Report.Files {
        let separated = try run.separated()
        return Report.Files(
            newVoices: reconstructed.file(reconstructed.product.newVoices).path,
            vocals: separated.file(separated.product.vocals).path)
    }

    private func input() throws -> Report.Programme {
        let product = try run.preprocessed().product
        return Report.Programme(
            path: run.input.path, sha256: run.folder.inputDigest, seconds: product.seconds,
            sampleRate: product.format.sampleRate, channels: product.format.channelCount,
            loudnessLUFS: product.loudnessLUFS, truePeakDBTP: product.truePeakDBTP, reencoded: nil,
            repairedSeconds: product.repairedSeconds)
    }

    private var output: Report.Programme {
        Report.Programme(
            path: destination.path, sha256: written.sha256,
            seconds: Double(written.frames) / Double(written.sampleRate), sampleRate: written.sampleRate,
            channels: written.channelCount, loudnessLUFS: written.loudnessLUFS, truePeakDBTP: written.truePeakDBTP,
            reencoded: !written.isLossless, repairedSeconds: nil)
    }

    private func speakers() throws -> [Report.Speaker] {
        let diarization = edited.diarization
        return try diarization.speakers.map { speaker in
            Report.Speaker(
                id: speaker, name: edited.names[speaker], seconds: diarization.seconds(of: speaker),
                turns: diarization.turns(of: speaker).count,
                voice: casting.voices[speaker], fitted: try casting.voices[speaker].flatMap(fitted))
        }
    }

    private func fitted(_ name: String) throws -> Report.Fitted? {
        guard let voice = try run.engines.fittedVoice(name) else { return nil }
        return Report.Fitted(voice, strength: try run.engines.voice(name).timbre?.strength ?? 0)
    }

    private var spans: [Report.Span] {
        let rate = Double(written.sampleRate)
        return reconstructed.product.replacements.flatMap { rebuilt in
            rebuilt.spans.map { span in
                Report.Span(
                    start: Double(span.startSample) / rate, end: Double(span.endSample) / rate,
                    startSample: span.startSample, endSample: span.endSample, turn: rebuilt.replacement)
            }
        }.sorted { $0.startSample < $1.startSample }
    }

    private var turns: [Report.Turn] {
        synthesized.enumerated().map { index, replacement in
            let turn = measured.turns[index]
            let changes = edits.indices.filter { edits[$0].concerns(replacement) }.map { $0 + 1 }
            return Report.Turn(
                turn: index, passage: replacement.passage, speaker: replacement.speaker, voice: replacement.voice,
                start: replacement.span.start, end: replacement.span.end, text: replacement.text,
                kept: replacement.isKept, timing: turn?.timing.map(Report.Timing.init),
                f0Correlation: turn?.f0Correlation, voicingAgreement: turn?.voicingAgreement,
                energyCorrelation: turn?.energyCorrelation, levelDifferenceDB: turn?.levelDifferenceDB,
                placementDifferenceDB: turn?.placementDifferenceDB, highBandDifferenceDB: turn?.highBandDifferenceDB,
                roundTripConsistency: turn?.roundTrip, similarity: turn?.similarity, quality: turn?.quality,
                flags: replacement.flags, synthesis: replacement.method,
                changes: changes.isEmpty ? nil : changes)
        }
    }
}

extension Report.Timing {
    init(_ agreement: TimingAgreement) {
        self.init(
            medianMs: agreement.medianMs, p95Ms: agreement.p95Ms, maxMs: agreement.maxMs, words: agreement.words,
            judge: agreement.judge)
    }
}

extension Edit {
    /// True where a replacement is what it is because of the change. Names change no sound.
    func concerns(_ replacement: Replacement) -> Bool {
        switch self {
        case .line(let line): line.passage == replacement.passage
        case .edges(let edges): edges.passage == replacement.passage
        case .take(let take): take.passage == replacement.passage && !replacement.isKept
        case .name: false
        case .merge(let merge): merge.into == replacement.speaker
        case .assign(let assign):
            assign.to == replacement.speaker && assign.spans.contains { $0.overlap(with: replacement.span) > 0 }
        case .stretch(let stretch):
            (stretch.speaker == nil || stretch.speaker == replacement.speaker)
                && stretch.span.overlap(with: replacement.span) > 0
        }
    }
}
