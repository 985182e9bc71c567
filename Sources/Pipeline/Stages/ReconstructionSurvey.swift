import AudioCore
import Files
import Foundation

/// What is learned of each speaker before anything is changed: his gains and bed, section by section, and the
/// long-term spectra of his old and new voice.
struct ReconstructionSurvey: Sendable {
    /// A person who gets one voice.
    struct Role: Hashable, Sendable {
        var speaker: SpeakerID
        var voice: String
    }

    /// Spans of a section together are about this long.
    static let sectionSeconds = 30.0

    /// Conditions of each span, by index in the plan and index of the span.
    private(set) var conditions: [[BedConditions]] = []
    private(set) var tones: [Role: ToneMatch] = [:]

    private let material: ReconstructionMaterial
    private let plan: ReconstructionPlan

    init(
        _ plan: ReconstructionPlan, material: ReconstructionMaterial, speech: ReconstructionSpeech,
        options: AudioReconstructorOptions, progress: (Double) throws -> Void
    ) throws {
        self.plan = plan
        self.material = material
        var found: [[BedConditions?]] = plan.replacements.map {
            [BedConditions?](repeating: nil, count: $0.spans.count)
        }
        let roles = Set(plan.replacements.map { Role(speaker: $0.replacement.speaker, voice: $0.replacement.voice) })
        let total = plan.order.count
        var done = 0
        for role in roles.sorted(by: { ($0.speaker, $0.voice) < ($1.speaker, $1.voice) }) {
            let owned = plan.order.filter {
                plan.replacements[$0.planned].replacement.speaker == role.speaker
                    && plan.replacements[$0.planned].replacement.voice == role.voice
            }
            var old = LongTermSpectrum(material.grid)
            var lowEdge = 50.0
            for section in sections(owned) {
                let conditions = try survey(section, role.speaker, old: &old)
                // One filter serves all sections: the highest edge.
                lowEdge = max(lowEdge, conditions.lowEdgeHertz)
                for entry in section { found[entry.planned][entry.span] = conditions }
                done += section.count
                try progress(Double(done) / Double(max(1, total)))
            }
            let new = try newSpectrum(owned, speech, progress: { try progress(Double(done) / Double(max(1, total))) })
            guard let oldMean = old.mean, let newMean = new.spectrum.mean else {
                throw AudioError(
                    .badData, operation: "replace", subject: "\(role.speaker)",
                    cause:
                        "there is nothing to be heard in \(old.mean == nil ? "the separated voice" : "the new speech")",
                    mend: "choose another speaker")
            }
            tones[role] = ToneMatch(
                old: oldMean, new: newMean, newBandHertz: new.bandHertz, lowEdgeHertz: lowEdge,
                matches: options.matchesTone,
                extendsHighBand: options.extendsHighBand, grid: material.grid)
        }
        conditions = found.map { $0.compactMap { $0 } }
    }

    private typealias Entry = (planned: Int, span: Int)

    private func samples(_ entry: Entry) -> Range<Int> { plan.replacements[entry.planned].spans[entry.span].samples }

    /// Runs of spans, each about `sectionSeconds` long; a short rest goes to the section before it.
    private func sections(_ entries: [Entry]) -> [[Entry]] {
        let long = Int(ReconstructionSurvey.sectionSeconds * Double(material.sampleRate))
        var sections: [[Entry]] = []
        var lengths: [Int] = []
        for entry in entries {
            if let last = lengths.last, last < long {
                sections[sections.count - 1].append(entry)
                lengths[lengths.count - 1] += samples(entry).count
            } else {
                sections.append([entry])
                lengths.append(samples(entry).count)
            }
        }
        if sections.count > 1, let last = lengths.last, last < long / 3 {
            let rest = sections.removeLast()
            sections[sections.count - 1] += rest
        }
        return sections
    }

    /// Reads a section's spans with 0.3 s around each; of very long spans only what fits.
    private func survey(_ section: [Entry], _ speaker: SpeakerID, old: inout LongTermSpectrum) throws -> BedConditions {
        let grid = material.grid
        let transform = grid.transform
        let margin = Int(0.3 * Double(material.sampleRate))
        let others = material.turnsOfOthers(than: speaker)
        var mixture = material.channels(of: speaker).map { _ in [Spectrogram]() }
        var vocals: [Spectrogram] = []
        var inSpan: [Bool] = []
        var isAlone: [Bool] = []
        var budget = Int(2 * ReconstructionSurvey.sectionSeconds * Double(material.sampleRate))
        for entry in section where budget > 0 {
            let span = samples(entry)
            let core = span.lowerBound..<min(span.upperBound, span.lowerBound + budget)
            budget -= core.count
            let wide = core.lowerBound - margin..<core.upperBound + margin
            for (index, channel) in try material.readProgramme(wide, of: speaker).enumerated() {
                mixture[index].append(transform.transform(channel))
            }
            let voice = try transform.transform(material.readVocals(wide, of: speaker))
            for frame in 0..<voice.frames {
                let at = wide.lowerBound + frame * grid.hop
                let seconds = Double(at) / Double(material.sampleRate)
                inSpan.append(core.contains(at))
                isAlone.append(core.contains(at) || !others.contains { $0.contains(seconds) })
            }
            vocals.append(voice)
        }
        let voice = Spectrogram.joined(vocals, bins: grid.binCount)
        let conditions = BedConditions(
            programme: mixture.map { Spectrogram.joined($0, bins: grid.binCount) }, vocals: voice, inSpan: inSpan,
            isAlone: isAlone, grid: grid)
        let colour = conditions.gains.colour
        old.add(voice, chosen: inSpan, colour: grid.bandOfBin.map { colour[$0] })
        return conditions
    }

    /// The new voice's spectrum over all spans of a role, and where it ends.
    private func newSpectrum(
        _ entries: [Entry], _ speech: ReconstructionSpeech, progress: () throws -> Void
    ) throws -> (spectrum: LongTermSpectrum, bandHertz: Double) {
        var spectrum = LongTermSpectrum(material.grid)
        var bandHertz = Double(material.sampleRate) / 2
        for planned in Set(entries.map(\.planned)).sorted() {
            try progress()
            let spoken = try speech.read(plan.replacements[planned])
            bandHertz = min(bandHertz, spoken.bandHertz)
            let frames = material.grid.transform.transform(spoken.samples)
            let spans = entries.filter { $0.planned == planned }.map { samples($0) }
            let chosen = (0..<frames.frames).map { frame in
                spans.contains { $0.contains(spoken.firstFrame + frame * material.grid.hop) }
            }
            spectrum.add(frames, chosen: chosen)
        }
        return (spectrum, bandHertz)
    }
}
