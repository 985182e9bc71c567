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
        var prosody = try synthesizer.prosody(part.tokens, frames: part.frames, voice: delivery)
        let offset = (part.range.lowerBound - Dictation.edgeFrames) * curveFrames
        if let melody { prosody.pitchHertz = melody.applied(to: prosody.pitchHertz, offset: offset) }
        if !isOverlapped { prosody.energy = energy.dictated(over: prosody.energy, offset: offset) }
        let samples = try synthesizer.speak(prosody, tokenCount: part.tokens.count, voice: delivery)
        let first = Dictation.edgeFrames * samplesPerFrame
        let end = first + part.range.count * samplesPerFrame
        guard samples.count >= end else {
            throw AudioError(
                .internal, operation: "speak", subject: "a part of \(part.tokens.count) tokens",
                cause: "\(synthesizer.name) gave \(samples.count) samples where \(end) were dictated")
        }
        return energy.matched(
            Array(samples[first..<end]), sampleRate: synthesizer.sampleRate,
            startSeconds: Double(part.range.lowerBound) * synthesizer.frameSeconds, followsContour: isOverlapped)
    }
}
