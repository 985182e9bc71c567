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
