import AudioCore
import Foundation

/// What becomes of a piece's words: which of them are spoken, when, and where the new voice takes the old one's place.
struct SynthesisWords {
    let piece: SynthesisPiece

    /// Words whose phrase the recognizer doubts so much that it stays the original, where no person wants it to be
    /// spoken all the same.
    var doubtful: IndexSet {
        guard piece.options.uncertain == .keep else { return [] }
        let (words, required) = (piece.words, piece.required ?? [])
        return words.phrases().reduce(into: IndexSet()) { doubtful, phrase in
            guard Array(words[phrase]).jointConfidence < piece.options.leastConfidence else { return }
            for index in phrase {
                let middle = (words[index].span.start + words[index].span.end) / 2
                if !required.contains(where: { $0.contains(middle) }) { doubtful.insert(index) }
            }
        }
    }

    /// Where the new voice takes the old one's place: its words, and what a person wants more or less.
    func spans(of words: [LockedWord]) -> [TimeSpan] {
        let own = SpanPlanner().spans(of: words)
        guard !own.isEmpty, piece.required != nil || piece.excluded != nil else { return own }
        let stays = (piece.excluded ?? []) + words.filter { !$0.isReplaced }.map(\.span)
        let more = (piece.required ?? []).flatMap { $0.minus(stays) }
        return (more.isEmpty ? own : TimeSpan.union(own + more)).flatMap { $0.minus(piece.excluded ?? []) }
    }

    /// The written words and fillers of an outcome, in the programme's time.
    func words(of outcome: SynthesisLocker.Outcome, doubtful: IndexSet) -> [LockedWord] {
        switch outcome {
        case .failed(let range):
            return range.map { Self.unlocked(piece.words[$0], isReplaced: false) }
        case .locked(let stretch):
            var words: [LockedWord] = []
            let firstSource = stretch.words.first { $0.source >= 0 }?.source ?? 0
            var lastSource: Int?
            let start = stretch.material.span.start
            for (spoken, aligned) in zip(stretch.words, stretch.lock.words) {
                let end = min(start + aligned.span.end, piece.span.end)
                if spoken.source >= 0, spoken.source == lastSource, var word = words.popLast() {
                    let (before, own) = (word.span.seconds, aligned.span.seconds)
                    word.cost = (word.cost * before + aligned.cost * own) / max(1e-9, before + own)
                    word.span.end = end
                    words.append(word)
                } else {
                    // A filler goes with the word before it.
                    let source = spoken.source >= 0 ? spoken.source : lastSource ?? firstSource
                    words.append(
                        locked(
                            spoken, TimeSpan(start: start + aligned.span.start, end: end), aligned,
                            isReplaced: !doubtful.contains(source)))
                }
                if spoken.source >= 0 { lastSource = spoken.source }
            }
            return words
        }
    }

    private func locked(
        _ spoken: SpokenWord, _ span: TimeSpan, _ aligned: AlignedWord, isReplaced: Bool
    ) -> LockedWord {
        let written = spoken.source >= 0 ? piece.words[spoken.source] : nil
        return LockedWord(
            text: written?.text ?? spoken.text, span: span, confidence: written?.confidence ?? 1, cost: aligned.cost,
            isReplaced: isReplaced)
    }

    /// A word that was not looked for in the recording, or not found: it costs as much as the opposite would.
    static func unlocked(_ word: Word, isReplaced: Bool) -> LockedWord {
        LockedWord(text: word.text, span: word.span, confidence: word.confidence, cost: 2, isReplaced: isReplaced)
    }
}
