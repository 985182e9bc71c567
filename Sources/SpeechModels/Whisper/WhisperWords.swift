import AudioCore

/// A word of Whisper's text while its time is being found; seconds count from the window's first sample.
struct WhisperWord: Sendable, Equatable {
    /// With its leading space, if it has one.
    var text: String
    /// Tokens it was made of.
    var tokenCount: Int
    var start: Double
    var end: Double
    /// Mean probability of the tokens.
    var probability: Double
}

/// Cuts text tokens into words and repairs the times that attention gives them.
///
/// Source: the reference implementation's `timing.py` and `tokenizer.py`.
enum WhisperWords {
    /// Languages written without spaces between words.
    private static let unspaced: Set<String> = ["zh", "ja", "th", "lo", "my", "yue"]
    private static let punctuation = Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    private static let prepended = Set("\"'“¿([{-")
    private static let appended = Set("\"'.。,，!！?？:：;；…”)]}、")
    private static let sentenceEnds = Set(".。!！?？")

    /// - Returns: each word with its number of tokens; the counts add up to `tokens.count`.
    static func split(_ tokens: [Int], tokenizer: WhisperTokenizer, language: String) -> [(text: String, count: Int)] {
        var pieces: [(text: String, count: Int)] = []
        var bytes: [UInt8] = []
        var count = 0
        for token in tokens {
            bytes += tokenizer.decodeBytes([token])
            count += 1
            if isIncomplete(bytes) { continue }
            pieces.append((String(decoding: bytes, as: UTF8.self), count))
            bytes = []
            count = 0
        }
        if count > 0 { pieces.append((String(decoding: bytes, as: UTF8.self), count)) }
        guard !unspaced.contains(language) else { return pieces }
        var words: [(text: String, count: Int)] = []
        for piece in pieces {
            let bare = piece.text.filter { !$0.isWhitespace }
            let isPunctuation = bare.allSatisfy { punctuation.contains($0) }
            if words.isEmpty || piece.text.hasPrefix(" ") || isPunctuation {
                words.append(piece)
            } else {
                words[words.count - 1].text += piece.text
                words[words.count - 1].count += piece.count
            }
        }
        return words
    }

    /// True where the bytes end inside a UTF-8 sequence.
    private static func isIncomplete(_ bytes: [UInt8]) -> Bool {
        for back in 1...3 where bytes.count >= back {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back
        }
        return false
    }

    /// Half the duration that no ordinary word exceeds: the median, at most 0.7 s.
    static func medianDuration(_ words: [WhisperWord]) -> Double {
        let durations = words.map { $0.end - $0.start }.filter { $0 > 0 }.sorted()
        guard !durations.isEmpty else { return 0 }
        let middle = durations.count / 2
        let median =
            durations.count % 2 == 1 ? durations[middle] : (durations[middle - 1] + durations[middle]) / 2
        return min(0.7, median)
    }

    /// Attention lingers at the ends of sentences: shortens words there to twice the median.
    static func truncateAtSentenceEnds(_ words: inout [WhisperWord], longest: Double) {
        func isEnd(_ text: String) -> Bool { text.count == 1 && text.allSatisfy { sentenceEnds.contains($0) } }
        for index in words.indices.dropFirst() where words[index].end - words[index].start > longest {
            if isEnd(words[index].text) {
                words[index].end = words[index].start + longest
            } else if isEnd(words[index - 1].text) {
                words[index].start = words[index].end - longest
            }
        }
    }

    /// Joins punctuation to the word it belongs to; what it was joined to keeps its time, it itself becomes empty.
    static func mergePunctuation(_ words: inout [WhisperWord]) {
        guard words.count > 1 else { return }
        var following = words.count - 1
        for previous in stride(from: words.count - 2, through: 0, by: -1) {
            let bare = words[previous].text.drop { $0 == " " }
            if words[previous].text.hasPrefix(" "), !bare.isEmpty, bare.allSatisfy({ prepended.contains($0) }) {
                words[following].text = words[previous].text + words[following].text
                words[following].tokenCount += words[previous].tokenCount
                words[previous].text = ""
                words[previous].tokenCount = 0
            } else {
                following = previous
            }
        }
        var previous = 0
        for following in 1..<words.count {
            let text = words[following].text
            if !words[previous].text.hasSuffix(" "), !text.isEmpty, text.allSatisfy({ appended.contains($0) }) {
                words[previous].text += text
                words[previous].tokenCount += words[following].tokenCount
                words[following].text = ""
                words[following].tokenCount = 0
            } else {
                previous = following
            }
        }
    }

    /// Repairs the first and last word of a segment that follows a pause.
    /// - Parameters:
    ///   - segment: the times the timestamps gave the segment.
    ///   - lastEnd: where the words before it ended.
    static func repairEdges(
        _ words: inout [WhisperWord], segment: TimeSpan, lastEnd: Double, median: Double
    ) {
        guard !words.isEmpty else { return }
        let longest = 2 * median
        let last = words.count - 1
        let isLong = words[0].end - words[0].start > longest
        let areLong = last > 0 && words[1].end - words[0].start > 2 * longest
        if words[0].end - lastEnd > 4 * median, isLong || areLong {
            if last > 0, words[1].end - words[1].start > longest {
                let boundary = max(words[1].end / 2, words[1].end - longest)
                words[0].end = boundary
                words[1].start = boundary
            }
            words[0].start = max(0, words[0].end - longest)
        }
        if segment.start < words[0].end, segment.start - 0.5 > words[0].start {
            words[0].start = max(0, min(words[0].end - median, segment.start))
        }
        if segment.end > words[last].start, segment.end + 0.5 < words[last].end {
            words[last].end = max(words[last].start + median, segment.end)
        }
    }
}
