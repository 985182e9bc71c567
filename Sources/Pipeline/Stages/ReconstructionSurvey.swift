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

    /// Conditions of each span, by index in the plan and index of the span.
    var conditions: [[BedConditions]]
    var tones: [Role: ToneMatch]
}

/// Learns it.
struct ReconstructionSurveyor {
    let plan: ReconstructionPlan
    let material: ReconstructionMaterial
    let speech: ReconstructionSpeech
    let options: AudioReconstructorOptions

    private typealias Role = ReconstructionSurvey.Role

    /// Spans of a section together are about this long.
    private static let sectionSeconds = 30.0

    func survey(progress: (Double) throws -> Void) throws -> ReconstructionSurvey {
        let (found, tones) = try survey(roles, progress: progress)
        return ReconstructionSurvey(conditions: found.map { $0.compactMap { $0 } }, tones: tones)
    }

    /// What was learned of a plan before a person changed something, for this one: each span has the conditions of the
    /// nearest one there. Only of roles that are new something is learned here.
    func survey(
        after basis: ReconstructionSurveyor, progress: (Double) throws -> Void
    ) throws -> ReconstructionSurvey {
        let shared = roles.intersection(basis.roles)
        let (known, knownTones) = try basis.survey(shared) { try progress(0.5 * $0) }
        var (found, tones) = try survey(roles.subtracting(shared)) { try progress(0.5 + 0.5 * $0) }
        tones.merge(knownTones) { own, _ in own }
        for role in shared {
            let places = basis.plan.order.filter { basis.role($0) == role }.map { entry in
                (middle: basis.middle(entry), conditions: known[entry.planned][entry.span])
            }
            for entry in plan.order where self.role(entry) == role {
                let middle = middle(entry)
                let nearest = places.min { abs($0.middle - middle) < abs($1.middle - middle) }
                found[entry.planned][entry.span] = nearest?.conditions
            }
        }
        return ReconstructionSurvey(conditions: found.map { $0.compactMap { $0 } }, tones: tones)
    }

    private var roles: Set<Role> { Set(plan.order.map(role)) }

    private func role(_ entry: Entry) -> Role {
        let replacement = plan.replacements[entry.planned].replacement
        return Role(speaker: replacement.speaker, voice: replacement.voice)
    }

    /// Twice the frame in the middle of a span.
    private func middle(_ entry: Entry) -> Int { samples(entry).lowerBound + samples(entry).upperBound }

    private func survey(
        _ roles: Set<Role>, progress: (Double) throws -> Void
    ) throws -> (conditions: [[BedConditions?]], tones: [Role: ToneMatch]) {
        var found: [[BedConditions?]] = plan.replacements.map {
            [BedConditions?](repeating: nil, count: $0.spans.count)
        }
        var tones: [Role: ToneMatch] = [:]
        let total = plan.order.count
        var done = 0
        for role in roles.sorted(by: { ($0.speaker, $0.voice) < ($1.speaker, $1.voice) }) {
            let owned = plan.order.filter { self.role($0) == role }
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
            let isSilent = owned.allSatisfy { plan.replacements[$0.planned].replacement.text.isEmpty }
            guard let oldMean = old.mean ?? (isSilent ? [Double](repeating: 0, count: material.grid.binCount) : nil),
                let newMean = new.spectrum.mean ?? (isSilent ? oldMean : nil)
            else {
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
        return (found, tones)
    }

    private typealias Entry = (planned: Int, span: Int)

    private func samples(_ entry: Entry) -> Range<Int> { plan.replacements[entry.planned].spans[entry.span].samples }

    /// Runs of spans, each about `sectionSeconds` long; a short rest goes to the section before it.
    private func sections(_ entries: [Entry]) -> [[Entry]] {
        let long = Int(Self.sectionSeconds * Double(material.sampleRate))
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
        var budget = Int(2 * Self.sectionSeconds * Double(material.sampleRate))
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
                // Beyond the file's ends there is nothing to be heard, no pause.
                let isThere = (0..<material.programme.frameCount).contains(at)
                isAlone.append(core.contains(at) || isThere && !others.contains { $0.contains(seconds) })
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
