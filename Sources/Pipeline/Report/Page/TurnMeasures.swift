import AudioCore

extension TurnMeasure {
    /// Every figure of a turn, the ones that tell most first.
    static let all: [TurnMeasure] = [
        timing, words, melody, naturalness, lateness, loudness, voicing, likeness, level, placement, air,
    ]

    /// Shown at once; the others on demand, or where they need attention.
    static let foremost = 4

    private static let timing = TurnMeasure(
        name: "Timing", unit: " ms", digits: 0, direction: .lowIsGood, good: 30, attention: 60,
        explanation: "How far the beginnings of the words sit from the original's: the median of the turn's words.",
        value: { $0.timing?.medianMs },
        sentence: { value, turn in
            let words = turn.timing?.words ?? 0
            return "Sits \(PlainNumber.whole(value)) ms from the original"
                + (words > 1 ? " (median of \(PlainNumber.things(words, "word")))." : ".")
        })

    private static let lateness = TurnMeasure(
        name: "Farthest words", unit: " ms", digits: 0, direction: .lowIsGood, good: 80, attention: 150,
        explanation: "95 of 100 words begin nearer to the original's than this.",
        value: { $0.timing?.p95Ms },
        sentence: { value, turn in
            "95 of 100 words begin within \(PlainNumber.whole(value)) ms, all within "
                + "\(PlainNumber.whole(turn.timing?.maxMs ?? value)) ms."
        })

    private static let words = TurnMeasure(
        name: "Words", unit: " %", digits: 0, direction: .lowIsGood, good: 10, attention: 30,
        explanation: "What a recognizer that had no part in the work gets wrong when it listens to the new voice. It "
            + "errs by itself too: a high figure asks you to listen.",
        value: { $0.roundTripConsistency.map { 100 * $0.wordErrorRate } },
        sentence: { value, turn in
            let listener = turn.roundTripConsistency?.recognizer ?? "another recognizer"
            return value == 0
                ? "Every word is understood (by \(listener))."
                : "\(PlainNumber.percent(value / 100)) of the words are understood otherwise (by \(listener))."
        })

    private static let melody = curve(
        "Melody", good: 0.85, attention: 0.6, follows: "Rises and falls with the original", noun: "melody",
        explanation: "Correlation of the two pitch curves where both voices sound; 1 is the same melody.",
        value: { $0.f0Correlation })

    /// How alike two curves are, 1 being the same.
    private static func curve(
        _ name: String, good: Double, attention: Double, follows: String, noun: String, explanation: String,
        value: @escaping @Sendable (Report.Turn) -> Double?
    ) -> TurnMeasure {
        TurnMeasure(
            name: name, unit: "", digits: 2, direction: .highIsGood, good: good, attention: attention,
            explanation: explanation, value: value,
            sentence: { value, _ in
                let verdict =
                    value >= good
                    ? follows : value >= attention ? "Follows the \(noun) roughly" : "Hardly follows the \(noun)"
                return "\(verdict): \(PlainNumber.decimal(value, digits: 2)), where 1 is the same."
            })
    }

    private static let voicing = TurnMeasure(
        name: "Voice and breath", unit: " %", digits: 0, direction: .highIsGood, good: 80, attention: 55,
        explanation: "How much of the time both voices agree whether a sound is sung (a, m, z) or breathed (s, t, f).",
        value: { $0.voicingAgreement.map { 100 * $0 } },
        sentence: { value, _ in
            "Voiced and breathed sounds alternate as in the original for \(PlainNumber.percent(value / 100)) of the time."
        })

    private static let loudness = curve(
        "Emphasis", good: 0.8, attention: 0.5, follows: "Swells and fades with the original", noun: "emphasis",
        explanation: "Correlation of the two loudness curves, syllable by syllable; 1 is the same emphasis.",
        value: { $0.energyCorrelation })

    private static let level = TurnMeasure(
        name: "Loudness", unit: " dB", digits: 1, direction: .nearZeroIsGood, good: 1, attention: 3,
        explanation: "How much louder (+) or quieter the new voice is than the old one was. 1 dB is hardly heard.",
        value: { $0.levelDifferenceDB },
        sentence: { value, _ in
            abs(value) < 0.05
                ? "As loud as the original voice."
                : "\(PlainNumber.decimal(abs(value), digits: 1)) dB \(value > 0 ? "louder" : "quieter") than the original voice."
        })

