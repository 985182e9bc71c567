import AudioCore
import Files
import Foundation

/// Makes the spans one after another.
final class ReconstructionRenderer {
    private let plan: ReconstructionPlan
    private let material: ReconstructionMaterial
    private let survey: ReconstructionSurvey
    private let speech: ReconstructionSpeech
    private let options: AudioReconstructorOptions
    private let mixer: SpanMixer
    private let cleaner: SpanCleaner
    /// Fitted voices whose spans are not all made yet, by index in the plan.
    private var voices: [Int: FittedVoice] = [:]
    private(set) var results: [Int: ReconstructedReplacement] = [:]

    private struct FittedVoice {
        /// [the speaker's channels][n].
        var channels: [[Float]]
        var firstFrame: Int
        var spansLeft: Int
    }

    init(
        _ plan: ReconstructionPlan, material: ReconstructionMaterial, survey: ReconstructionSurvey,
        speech: ReconstructionSpeech, options: AudioReconstructorOptions, ceiling: Float
    ) {
        self.plan = plan
        self.material = material
        self.survey = survey
        self.speech = speech
        self.options = options
        mixer = SpanMixer(limiter: SpanLimiter(ceiling: ceiling, sampleRate: material.sampleRate))
        cleaner = SpanCleaner(grid: material.grid, cleansBed: options.cleansBed)
    }

    /// A finished span, by channels that it changes, each as long as the span.
    struct Rendered {
        /// To be added to the programme.
        var change: [Int: [Float]]
        /// The new voice in it, alone.
        var voice: [Int: [Float]]
    }

    func render(planned: Int, span index: Int) throws -> Rendered {
        let replacement = plan.replacements[planned]
        let speaker = replacement.replacement.speaker
        let span = replacement.spans[index]
        let conditions = survey.conditions[planned][index]
        let voice = try voice(planned)
        var removed = try removed(planned: planned, span: index, conditions)
        let offset = span.samples.lowerBound - voice.firstFrame
        var new = voice.channels.map { channel in
            (0..<span.samples.count).map { channel.indices.contains($0 + offset) ? channel[$0 + offset] : 0 }
        }
        var channels = material.channels(of: speaker)
        // Where another microphone heard the old voice, it hears the new one.
        for leak in material.leaks(of: speaker) {
            channels.append(leak.channel)
            removed.append(leak.crosstalk.filter.apply(removed[0]))
            new.append(leak.crosstalk.filter.apply(new[0]))
        }
        var output = try material.programme.read(span.samples)
        let mixed = mixer.mix(span, programme: channels.map { output[$0] }, removed: removed, new: new)
        var rendered = Rendered(change: [:], voice: [:])
        for (position, channel) in channels.enumerated() {
            rendered.change[channel] = zip(mixed.samples[position], output[channel]).map(-)
            rendered.voice[channel] = mixed.voice[position]
            output[channel] = mixed.samples[position]
        }
        if var result = results[planned] {
            result.limiterDB = min(result.limiterDB, 20 * log10(Double(mixed.leastGain)))
            result.spans.append(
                .init(
                    startSample: span.samples.lowerBound, endSample: span.samples.upperBound,
                    roughness: try roughness(span, output: output)))
            results[planned] = result
        }
        voices[planned]?.spansLeft -= 1
        if voices[planned]?.spansLeft == 0 { voices[planned] = nil }
        return rendered
    }

    /// What is taken away over a span, block by block, blocks faded into each other.
    private func removed(planned: Int, span index: Int, _ conditions: BedConditions) throws -> [[Float]] {
        let replacement = plan.replacements[planned]
        let speaker = replacement.replacement.speaker
        let span = replacement.spans[index].samples
        let conditions = try conditions.withFill(
            limitedTo: material.quietestPower(around: span, of: speaker), grid: material.grid)
        var result = material.channels(of: speaker).map { _ in [Float](repeating: 0, count: span.count) }
        var filled = span.lowerBound
        for block in plan.blocks(planned: planned, span: index, sampleRate: material.sampleRate) {
            let wide = block.range.lowerBound - cleaner.margin..<block.range.upperBound + cleaner.margin
            let core = cleaner.margin..<cleaner.margin + block.range.count
            let piece = try cleaner.removed(
                programme: material.readProgramme(wide, of: speaker), vocals: material.readVocals(wide, of: speaker),
                core: core, conditions: conditions, seed: UInt64(block.range.lowerBound))
            let shared = max(1, filled - block.range.lowerBound)
            for channel in result.indices {
                for frame in block.range {
                    let value = piece[channel][frame - wide.lowerBound]
                    let at = frame - span.lowerBound
                    let weight = frame < filled ? (Float(frame - block.range.lowerBound) + 0.5) / Float(shared) : 1
                    result[channel][at] += weight * (value - result[channel][at])
                }
            }
            filled = block.range.upperBound
        }
        return result
    }

