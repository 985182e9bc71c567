import AudioCore

/// Tokens as Piper's network takes them: every symbol with a blank behind it, but for the last.
struct PiperText {
    let symbols: [Int64]
    /// Which symbols are each token's, blanks among them, [tokens].
    let ranges: [Range<Int>]

    init(_ tokens: [SpeechToken]) {
        var symbols: [Int64] = []
        var ranges: [Range<Int>] = []
        for (index, token) in tokens.enumerated() {
            let start = symbols.count
            for id in PiperVocabulary.symbols(of: token) { symbols += [id, PiperVocabulary.blank] }
            if index == tokens.count - 1 { symbols.removeLast() }
            ranges.append(start..<symbols.count)
        }
        self.symbols = symbols
        self.ranges = ranges
    }

    /// Whole frames of `seconds` for each token where the network would take `frames` of `hopSeconds` for its symbols;
    /// each token gets one at least, and what that takes away is given back by the tokens that follow.
    /// - Returns: [tokens]
    func tokenFrames(_ frames: [Int], hopSeconds: Double, frameSeconds: Double) -> [Int] {
        var elapsed = 0.0
        var given = 0
        return ranges.map { range in
            elapsed += Double(frames[range].reduce(0, +)) * hopSeconds
            let count = max(1, Int((elapsed / frameSeconds).rounded()) - given)
            given += count
            return count
        }
    }

    /// The network's frames for each symbol so that each token ends when it was dictated to, to half a frame; within a
    /// token they are shared out as the network would by itself.
    /// - Parameters:
    ///   - tokenFrames: of `frameSeconds`, [tokens].
    ///   - own: what the network would take, [symbols].
    ///   - delaySeconds: how much later everything lies.
    /// - Returns: [symbols]; 0 where a symbol gets no time.
    func symbolFrames(
        _ tokenFrames: [Int], own: [Int], hopSeconds: Double, frameSeconds: Double, delaySeconds: Double
    ) -> [Int] {
        var result = [Int](repeating: 0, count: symbols.count)
        var elapsed = delaySeconds
        var given = 0
        for (range, count) in zip(ranges, tokenFrames) {
            elapsed += Double(count) * frameSeconds
            let total = max(0, Int((elapsed / hopSeconds).rounded()) - given)
            given += total
            let weight = Double(max(1, own[range].reduce(0, +)))
            var sum = 0
            var placed = 0
            for index in range {
                sum += own[index]
                let end = Int((Double(sum) / weight * Double(total)).rounded())
                result[index] = end - placed
                placed = end
            }
        }
        return result
    }
}
