/// A voice in a sentence a person would say. Each word stands for a figure's place among the references
/// (docs/analysis.md has the table).
struct VoiceSummary {
    /// Of voiced speech; a shorter piece has figures, but does not describe a person.
    private static let leastSeconds = 1.0

    private let figures: VoiceFigures

    init(_ figures: VoiceFigures) { self.figures = figures }

    /// "A low, steady voice; rather fast, few pauses."
    var sentence: String {
        guard let pitch = figures.pitch, figures.voicedSeconds >= Self.leastSeconds else {
            return "Too little of this voice is heard alone to describe it."
        }
        let sound = ([Self.height(pitch.medianHertz)] + qualities).joined(separator: ", ")
        let article = sound.first.map { "aeiou".contains($0) } == true ? "An" : "A"
        let manner = ([melody(pitch)] + [pace, pauses].compactMap(\.self)).joined(separator: ", ")
        return "\(article) \(sound) voice; \(manner)."
    }

    /// Among all adults, not among women or men.
    static func height(_ hertz: Double) -> String {
        switch hertz {
        case ..<100: "very low"
        case ..<135: "low"
        case ..<170: "middle"
        case ..<220: "high"
        default: "very high"
        }
    }

    /// Steady or rough, clear or breathy: only what stands out.
    private var qualities: [String] {
        var words: [String] = []
        let steadiness = figures.steadiness
        let jitter = steadiness.jitterLocal.map(VoiceReferences.jitter.place)
        let shimmer = steadiness.shimmerLocal.map(VoiceReferences.shimmer.place)
        switch (jitter, shimmer) {
        case (.above, .above): words.append("rough")
        case (.above, _), (_, .above): words.append("slightly rough")
        case (.below, .below), (.below, .within), (.within, .below): words.append("very steady")
        case (.within, .within): words.append("steady")
        default: break
        }
        if let harmonics = steadiness.harmonicsToNoiseDecibels {
            let breath = steadiness.breathNoiseDecibels.map(VoiceReferences.breath.place)
            switch VoiceReferences.harmonics.place(of: harmonics) {
            case .above: words.append("clear")
            case .below where breath == .above: words.append("breathy or noisy")
            case .below: words.append("somewhat noisy")
            case .within where breath == .above: words.append("slightly breathy")
            case .within: break
            }
        }
        return words
    }

    private func melody(_ pitch: VoiceFigures.Pitch) -> String {
        switch VoiceReferences.spread.place(of: pitch.spreadSemitones) {
        case .below: "an even melody"
        case .within: "a moderate melody"
        case .above: "a lively melody"
        }
    }

    private var pace: String? {
        figures.rate.map { rate in
            // What is counted by loudness is too low by a sixth.
            let value = rate.articulation * (rate.countedBy == .loudness ? 1.19 : 1)
            let (low, high) = (VoiceReferences.articulation.low, VoiceReferences.articulation.high)
            switch value {
            case ..<low: return "slow"
            case ..<(low + 0.35 * (high - low)): return "rather slow"
            case ..<(low + 0.65 * (high - low)): return "neither fast nor slow"
            case ...high: return "rather fast"
            default: return "fast"
            }
        }
    }

    private var pauses: String? {
        figures.pauses.map { pauses in
            switch VoiceReferences.pauseShare.place(of: pauses.share) {
            case .below: pauses.count == 0 ? "no pauses" : "few pauses"
            case .within: "some pauses"
            case .above: "many or long pauses"
            }
        }
    }
}
