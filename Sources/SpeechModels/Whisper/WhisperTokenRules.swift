import AudioCore

/// Which tokens may follow: what is never said, and how timestamps pair.
///
/// Source: Radford et al. 2022, section 4.5, and the reference implementation's `SuppressBlank`, `SuppressTokens` and
/// `ApplyTimestampRules`.
struct WhisperTokenRules: Sendable {
    let endOfText: Int
    let noTimestamps: Int
    let suppressed: [Int]
    let suppressedAtStart: [Int]
    /// False: no timestamp is emitted at all.
    var usesTimestamps = true
    /// The latest first timestamp, in steps of 20 ms.
    var latestFirstTimestamp = 50
    /// No timestamp beyond the audio, in steps of 20 ms.
    var latestTimestamp = 1500

    private var firstTimestamp: Int { noTimestamps + 1 }

    /// Sets the logits of what may not follow to -infinity.
    /// - Parameters:
    ///   - logits: [vocabulary], natural log up to a constant.
    ///   - tokens: what was emitted so far, without the prompt.
    func apply(to logits: UnsafeMutableBufferPointer<Float>, after tokens: ArraySlice<Int>) {
        func forbid(_ range: Range<Int>) {
            for token in range.clamped(to: 0..<logits.count) { logits[token] = -.infinity }
        }
        for token in suppressed where token < logits.count { logits[token] = -.infinity }
        logits[noTimestamps] = -.infinity
        if tokens.isEmpty {
            for token in suppressedAtStart where token < logits.count { logits[token] = -.infinity }
        }
        guard usesTimestamps else { return forbid(firstTimestamp..<logits.count) }

        forbid(firstTimestamp + latestTimestamp + 1..<max(logits.count, firstTimestamp + latestTimestamp + 1))
        guard let last = tokens.last else {
            forbid(0..<firstTimestamp)
            return forbid(firstTimestamp + latestFirstTimestamp + 1..<logits.count)
        }
        let isAfterTimestamp = last >= firstTimestamp
        let isAfterPair = tokens.count < 2 || tokens[tokens.endIndex - 2] >= firstTimestamp
        if isAfterTimestamp {
            // A closed pair is followed by text; a lone one by its partner or the end.
            if isAfterPair { forbid(firstTimestamp..<logits.count) } else { forbid(0..<endOfText) }
        }
        if let latest = tokens.last(where: { $0 >= firstTimestamp }) {
            // Time goes on, and a segment is never empty.
            forbid(firstTimestamp..<(isAfterTimestamp && !isAfterPair ? latest : latest + 1))
        }
        preferTimestamp(logits)
    }

    /// Where the timestamps together are likelier than any one other token, one of them it must be.
    private func preferTimestamp(_ logits: UnsafeMutableBufferPointer<Float>) {
        var textPeak = -Float.infinity
        for token in 0..<firstTimestamp { textPeak = max(textPeak, logits[token]) }
        var timePeak = -Float.infinity
        for token in firstTimestamp..<logits.count { timePeak = max(timePeak, logits[token]) }
        guard timePeak > -.infinity else { return }
        var sum: Float = 0
        for token in firstTimestamp..<logits.count { sum += exponential(logits[token] - timePeak) }
        if timePeak + naturalLogarithm(sum) > textPeak {
            for token in 0..<firstTimestamp { logits[token] = -.infinity }
        }
    }
}
