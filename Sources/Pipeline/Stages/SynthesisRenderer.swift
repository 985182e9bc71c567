import AudioCore

/// Speaks a locked stretch with the recording's durations, melody and loudness.
struct SynthesisRenderer {
    let synthesizer: any SpeechSynthesizer
    let voice: Voice
    /// The voice as it speaks in the chosen take.
    let delivery: Voice
    let options: VoiceSynthesizerOptions
    let speakerMedianLog: Double?
    /// Deviation of ln F0 of the speaker, where the voice moves as a certain person does.
    var speakerDeviationLog: Double?
    /// The recording's loudness contour cannot be trusted: another voice is in it.
    let isOverlapped: Bool

    /// Curve frames in one duration frame.
    private var curveFrames: Int { Int((PitchTransfer.framesPerSecond * synthesizer.frameSeconds).rounded()) }
    private var samplesPerFrame: Int { Int((synthesizer.frameSeconds * Double(synthesizer.sampleRate)).rounded()) }

    private var isTimed: Bool { options.timing == .dictated && synthesizer.control.takesDurations }
    // A melody belongs to sounds that already last as long as the recording's.
    private var isTuned: Bool { isTimed && synthesizer.control.takesPitch }
    private var isLevelled: Bool { isTimed && synthesizer.control.takesEnergy && !isOverlapped }

    /// How the speech is made to follow the recording.
    var method: SynthesisMethod {
        SynthesisMethod(
            model: synthesizer.name, timing: isTimed ? .dictated : .timeScaled,
            pitch: speakerMedianLog == nil ? .own : isTuned ? .dictated : .overlapAdd,
            energy: isLevelled ? .dictated : .gain)
    }

    /// - Returns: speech, [frames * samplesPerFrame]; its first sample lies at the stretch's beginning.
    func speech(of stretch: LockedStretch) throws -> [Float] {
        let frameCount = stretch.lock.frames.reduce(0, +)
        var result = [Float](repeating: 0, count: frameCount * samplesPerFrame)
        let dictation = Dictation(
            stretch.plan, frames: stretch.lock.frames, leadFrames: synthesizer.leadFrames
        ) { synthesizer.token($0, owner: $1) }
        let melody = try melody(of: stretch.material)
        let energy = EnergyTransfer(source: stretch.material.energy)
        for part in dictation.parts {
            let samples = try speak(part, melody: melody, energy: energy)
            let first = part.range.lowerBound * samplesPerFrame
            let count = min(samples.count, result.count - first)
            result.replaceSubrange(first..<first + count, with: samples[..<count])
        }
        if let timbre = voice.timbre { result = try timbre.applied(to: result, sampleRate: synthesizer.sampleRate) }
        return PauseGate(stretch.material.silence).applied(to: result, sampleRate: synthesizer.sampleRate)
    }

    private func melody(of material: SynthesisMaterial) throws -> PitchTransfer? {
        guard let speakerMedianLog else { return nil }
        let range = try voice.timbre?.pitch ?? synthesizer.pitchRange(of: voice)
        let ratio = voice.timbre == nil ? nil : speakerDeviationLog.map { VoiceTimbre.spreadRatio(of: range, to: $0) }
        return PitchTransfer(
            pitchHertz: material.pitchHertz, speakerMedianLog: speakerMedianLog, range: range, register: options.pitch,
            spreadRatio: ratio ?? 1)
    }

    private func speak(_ part: Dictation.Part, melody: PitchTransfer?, energy: EnergyTransfer) throws -> [Float] {
        let frames = isTimed ? part.frames : try synthesizer.ownFrames(part.tokens, voice: delivery)
        var prosody = try synthesizer.prosody(part.tokens, frames: frames, voice: delivery)
        let offset = (part.range.lowerBound - Dictation.edgeFrames) * curveFrames
        if isTuned, let melody { prosody.pitchHertz = melody.applied(to: prosody.pitchHertz, offset: offset) }
        if isLevelled { prosody.energy = energy.dictated(over: prosody.energy, offset: offset) }
        var samples = try synthesizer.speak(prosody, tokenCount: part.tokens.count, voice: delivery)
        if !isTimed || (!isTuned && melody != nil) {
            samples = moved(samples, from: frames, to: part.frames, melody: melody, offset: offset)
        }
        let first = Dictation.edgeFrames * samplesPerFrame
        let end = first + part.range.count * samplesPerFrame
        guard samples.count >= end else {
            throw AudioError(
                .internal, operation: "speak", subject: "a part of \(part.tokens.count) tokens",
                cause: "\(synthesizer.name) gave \(samples.count) samples where \(end) were dictated")
        }
        return energy.matched(
            Array(samples[first..<end]), sampleRate: synthesizer.sampleRate,
            startSeconds: Double(part.range.lowerBound) * synthesizer.frameSeconds, followsContour: !isLevelled)
    }

    /// Finished speech given the recording's time and melody.
    /// - Parameters:
    ///   - own: frames each token takes in it, [tokens].
    ///   - wanted: frames it shall take, [tokens].
    ///   - offset: where it begins in the recording, in curve frames.
    private func moved(
        _ samples: [Float], from own: [Int], to wanted: [Int], melody: PitchTransfer?, offset: Int
    ) -> [Float] {
        let tracker = PitchTracker(
            sampleRate: synthesizer.sampleRate, frameSeconds: 1 / PitchTransfer.framesPerSecond)
        let frame = synthesizer.frameSeconds
        let warp =
            isTimed
            ? TimeWarp.identity
            : TimeWarp(
                source: own.map { Double($0) * frame }, result: wanted.map { Double($0) * frame },
                lead: Double(synthesizer.leadFrames) * frame)
        let start = Double(offset) / PitchTransfer.framesPerSecond
        return OverlapAdd(samples, sampleRate: synthesizer.sampleRate, contour: tracker.track(samples)).moved(
            count: wanted.reduce(0, +) * samplesPerFrame, warp: warp
        ) { melody?.hertz(at: start + $0) }
    }
}
