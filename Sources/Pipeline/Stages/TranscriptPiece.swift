import AudioCore

/// A stretch that is recognized at once: those who speak in it, one after another.
struct TranscriptPiece: Sendable, Equatable {
    /// What one person says before a pause or before somebody else speaks.
    struct Passage: Sendable, Equatable {
        var speaker: SpeakerID
        var span: TimeSpan

        /// What of it lies in a stretch; nil: nothing.
        func cut(to span: TimeSpan) -> Passage? {
            guard self.span.overlap(with: span) > 0 else { return nil }
            return Passage(
                speaker: speaker,
                span: TimeSpan(start: max(self.span.start, span.start), end: min(self.span.end, span.end)))
        }
    }

    /// In order of start; never empty.
    var passages: [Passage]
    /// The channel the speakers have to themselves; nil: all channels.
    var channel: Int?

    var span: TimeSpan {
        TimeSpan(start: passages[0].span.start, end: passages.reduce(0) { max($0, $1.span.end) })
    }
}

extension TranscriptPiece {
    /// A word that reaches further beyond its passage, s, was not heard so long: turns may end a little early, not this much.
    private static let longestOverhang = 0.3

    /// Divides the words among the passages; the result has as many parts. A word belongs to the passage that it shares most
    /// time with, or else to the nearest, and lies in it: recognizers let a word after a pause begin before it.
    /// - Parameter words: in order of start, in the programme's time.
    func divided(_ words: [Word]) -> [[Word]] {
        var parts = [[Word]](repeating: [], count: passages.count)
        var last: (passage: Int, endsPhrase: Bool)?
        for var word in words {
            let owner = owner(of: word.span, after: last)
            let own = passages[owner].span
            if own.overlap(with: word.span) > 0 {
                if own.start - word.span.start > Self.longestOverhang { word.span.start = own.start }
                if word.span.end - own.end > Self.longestOverhang { word.span.end = own.end }
            }
            parts[owner].append(word)
            last = (owner, word.text.last.map { ".,:;!?…".contains($0) } ?? false)
        }
        return parts
    }

    /// Recognizers give words no time at all where two people meet.
    private static let shortestSeconds = 0.04

    /// Where two speak at once, the one who spoke goes on until the phrase ends.
    private func owner(of word: TimeSpan, after last: (passage: Int, endsPhrase: Bool)?) -> Int {
        let word = TimeSpan(start: word.start, end: max(word.end, word.start + Self.shortestSeconds))
        let shared = passages.map { $0.span.overlap(with: word) }
        let most = shared.max() ?? 0
        guard most > 0 else {
            return passages.indices.min {
                passages[$0].span.distance(to: word) < passages[$1].span.distance(to: word)
            } ?? 0
        }
        let best = passages.indices.filter { shared[$0] > 0.99 * most }
        guard let last, best.count > 1 else { return best[0] }
        return best.first { last.endsPhrase ? $0 > last.passage : $0 >= last.passage } ?? best[best.count - 1]
    }
}
