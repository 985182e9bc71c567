import AudioCore

/// A text found in a piece of audio.
struct WhisperHypothesis: Sendable {
    /// Text tokens and timestamps, without prompt and end.
    var tokens: [Int]
    /// Sum of the tokens' natural log-probabilities, the end's included.
    var logProbability: Double
    /// Mean over the tokens and the end.
    var averageLogProbability: Double { logProbability / Double(tokens.count + 1) }
    /// The reference's ranking: the sum divided by the number of tokens.
    var rank: Double { logProbability / Double(max(1, tokens.count)) }
}

/// Searches the likeliest text: by beams, or by drawing lots at a temperature.
struct WhisperSearch {
    let stepper: any WhisperStepper
    let rules: WhisperTokenRules
    let prompt: [Int]
    /// Index in the prompt of `<|startoftranscript|>`: what is predicted after it tells speech from its absence.
    let startIndex: Int
    let noSpeechToken: Int
    /// Tokens emitted at most.
    let longest: Int

    struct Outcome {
        var best: WhisperHypothesis
        var noSpeechProbability: Double
    }

    private struct Text {
        var tokens: [Int] = []
        var logProbability = 0.0
    }

    /// Logits after the prompt, [vocabulary], and the probability that there is no speech.
    private func begin() throws -> (logits: [Float], noSpeechProbability: Double) {
        try stepper.reset()
        let rows = try stepper.advance(prompt, texts: 1, parents: [0], rows: [startIndex, prompt.count - 1])
        let count = stepper.vocabularyCount
        let noSpeech = rows.withUnsafeBufferPointer { rows in
            let start = UnsafeBufferPointer(rebasing: rows[0..<count])
            return Double(exponential(start[noSpeechToken] - WhisperLogits.logSumExp(start)))
        }
        return (Array(rows[count...]), noSpeech)
    }

    private var limit: Int { max(1, min(longest, stepper.contextCount - prompt.count)) }

    /// Beam search with patience (Kasai et al. 2022): it ends when `beams * patience` texts are complete.
    func beamSearch(beams: Int, patience: Double = 1) throws -> Outcome {
        let wanted = max(1, Int((Double(beams) * patience).rounded()))
        var (logits, noSpeech) = try begin()
        var texts = [Text()]
        var finished: [WhisperHypothesis] = []
        var length = 0
        while true {
            let candidates = extend(texts, logits: &logits, each: beams + 1)
            var next: [Text] = []
            var parents: [Int] = []
            for candidate in candidates {
                if candidate.token == rules.endOfText {
                    finished.append(
                        WhisperHypothesis(
                            tokens: texts[candidate.parent].tokens, logProbability: candidate.logProbability))
                } else {
                    next.append(
                        Text(
                            tokens: texts[candidate.parent].tokens + [candidate.token],
                            logProbability: candidate.logProbability))
                    parents.append(candidate.parent)
                }
                if next.count == beams { break }
            }
            length += 1
            if finished.count >= wanted || next.isEmpty { break }
            texts = next
            if length >= limit {
                finished += texts.map { WhisperHypothesis(tokens: $0.tokens, logProbability: $0.logProbability) }
                break
            }
            try checkInterruption()
            logits = try stepper.advance(
                texts.compactMap(\.tokens.last), texts: texts.count, parents: parents, rows: Array(texts.indices))
        }
        return Outcome(best: best(finished), noSpeechProbability: noSpeech)
    }

    /// Draws `count` texts at a temperature and gives the likeliest.
    /// - Parameter seed: the same seed draws the same texts.
    func sample(temperature: Float, count: Int, seed: UInt64) throws -> Outcome {
        var generator = SplitMix64(state: seed)
        let (first, noSpeech) = try begin()
        var logits = (0..<count).flatMap { _ in first }
        var texts = [Text](repeating: Text(), count: count)
        var parents = [Int](repeating: 0, count: count)
        var finished: [WhisperHypothesis] = []
        for length in 1...limit {
            var next: [Text] = []
            var origin: [Int] = []
            for index in texts.indices {
                let drawn = draw(&logits, row: index, after: texts[index].tokens, temperature, &generator)
                guard let drawn else { continue }
                let logProbability = texts[index].logProbability + drawn.logProbability
                if drawn.token == rules.endOfText {
                    finished.append(
                        WhisperHypothesis(tokens: texts[index].tokens, logProbability: logProbability))
                } else {
                    next.append(Text(tokens: texts[index].tokens + [drawn.token], logProbability: logProbability))
                    origin.append(index)
                }
            }
            texts = next
            parents = length == 1 ? origin.map { _ in 0 } : origin
            if texts.isEmpty { break }
            if length == limit {
                finished += texts.map { WhisperHypothesis(tokens: $0.tokens, logProbability: $0.logProbability) }
                break
            }
            try checkInterruption()
            logits = try stepper.advance(
                texts.compactMap(\.tokens.last), texts: texts.count, parents: parents, rows: Array(texts.indices))
        }
        return Outcome(best: best(finished), noSpeechProbability: noSpeech)
    }

    private func best(_ hypotheses: [WhisperHypothesis]) -> WhisperHypothesis {
        hypotheses.max { $0.rank < $1.rank } ?? WhisperHypothesis(tokens: [], logProbability: 0)
    }

    private func checkInterruption() throws {
        if Task.isCancelled { throw CancellationError() }
    }

    private struct Candidate {
        var parent: Int
        var token: Int
        var logProbability: Double
    }

    /// The likeliest continuations of all texts, likeliest first.
    private func extend(_ texts: [Text], logits: inout [Float], each: Int) -> [Candidate] {
        let count = stepper.vocabularyCount
        var candidates: [Candidate] = []
        logits.withUnsafeMutableBufferPointer { all in
            for (index, text) in texts.enumerated() {
                let row = UnsafeMutableBufferPointer(rebasing: all[index * count..<(index + 1) * count])
                rules.apply(to: row, after: text.tokens[...])
                let total = WhisperLogits.logSumExp(UnsafeBufferPointer(row))
                for (token, value) in WhisperLogits.largest(each, of: UnsafeBufferPointer(row)) {
                    candidates.append(
                        Candidate(
                            parent: index, token: token,
                            logProbability: text.logProbability + Double(value - total)))
                }
            }
        }
        return candidates.sorted { $0.logProbability > $1.logProbability }
    }

    /// One token at a temperature, and its log-probability at temperature 1.
    private func draw(
        _ logits: inout [Float], row: Int, after tokens: [Int], _ temperature: Float, _ generator: inout SplitMix64
    ) -> (token: Int, logProbability: Double)? {
        let count = stepper.vocabularyCount
        return logits.withUnsafeMutableBufferPointer { all in
            let row = UnsafeMutableBufferPointer(rebasing: all[row * count..<(row + 1) * count])
            rules.apply(to: row, after: tokens[...])
            let total = WhisperLogits.logSumExp(UnsafeBufferPointer(row))
            guard total > -.infinity else { return nil }
            // Gumbel's trick: the largest of logit / temperature + noise is a draw from the tempered softmax.
            var best = (token: 0, value: -Float.infinity)
            for token in 0..<count where row[token] > total - 30 * temperature {
                let noise = -naturalLogarithm(-naturalLogarithm(generator.unit()))
                let value = row[token] / temperature + noise
                if value > best.value { best = (token, value) }
            }
            return (best.token, Double(row[best.token] - total))
        }
    }
}

extension SplitMix64 {
    /// Uniform in (0, 1), the ends excluded.
    mutating func unit() -> Float { (Float(next() >> 41) + 0.5) * 0x1p-23 }
}
