import AudioCore
import Testing

@testable import SpeechModels

@Suite struct WhisperAlignmentTests {
    /// Attention that looks at frames 10 i ..< 10 (i + 1) while token i is read, in noise of another head.
    @Test func tokensBeginWhereAttentionMovesTo() {
        let (tokens, stride, frames) = (6, 100, 60)
        var generator = SplitMix64(state: 1)
        var scores = [Float](repeating: 0, count: 2 * tokens * stride)
        for token in 0..<tokens {
            for frame in 0..<stride {
                scores[token * stride + frame] = (frame / 10 == token ? 6 : 0) + generator.unit()
                scores[(tokens + token) * stride + frame] = generator.unit()
            }
        }
        let onsets = WhisperAlignment.onsets(
            scores: scores, heads: 2, tokens: tokens, stride: stride, frames: frames, used: 1..<6)
        for (onset, expected) in zip(onsets.dropFirst(), [20, 30, 40, 50]) { #expect(abs(onset - expected) <= 3) }
        #expect(onsets == onsets.sorted())
    }

    @Test func framesBeyondTheAudioDoNotCount() {
        // The last token attends most strongly to padding.
        var scores = [Float](repeating: 0, count: 3 * 50)
        for token in 0..<3 { for frame in 0..<20 where frame / 7 == token { scores[token * 50 + frame] = 5 } }
        for frame in 20..<50 { scores[2 * 50 + frame] = 50 }
        let onsets = WhisperAlignment.onsets(scores: scores, heads: 1, tokens: 3, stride: 50, frames: 20, used: 0..<3)
        #expect(onsets.allSatisfy { $0 < 20 })
    }

    @Test func theWarpTakesTheCheapestPath() {
        // Rows on a staircase of zeros in a field of ones.
        let cost: [Float] = [0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0]
        #expect(WhisperAlignment.warp(cost, rows: 3, columns: 5) == [0, 2, 3])
        #expect(WhisperAlignment.warp([], rows: 0, columns: 5) == [])
        #expect(WhisperAlignment.warp([1, 1], rows: 2, columns: 1) == [0, 0])
    }
}
