import AudioCore

/// In what a take of a turn differs from the usual one. Kokoro draws no lots: the same input always gives the same
/// sound, so another take is another input.
struct SynthesisTake: Equatable {
    /// The takes there are; the first is the usual one.
    static let numbers = 1...9

    /// Rows by which the voice's style is chosen further on. A voice has a style for each length of text, up to 510
    /// phonemes; that of another length is the same voice in another delivery.
    let styleRows: Int
    /// The lock listens to the separated voice where it would to the programme, and the other way round: durations come
    /// out differently where the sound leaves them open.
    let listensElsewhere: Bool
    /// Which reading of ambiguous words (numbers, abbreviations) is spoken, counted on from the one that fits best.
    let readingOffset: Int

    private static let rowsAStep = 40

    /// - Parameter number: one of `numbers`; nil: the first.
    init(_ number: Int?) {
        let step = (number ?? 1) - 1
        // 0, +1, -1, +2, -2 ...
        styleRows = Self.rowsAStep * (step % 2 == 1 ? (step + 1) / 2 : -step / 2)
        listensElsewhere = step % 3 == 2
        readingOffset = step > 0 && step % 3 == 0 ? step / 3 : 0
    }
}

extension SynthesisTake {
    /// The voice as it speaks in this take; texts of all lengths get a style of the table, which is mirrored at its ends.
    func delivery(of voice: Voice) -> Voice {
        guard styleRows != 0, voice.styles.rows > 1 else { return voice }
        let rows = voice.styles.rows
        var voice = voice
        let styles = voice.styles
        for row in 0..<rows {
            var source = row + styleRows
            while !(0..<rows).contains(source) { source = source < 0 ? -source : 2 * (rows - 1) - source }
            for column in 0..<styles.columns { voice.styles[row, column] = styles[source, column] }
        }
        return voice
    }
}
