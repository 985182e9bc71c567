import AudioCore

/// Where two people share a channel and speak at once, both passages hold the same sound; so do two parts of one long turn
/// where they meet. A word that was heard in both stays with the passage in which it was heard more clearly.
enum TranscriptEchoes {
    /// Onsets that differ by less are the same word's.
    private static let toleranceSeconds = 0.25

    static func remove(from passages: inout [Passage], diarization: Diarization) {
        // In order of start: only neighbours can overlap.
        var open: [Int] = []
        for index in passages.indices {
            let start = passages[index].span.start - toleranceSeconds
            open.removeAll { passages[$0].span.end + toleranceSeconds < start }
            for other in open where diarization.shareChannel(passages[index].speaker, passages[other].speaker) {
                resolve(index, other, &passages)
            }
            open.append(index)
        }
    }

    private static func resolve(_ first: Int, _ second: Int, _ passages: inout [Passage]) {
        var fromFirst: Set<Int> = []
        var fromSecond: Set<Int> = []
        for (i, word) in passages[first].words.enumerated() {
            for (j, other) in passages[second].words.enumerated() where !fromSecond.contains(j) {
                guard abs(word.span.start - other.span.start) < toleranceSeconds, bare(word) == bare(other) else {
                    continue
                }
                if word.confidence > other.confidence { fromSecond.insert(j) } else { fromFirst.insert(i) }
                break
            }
        }
        passages[first].words = keep(passages[first].words, without: fromFirst)
        passages[second].words = keep(passages[second].words, without: fromSecond)
    }

    private static func keep(_ words: [Word], without: Set<Int>) -> [Word] {
        words.indices.filter { !without.contains($0) }.map { words[$0] }
    }

    private static func bare(_ word: Word) -> String {
        word.text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}
