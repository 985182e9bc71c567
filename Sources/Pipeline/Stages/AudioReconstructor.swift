import AudioCore
import Files
import Foundation

/// Puts the new speech in the old one's place. Inside the spans the old voice and its ghost are taken out and the new
/// voice is put in, placed, coloured and as loud as the old one; outside them every sample is the input's.
public struct AudioReconstructor: Sendable {
    public let media: any MediaAccess
    public let options: AudioReconstructorOptions

    public init(media: any MediaAccess, options: AudioReconstructorOptions = AudioReconstructorOptions()) {
        self.media = media
        self.options = options
    }

    /// - Parameters:
    ///   - programme: WAV, float32, the programme's own rate and channels.
    ///   - vocals: WAV, float32, the same rate and length; one channel, or as many as the programme.
    ///   - kept: stretches that a person wants to stay as they are.
    ///   - speechFolder: what the replacements' `speech` is relative to.
    ///   - basis: what voices are fitted by; nil: the replacements themselves.
    ///   - folder: takes `programme.wav` and `voice.wav`, float32, as many frames as the input.
    public func run(
        programme: URL, vocals: URL, diarization: Diarization, kept: [TimeSpan] = [], replacements: [Replacement],
        speechFolder: URL, basis: ReconstructionBasis? = nil, in folder: URL, progress: (Double) throws -> Void
    ) throws -> AudioReconstruction {
        var material = try ReconstructionMaterial(
            programme: programme, vocals: vocals, diarization: diarization, kept: kept)
        // What was learnt before a person changed something holds.
        var before = try ReconstructionMaterial(
            programme: programme, vocals: vocals, diarization: basis?.diarization ?? diarization,
            kept: basis?.kept ?? kept)
        try before.learnCrosstalk { try progress(0.03 * $0) }
        material.crosstalk = before.crosstalk
        let speech = ReconstructionSpeech(folder: speechFolder, media: media, sampleRate: material.sampleRate)
        let plan = try ReconstructionPlan(replacements, material: material, speech: speech)
        let ceiling = try ceiling(material) { try progress(0.03 + 0.02 * $0) }
        let surveyor = ReconstructionSurveyor(plan: plan, material: material, speech: speech, options: options)
        let survey: ReconstructionSurvey
        if let basis {
            let speech = ReconstructionSpeech(folder: basis.speechFolder, media: media, sampleRate: before.sampleRate)
            let known = ReconstructionSurveyor(
                plan: try ReconstructionPlan(basis.replacements, material: before, speech: speech), material: before,
                speech: speech, options: options)
            survey = try surveyor.survey(after: known) { try progress(0.05 + 0.35 * $0) }
        } else {
            survey = try surveyor.survey { try progress(0.05 + 0.35 * $0) }
        }
        let renderer = ReconstructionRenderer(
            plan, material: material, survey: survey, speech: speech, options: options, ceiling: ceiling)
        func create(_ name: String) throws -> WaveWriter {
            try WaveWriter(
                folder.appendingPathComponent(name), sampleRate: material.sampleRate,
                channelCount: material.programme.channelCount)
        }
        let (name, voiceName) = ("programme.wav", "voice.wav")
        let total = Double(max(1, material.programme.frameCount))
        func tell(_ frames: Int) throws { try progress(0.4 + 0.6 * Double(frames) / total) }
        let sheet = RebuiltProgramme(material: material, programme: try create(name), voice: try create(voiceName))
        for (planned, span) in plan.order {
            let replacement = plan.replacements[planned]
            try sheet.add(
                try renderer.render(planned: planned, span: span), at: replacement.spans[span].samples, progress: tell)
        }
        try sheet.finish(progress: tell)
        try progress(1)
        return AudioReconstruction(
            programme: name, newVoices: voiceName,
            replacements: renderer.results.values.sorted { $0.replacement < $1.replacement },
            ceilingDBTP: 20 * log10(Double(ceiling)),
            crosstalk: material.crosstalk.leaks.flatMap { from, others in
                others.map { AudioReconstruction.Leak(from: from, to: $0, reductionDB: $1.reductionDecibels) }
            }.sorted { ($0.from, $0.to) < ($1.from, $1.to) })
    }

    /// The input's true peak, or the allowed one where that is higher.
    private func ceiling(_ material: ReconstructionMaterial, progress: (Double) throws -> Void) throws -> Float {
        var measured = TruePeak(sampleRate: material.sampleRate, channelCount: material.programme.channelCount)
        for range in RebuiltProgramme.pieces(0..<material.programme.frameCount) {
            try measured.add(material.programme.read(range))
            try progress(Double(range.upperBound) / Double(max(1, material.programme.frameCount)))
        }
        return Float(max(pow(10, options.truePeakDBTP / 20), measured.magnitude))
    }

}
