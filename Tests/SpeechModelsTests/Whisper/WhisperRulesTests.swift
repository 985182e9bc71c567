import Testing

@testable import SpeechModels

/// A vocabulary of 20: 0...9 text, 10 end of text, 11 control, 12 no timestamps, 13...19 timestamps of 0...0.12 s.
@Suite struct WhisperRulesTests {
    let rules = WhisperTokenRules(endOfText: 10, noTimestamps: 12, suppressed: [3, 11], suppressedAtStart: [0, 10])

    func allowed(
        after tokens: [Int], logits: [Float] = [Float](repeating: 0, count: 20), _ rules: WhisperTokenRules? = nil
    ) -> [Int] {
        var logits = logits
        logits.withUnsafeMutableBufferPointer { (rules ?? self.rules).apply(to: $0, after: tokens[...]) }
        return logits.indices.filter { logits[$0] > -.infinity }
    }

    /// Text is likelier than all timestamps together.
    let likelyText: [Float] = [Float](repeating: 5, count: 13) + [Float](repeating: 0, count: 7)

    @Test func textBeginsWithATimestampNearTheStart() {
        var early = rules
        early.latestFirstTimestamp = 2
        #expect(allowed(after: [], early) == [13, 14, 15])
    }

    @Test func suppressedTokensNeverFollow() {
        let tokens = allowed(after: [13, 5], logits: likelyText)
        #expect(!tokens.contains(3) && !tokens.contains(11) && !tokens.contains(12))
        #expect(tokens.contains(0) && tokens.contains(10))
    }

    @Test func aClosingTimestampIsFollowedByItsPartnerOrTheEnd() {
        // The end of the text is no timestamp, so it must be the likelier to survive.
        var logits = likelyText
        logits[10] = 9
        #expect(allowed(after: [13, 5, 16], logits: logits) == [10, 16, 17, 18, 19])
    }

    @Test func afterAPairComesText() {
        #expect(allowed(after: [13, 5, 16, 16], logits: likelyText).allSatisfy { $0 < 13 })
    }

    @Test func timeNeverGoesBack() {
        let times = allowed(after: [13, 5, 16, 16, 7], logits: likelyText).filter { $0 >= 13 }
        #expect(times == [17, 18, 19])
    }

    @Test func likelyTimestampsTogetherExcludeText() {
        // Each timestamp is less likely than a text token, all six together are more.
        let logits = [Float](repeating: 1, count: 13) + [Float](repeating: 0, count: 7)
        #expect(allowed(after: [13, 5], logits: logits) == [14, 15, 16, 17, 18, 19])
        #expect(allowed(after: [13, 5], logits: likelyText).contains(5))
    }

    @Test func noTimestampIsGivenWhereNoneIsWanted() {
        var plain = rules
        plain.usesTimestamps = false
        #expect(allowed(after: [5], plain).allSatisfy { $0 < 12 })
    }
}
