import AudioCore

/// A stretch between two timestamps of Whisper's text.
struct WhisperSegment: Sendable, Equatable {
    /// Seconds from the window's first sample.
    var span: TimeSpan
    /// Text tokens.
    var tokens: [Int]
}

extension WhisperSegment {
    /// Cuts a window's text at its timestamps.
    ///
    /// Source: the reference implementation's `transcribe.py`.
    /// - Parameters:
    ///   - tokens: text and timestamps.
    ///   - windowSeconds: real audio in the window.
    /// - Returns: the segments; seconds of the window they account for; whether it ended with a lone timestamp, which
    ///   says that no speech follows.
    static func cut(_ tokens: [Int], tokenizer: WhisperTokenizer, windowSeconds: Double) -> (
        segments: [WhisperSegment], seconds: Double, isClosed: Bool
    ) {
        let first = tokenizer.firstTimestamp
        func isTime(_ index: Int) -> Bool { tokens[index] >= first }
        func seconds(_ token: Int) -> Double { Double(token - first) * WhisperTokenizer.timestampSeconds }
        func text(_ tokens: some Sequence<Int>) -> [Int] { tokens.filter { $0 < tokenizer.endOfText } }
        let count = tokens.count
        let isClosed = count >= 2 && !isTime(count - 2) && isTime(count - 1)
        var cuts = tokens.indices.filter { $0 > 0 && isTime($0) && isTime($0 - 1) }
        guard !cuts.isEmpty else {
            var end = windowSeconds
            if let last = tokens.last(where: { $0 >= first }), last != first { end = seconds(last) }
            let segment = WhisperSegment(span: TimeSpan(start: 0, end: end), tokens: text(tokens))
            return ([segment], windowSeconds, isClosed)
        }
        if isClosed { cuts.append(count) }
        var segments: [WhisperSegment] = []
        var from = 0
        for cut in cuts {
            let part = tokens[from..<cut]
            let start = part.first.map { $0 >= first ? seconds($0) : 0 } ?? 0
            let end = part.last.map { $0 >= first ? seconds($0) : windowSeconds } ?? windowSeconds
            segments.append(WhisperSegment(span: TimeSpan(start: start, end: end), tokens: text(part)))
            from = cut
        }
        return (segments, isClosed ? windowSeconds : seconds(tokens[from - 1]), isClosed)
    }
}
