import AudioCore

/// When somebody really speaks in his turns, by the energy of his dry stem.
struct StemPauses {
    /// Mono, [n].
    let stem: [Float]
    let sampleRate: Int

    /// The turn less its pauses. Each turn is judged by its own loud and faint parts: the noise that a recording brings
    /// along is no speech, however silent the stem is between turns.
    func spoken(in turn: TimeSpan, pausesAtLeast seconds: Double) -> [TimeSpan] {
        let rate = Double(sampleRate)
        let start = Int((turn.start * rate).rounded())
        let range = (start..<max(start, Int((turn.end * rate).rounded()))).clamped(to: stem.indices)
        guard !range.isEmpty else { return [] }
        let mask = SilenceMask(SpeechEnergy(Array(stem[range]), sampleRate: sampleRate))
        return turn.minus(
            mask.pauses(atLeast: seconds).map {
                TimeSpan(start: turn.start + $0.start, end: turn.start + $0.end)
            })
    }
}
