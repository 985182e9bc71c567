/// Takes out words that nobody said: Whisper invents text in silence and repeats itself.
struct WhisperHallucinations {
    let levels: WhisperLevels

    /// - Parameter words: seconds from the first sample that `levels` has seen.
    func removed(from words: [WhisperWord]) -> [WhisperWord] {
        withoutLoops(withoutCrowds(words.filter(isAudible)))
    }

    /// A word where it is 45 dB quieter than the loud parts was not said; a doubtful one at 30 dB either.
    private func isAudible(_ word: WhisperWord) -> Bool {
        let loudest = levels.loudest(from: word.start - 0.06, to: max(word.end, word.start + 0.02) + 0.06)
        let depth = levels.peak - loudest
        return loudest > -65 && depth < 45 && (depth < 30 || word.probability > 0.5)
    }

    /// Text without sound is squeezed into a few frames: three words and more at over 25 a second are not speech.
    private func withoutCrowds(_ words: [WhisperWord]) -> [WhisperWord] {
        var kept: [WhisperWord] = []
        var index = 0
        while index < words.count {
            var end = index
            while end < words.count, words[end].end - words[end].start <= 0.04 { end += 1 }
            if end - index < 3 { kept += words[index..<max(end, index + 1)] }
            index = max(end, index + 1)
        }
        return kept
    }

    /// The same phrase again and again, each time improbable or too fast, is said once.
    private func withoutLoops(_ words: [WhisperWord]) -> [WhisperWord] {
        var words = words
        for length in 1...8 {
            var at = 0
            while at + 2 * length <= words.count {
                var count = 1
                while at + (count + 1) * length <= words.count,
                    (0..<length).allSatisfy({
                        Self.bare(words[at + $0]) == Self.bare(words[at + count * length + $0])
                    })
                {
                    count += 1
                }
                let repeated = words[at + length..<at + count * length]
                if count >= (length == 1 ? 5 : length == 2 ? 4 : 3), Self.isDoubtful(repeated) {
                    words.removeSubrange(at + length..<at + count * length)
                }
                at += 1
            }
        }
        return words
    }

    private static func bare(_ word: WhisperWord) -> String {
        word.text.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    private static func isDoubtful(_ words: ArraySlice<WhisperWord>) -> Bool {
        let count = Double(words.count)
        let seconds = words.reduce(0) { $0 + $1.end - $1.start } / count
        let letters = words.reduce(0.0) { $0 + Double($1.text.count) } / count
        let probability = words.reduce(0) { $0 + $1.probability } / count
        return probability < 0.5 || seconds < 0.02 * letters || seconds > 1.5 || words.count > 12
    }

    /// True where a segment is what Whisper writes when nobody speaks.
    ///
    /// The first bound was found on music and noise, where invented text begins with a word of probability .004-.007
    /// and a mean of -.86 to -.97; short turns of real meetings begin with .03 and more.
    static func isInvented(
        _ words: [WhisperWord], noSpeechProbability: Double, averageLogProbability: Double
    ) -> Bool {
        guard let first = words.first else { return false }
        if noSpeechProbability > 0.25, averageLogProbability < -0.8, first.probability < 0.02 { return true }
        if noSpeechProbability > 0.7, averageLogProbability < -0.8 { return true }
        return noSpeechProbability > 0.6 && isAnomalous(words)
    }

    /// The reference's measure for segments: words that are improbable, too short or too long.
    static func isAnomalous(_ words: [WhisperWord]) -> Bool {
        guard !words.isEmpty else { return false }
        let first = words.prefix(8)
        let score = first.reduce(0.0) { sum, word in
            let seconds = word.end - word.start
            return sum + (word.probability < 0.15 ? 1 : 0) + (seconds < 0.133 ? (0.133 - seconds) * 15 : 0)
                + max(0, seconds - 2)
        }
        return score >= 3 || score + 0.01 >= Double(first.count)
    }
}
