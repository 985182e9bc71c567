import AudioCore

/// The recording a piece follows: what is heard in it, where it is silent, how loud and how high it is.
struct SynthesisMaterial {
    /// In the programme.
    let span: TimeSpan
    let raw: [Float]
    let vocals: [Float]
    let sampleRate: Int
    let energy: SpeechEnergy
    let silence: SilenceMask

    private static let loudBedDecibels: Float = -14

    init(span: TimeSpan, raw: [Float], vocals: [Float], sampleRate: Int) {
        self.span = span
        self.raw = raw
        self.vocals = vocals
        self.sampleRate = sampleRate
        energy = SpeechEnergy(vocals, sampleRate: sampleRate)
        silence = SilenceMask(energy)
    }

    var seconds: Double { Double(vocals.count) / Double(sampleRate) }

    /// F0 of the vocals in Hz, 80 a second, 0 where unvoiced or silent, [frames]: what hums in pauses is no melody.
    var pitchHertz: [Float] {
        let tracker = PitchTracker(sampleRate: sampleRate)
        let first = sounding(tracker.track(vocals, floor: tracker.options.floor, ceiling: tracker.options.ceiling))
        guard let range = PitchTracker.range(of: first) else { return first.hertz }
        return sounding(tracker.track(vocals, floor: range.lowerBound, ceiling: range.upperBound)).hertz
    }

    private func sounding(_ contour: PitchContour) -> PitchContour {
        var contour = contour
        for frame in contour.hertz.indices {
            let place = Int((Double(frame) * contour.frameSeconds / SilenceMask.hopSeconds).rounded())
            if place < silence.isSilent.count, silence.isSilent[place] { contour.hertz[frame] = 0 }
        }
        return contour
    }

    /// A part of the recording, by seconds in the programme; its silences are those of the whole.
    func part(_ part: TimeSpan) -> SynthesisMaterial {
        let rate = Double(sampleRate)
        let first = max(0, Int(((part.start - span.start) * rate).rounded()))
        let end = max(first, min(vocals.count, Int(((part.end - span.start) * rate).rounded())))
        return SynthesisMaterial(
            span: TimeSpan(start: span.start + Double(first) / rate, end: span.start + Double(end) / rate),
            raw: Array(raw[first..<end]), vocals: Array(vocals[first..<end]), sampleRate: sampleRate)
    }

    /// Whether something other than speech is so loud that the vocals alone describe the words better.
    var hasLoudBed: Bool {
        let rest = zip(raw, vocals).map { $0 - $1 }
        let bed = SpeechEnergy(rest, sampleRate: sampleRate)
        let spoken = energy.decibels.indices.filter { !silence.isSilent[$0] }
        guard !spoken.isEmpty else { return false }
        // The separator is up to 0.7 dB too quiet, which leaves a ghost at -22 dB: well below the limit.
        let difference = spoken.map { bed.decibels[$0] - energy.decibels[$0] }
        return quantile(0.5, of: difference) > Self.loudBedDecibels
    }
}
