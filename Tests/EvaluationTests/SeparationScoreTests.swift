import AudioCore
import TestSupport
import Testing

@testable import Evaluation

/// Separation figures whose value is known.
@Suite struct SeparationScoreTests {
    private let tone = sine(440, seconds: 1, sampleRate: 16000, amplitude: 0.5)
    /// Orthogonal to the tone over a whole second.
    private let other = sine(1000, seconds: 1, sampleRate: 16000, amplitude: 0.5)

    private func mixed(_ a: Float, _ b: Float) -> [Float] { zip(tone, other).map { a * $0 + b * $1 } }

    @Test func aTenthOfSomethingElseIsTwentyDecibels() throws {
        let score = SeparationScore(reference: tone, estimate: mixed(1, 0.1))
        #expect(abs(try #require(score.scaleInvariantDB) - 20) < 0.01)
        // Louder or softer is the same.
        let soft = SeparationScore(reference: tone, estimate: mixed(0.25, 0.025))
        #expect(abs(try #require(soft.scaleInvariantDB) - 20) < 0.01)
    }

    @Test func aDelayIsForgivenByTheOneAndNotByTheOther() throws {
        let noise = Golden.noise(16000, seed: 9).map { Float($0) }
        let delayed = [Float](repeating: 0, count: 100) + noise.dropLast(100)
        let score = SeparationScore(reference: noise, estimate: delayed)
        #expect(try #require(score.scaleInvariantDB) < -20)
        #expect(try #require(score.distortionDB) > 15)
    }

    @Test func silenceHasNoRatio() {
        let silence = [Float](repeating: 0, count: 16000)
        #expect(SeparationScore(reference: silence, estimate: tone).scaleInvariantDB == nil)
        #expect(SeparationScore(reference: tone, estimate: silence).distortionDB == nil)
    }
}
