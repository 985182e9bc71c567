import AudioCore

/// A turn's words after a person wrote other ones.
enum EditedLine {
    /// Words that stay keep their times and confidence; new ones share the time between their neighbours by their
    /// length. The times only guide the lock, which finds where the words really are.
    static func words(_ text: String, over passage: Passage) -> [Word] {
        let old = passage.words
        let new = text.split(whereSeparator: \.isWhitespace).map(String.init)
        var words: [Word] = []
        var pending: [String] = []
        // Where the last word that stayed ended.
        var end = old.first?.span.start ?? passage.span.start
        func spread(until limit: Double) {
            let letters = Double(max(1, pending.reduce(0) { $0 + $1.count }))
            let seconds = max(0, limit - end)
            var at = end
            for text in pending {
                let next = at + seconds * Double(text.count) / letters
                words.append(Word(text: text, span: TimeSpan(start: at, end: next), confidence: 1))
                at = next
            }
            pending = []
        }
        for step in SequenceAlignment(reference: old.map(\.text), hypothesis: new).steps {
            switch step {
            case .match(let reference, _):
                spread(until: old[reference].span.start)
                words.append(old[reference])
                end = old[reference].span.end
            case .substitution(_, let hypothesis), .insertion(let hypothesis): pending.append(new[hypothesis])
            case .deletion: break
            }
        }
        spread(until: old.last.map { max($0.span.end, end) } ?? passage.span.end)
        return words
    }
}
