import Foundation

/// Reads word times, costs and the score off a finished alignment.
struct LockAppraisal {
    let plan: SpeechPlan
    let rows: TokenRows
    /// [tokens]
    let frames: [Int]
    let rate: Float
    let frameSeconds: Double
    let columnsPerFrame: Int
    let field: GuidedField
    let floor: NearestPhone

    /// A word after a space is heard this much before its first phone's own onset: consonants begin softly. (Measured
    /// against hand boundaries: 490 words of TIMIT.)
    private static let consonantOnsetSeconds = 0.042
    private static let vowelOnsetSeconds = 0.023
    /// A word before a space is still heard for so long after its last phone.
    private static let releaseSeconds = 0.01
    /// From this length on a space has a length of its own, and the next word's onset is measured from its end.
    private static let ownSpaceSeconds = 0.1
    private static let vowels: Set<Character> = Set("aæɑɒɔəɛɜeiɪuʊʌAIOWYɐᵊᵻo")
    private static let stresses: Set<Character> = ["ˈ", "ˌ"]

    var lock: Lock {
        var starts = [0]
        for count in frames { starts.append(starts[starts.count - 1] + count) }
        let costs = columnCosts(starts)
        let wordTokens = tokensOfWords
        var words: [AlignedWord] = []
        var (costSum, scoreSum, columns) = (0.0, 0.0, 0)
        for index in plan.words.indices {
            guard let tokens = wordTokens[index] else {
                // A word without phonemes has no sound and no place of its own.
                let time = words.last?.span.end ?? Double(starts[1]) * frameSeconds
                let frame = words.last?.frames.upperBound ?? starts[1]
                words.append(
                    AlignedWord(
                        span: TimeSpan(start: time, end: time), cost: 0, durationRatioLog: 0, frames: frame..<frame))
                continue
            }
            let taken = starts[tokens.lowerBound]..<starts[tokens.upperBound]
            let range = taken.lowerBound * columnsPerFrame..<taken.upperBound * columnsPerFrame
            let sum = range.reduce(0.0) { $0 + Double(costs.plain[$1]) }
            costSum += sum
            scoreSum += range.reduce(0.0) { $0 + Double(costs.plain[$1] - floor.distance[$1]) }
            columns += range.count
            let expected = Float(rows.ranges[tokens].reduce(0) { $0 + $1.count }) / Float(columnsPerFrame) * rate
            words.append(
                AlignedWord(
                    span: span(of: tokens, starts: starts), cost: sum / Double(max(1, range.count)),
                    durationRatioLog: Double(log((Float(taken.count) + 0.5) / (expected + 0.5))), frames: taken))
        }
        return Lock(
            frames: frames, words: words, score: scoreSum / Double(max(1, columns)),
            meanCost: costSum / Double(max(1, columns)), pathCost: costs.guided, rate: Double(rate))
    }

    /// The plain distance of each column along the alignment, and the sum of the guided ones.
    private func columnCosts(_ starts: [Int]) -> (plain: [Float], guided: Double) {
        var plain = [Float](repeating: 0, count: field.columnCount)
        var guided = 0.0
        for token in frames.indices {
            let range = rows.ranges[token]
            let length = frames[token] * columnsPerFrame
            for step in 0..<length {
                let inside = (2 * step + 1) * range.count / (2 * length)
                let row = min(range.lowerBound + inside, field.rowCount - 1)
                let column = starts[token] * columnsPerFrame + step
                plain[column] = field.field[row, column]
                guided += Double(field[row, column])
            }
        }
        return (plain, guided)
    }

    /// The tokens of each word; nil for a word without any.
    private var tokensOfWords: [Range<Int>?] {
        var result = [Range<Int>?](repeating: nil, count: plan.words.count)
        for (index, token) in plan.tokens.enumerated() {
            guard case .word(let word) = token.owner, result.indices.contains(word) else { continue }
            result[word] = (result[word]?.lowerBound ?? index)..<index + 1
        }
        return result
    }

    private func span(of tokens: Range<Int>, starts: [Int]) -> TimeSpan {
        let first = tokens.lowerBound
        let end = tokens.upperBound
        let begin = Double(starts[first]) * frameSeconds
        var onset = begin
        if first > 0, plan.tokens[first - 1].symbol == " " {
            let sounding = plan.tokens[tokens].first { !Self.stresses.contains($0.symbol) }
            let isVowel = sounding.map { Self.vowels.contains($0.symbol) } ?? false
            let ahead = isVowel ? Self.vowelOnsetSeconds : Self.consonantOnsetSeconds
            if Double(frames[first - 1]) * frameSeconds > Self.ownSpaceSeconds {
                onset = begin - ahead
            } else {
                onset = time(ofRow: Double(rows.ranges[first].lowerBound) - ahead / DistanceField.hopSeconds, starts)
            }
        }
        var offset = Double(starts[end]) * frameSeconds
        if end < frames.count, plan.tokens[end].symbol == " " {
            offset += min(Self.releaseSeconds, Double(frames[end]) * frameSeconds)
        }
        return TimeSpan(start: max(0, onset), end: max(offset, onset + frameSeconds))
    }

    /// When a moment of the plan is heard in the recording: straight lines between token boundaries.
    private func time(ofRow row: Double, _ starts: [Int]) -> Double {
        guard let token = rows.ranges.firstIndex(where: { !$0.isEmpty && row < Double($0.upperBound) }) else {
            return Double(starts[starts.count - 1]) * frameSeconds
        }
        let range = rows.ranges[token]
        let inside = max(0, row - Double(range.lowerBound)) / Double(range.count)
        return (Double(starts[token]) + inside * Double(frames[token])) * frameSeconds
    }
}