    /// The replacement's new voice, fitted and placed; made when its first span comes.
    private func voice(_ planned: Int) throws -> FittedVoice {
        if let voice = voices[planned] { return voice }
        let replacement = plan.replacements[planned]
        let role = ReconstructionSurvey.Role(
            speaker: replacement.replacement.speaker, voice: replacement.replacement.voice)
        guard let tone = survey.tones[role], let conditions = survey.conditions[planned].first else {
            throw AudioError(
                .internal, operation: "replace", subject: "\(role.speaker)", cause: "his spans were not surveyed")
        }
        let spoken = try speech.read(replacement)
        let range = spoken.firstFrame..<spoken.firstFrame + spoken.samples.count
        let vocals = try material.readVocals(range, of: role.speaker)
        let spans = replacement.spans.map { span in
            let inside = span.samples.clamped(to: range)
            return inside.lowerBound - range.lowerBound..<inside.upperBound - range.lowerBound
        }
        let fitter = VoiceFitter(tone: tone, followsLevel: options.followsLevel, grid: material.grid)
        let fitted = fitter.fit(
            new: spoken.samples, vocals: vocals, colour: conditions.gains.colour, spans: spans)
        results[planned] = try result(replacement, fitted, conditions)
        // Marked before it is placed: every channel carries the mark, and so does their sum.
        let samples =
            options.marksSpeech
            ? WatermarkEmbedder(sampleRate: material.sampleRate).mark(fitted.samples, firstFrame: range.lowerBound)
            : fitted.samples
        let voice = FittedVoice(
            channels: conditions.placement.place(samples), firstFrame: range.lowerBound,
            spansLeft: replacement.spans.count)
        voices[planned] = voice
        return voice
    }

    private func result(
        _ planned: PlannedReplacement, _ fitted: VoiceFitter.Fitted, _ conditions: BedConditions
    ) throws -> ReconstructedReplacement {
        let placement = conditions.placement
        let power = placement.gains.reduce(0.0) { $0 + Double($1) * Double($1) }
        func loudness(_ meanSquare: Double) -> Double { -0.691 + 10 * log10(meanSquare * power + 1e-12) }
        return ReconstructedReplacement(
            replacement: planned.index, spans: [], oldLevelLUFS: loudness(fitted.oldPower),
            newLevelLUFS: loudness(fitted.newPower), highBandDifferenceDB: fitted.highBandDifferenceDB,
            channelLevelsDB: placement.levelsDecibels,
            channelDelaysMs: placement.delaySamples.map { 1000 * $0 / Double(material.sampleRate) },
            placementDifferenceDB: try placementDifference(planned, placement),
            isOverMusic: conditions.judgement.isMusic,
            limiterDB: 0)
    }

    /// Level difference of the first two channels as used, less that of the old voice in these spans alone.
    private func placementDifference(_ planned: PlannedReplacement, _ placement: VoicePlacement) throws -> Double? {
        guard placement.gains.count > 1 else { return nil }
        let speaker = planned.replacement.speaker
        var cross = [0.0, 0.0]
        for span in planned.spans {
            let vocals = try material.readVocals(span.samples, of: speaker)
            for (channel, samples) in try material.readProgramme(span.samples, of: speaker).prefix(2).enumerated() {
                for n in vocals.indices { cross[channel] += Double(samples[n]) * Double(vocals[n]) }
            }
        }
        let used = placement.gains.prefix(2).map { Double($0) }
        guard cross.allSatisfy({ $0 > 0 }), used.allSatisfy({ $0 > 0 }) else { return nil }
        return 20 * log10(used[0] / used[1]) - 20 * log10(cross[0] / cross[1])
    }

    /// The output's second difference at the ramps over the 99th percentile of the input's within 50 ms of them; the
    /// worse of the two edges.
    private func roughness(_ span: PlacedSpan, output: [[Float]]) throws -> Double {
        let reach = material.sampleRate / 20
        let wide = span.samples.lowerBound - reach..<span.samples.upperBound + reach
        var worst = 0.0
        for (channel, original) in try material.programme.read(wide).enumerated() {
            var changed = original
            changed.replaceSubrange(reach..<reach + span.samples.count, with: output[channel])
            for (edge, fade) in [(reach, span.fadeIn), (reach + span.samples.count - span.fadeOut, span.fadeOut)] {
                let near = max(0, edge - reach)..<min(wide.count, edge + fade + reach)
                let usual = quantile(0.99, of: secondDifferences(original[near]))
                let joined = secondDifferences(changed[edge - 2..<min(wide.count, edge + fade + 2)]).max() ?? 0
                // What is below the last bit of 16 makes no click.
                worst = max(worst, Double(joined / max(usual, 1 / 32768)))
            }
        }
        return worst
    }

    private func secondDifferences(_ samples: ArraySlice<Float>) -> [Float] {
        guard samples.count > 2 else { return [0] }
        return samples.indices.dropLast(2).map { abs(samples[$0] - 2 * samples[$0 + 1] + samples[$0 + 2]) }
    }
}