    private static let placement = TurnMeasure(
        name: "Place", unit: " dB", digits: 1, direction: .nearZeroIsGood, good: 1, attention: 3,
        explanation: "How far the new voice stands from the old one's place between left and right.",
        value: { $0.placementDifferenceDB },
        sentence: { value, _ in
            abs(value) < 0.05
                ? "Stands where the original stood between left and right."
                : "Stands \(PlainNumber.decimal(abs(value), digits: 1)) dB from the original's place between left and right."
        })

    private static let air = TurnMeasure(
        name: "Air", unit: " dB", digits: 1, direction: .nearZeroIsGood, good: 6, attention: 12,
        explanation: "How much stronger (+) or weaker the new voice is above 8 kHz, where breath and consonants lie.",
        value: { $0.highBandDifferenceDB },
        sentence: { value, _ in
            "\(PlainNumber.decimal(abs(value), digits: 1)) dB \(value >= 0 ? "more" : "less") air above 8 kHz than the original."
        })

    private static let likeness = TurnMeasure(
        name: "Whose voice", unit: "", digits: 2, direction: .highIsGood, good: 0.1, attention: 0,
        explanation: "How much more it resembles the new voice's own plain speech (or the recording "
            + "it was made from) than the old speaker, to an encoder "
            + "that had no part in the work (difference of two cosines). The old speaker's room and microphone stay on "
            + "purpose, and this encoder hears them.",
        value: { $0.similarity.map { $0.target - $0.source } },
        sentence: { value, turn in
            guard let similarity = turn.similarity else { return "" }
            let rough =
                similarity.seconds < 20
                ? " Rough: only \(PlainNumber.duration(similarity.seconds)) of speech were compared." : ""
            let whom = similarity.toRecording == true ? "the recording of \(turn.voice)" : turn.voice
            return "Resembles \(whom) by \(PlainNumber.decimal(similarity.target, digits: 2)) and "
                + "\(turn.speaker.name) by \(PlainNumber.decimal(similarity.source, digits: 2)), where 1 is the same.\(rough)"
        })

    private static let naturalness = TurnMeasure(
        name: "Naturalness", unit: "", digits: 1, direction: .lowIsGood, good: 0.3, attention: 0.8,
        explanation: "How far below the original recording a model of listeners (DNSMOS, 1 to 5) rates it.",
        value: { turn in turn.quality.map { max(0, $0.sourceDnsmosOverall - $0.dnsmosOverall) } },
        sentence: { _, turn in
            guard let quality = turn.quality else { return "" }
            return "A model of listeners rates it \(PlainNumber.decimal(quality.dnsmosOverall, digits: 1)) of 5; the "
                + "original recording gets \(PlainNumber.decimal(quality.sourceDnsmosOverall, digits: 1))."
        })
}

/// A turn's figures, and what is to be made of them together.
struct TurnVerdict {
    struct Figure {
        let measure: TurnMeasure
        /// nil: not measured.
        let value: Double?

        var mark: Mark? { value.map(measure.mark) }
    }

    let turn: Report.Turn
    let figures: [Figure]

    init(_ turn: Report.Turn) {
        self.turn = turn
        figures = TurnMeasure.all.map { Figure(measure: $0, value: $0.value(turn)) }
    }

    /// nil for a turn that stayed the original: there is nothing to judge.
    var mark: Mark? {
        guard !turn.kept else { return nil }
        if turn.flags.contains(where: \.asksForAttention) || figures.contains(where: { $0.mark == .attention }) {
            return .attention
        }
        let foremost = figures.prefix(TurnMeasure.foremost).compactMap(\.mark)
        return !foremost.isEmpty && foremost.allSatisfy { $0 == .good } ? .good : .quiet
    }

    /// How much it needs somebody's ears: flags, then figures by how many need attention. Kept turns need them least.
    var urgency: Int {
        guard !turn.kept else { return -1 }
        return 2 * turn.flags.count(where: \.asksForAttention)
            + figures.count { $0.mark == .attention } * 2 + figures.count { $0.mark == .quiet }
    }
}
