import AudioCore
import Foundation
import Testing

struct TimingJudgeTests {
    /// The voice itself, late by a known time.
    @Test(arguments: [7.0, 20, 40, -40, 120])
    func readsADelay(milliseconds: Double) throws {
        let speech = SyntheticSpeech(seed: 3)
        let shift = Int(milliseconds * 16)
        let late = speech.samples.indices.map { index in
            speech.samples.indices.contains(index - shift) ? speech.samples[index - shift] : 0
        }
        let deviations = TimingJudge().deviations(source: speech.samples, result: late, onsets: speech.onsets)
        #expect(deviations.count == speech.onsets.count)
        #expect(deviations.allSatisfy { $0.map { abs($0 - milliseconds) < 3 } ?? false })
        let timing = try #require(TimingAgreement(deviations: deviations))
        #expect(abs(timing.medianMs - abs(milliseconds)) < 3)
        #expect(timing.words == speech.onsets.count)
    }

    /// Another voice (longer tract, higher pitch) whose words wander by up to 50 ms.
    @Test func followsAnotherVoicesWanderings() throws {
        func wander(_ time: Double) -> Double { 0.05 * sin(2 * .pi * time / 2.3) }
        let old = SyntheticSpeech(seed: 5, pitch: 110)
        let new = SyntheticSpeech(seed: 5, pitch: 190, formantScale: 1.12, delay: wander)
        let deviations = TimingJudge().deviations(source: old.samples, result: new.samples, onsets: old.onsets)
        let errors = zip(deviations, old.onsets).compactMap { deviation, onset in
            deviation.map { abs($0 - 1000 * wander(onset)) }
        }
        #expect(errors.count == old.onsets.count)
        #expect(quantile(0.5, of: errors) < 8)
        #expect(quantile(0.9, of: errors) < 25)
    }

    @Test func silenceIsNotMeasured() {
        let speech = SyntheticSpeech(seed: 7)
        let silence = [Float](repeating: 0, count: speech.samples.count)
        let judge = TimingJudge()
        #expect(judge.deviations(source: silence, result: silence, onsets: [1, 2]) == [nil, nil])
        let muted = judge.deviations(source: speech.samples, result: silence, onsets: speech.onsets)
        #expect(muted.allSatisfy { $0 == nil })
        #expect(TimingAgreement(deviations: muted) == nil)
        #expect(judge.deviations(source: [], result: [], onsets: [0]) == [nil])
    }

    /// A second of pause in both must not pull the words after it.
    @Test func wordsAfterALongPauseAreMeasured() {
        let first = SyntheticSpeech(seed: 11, seconds: 2.5)
        let second = SyntheticSpeech(seed: 12, seconds: 2.5)
        let hush = (0..<16000).map { _ in Float.random(in: -1e-4...1e-4) }
        let other = (0..<16000).map { _ in Float.random(in: -1e-3...1e-3) }
        let deviations = TimingJudge().deviations(
            source: first.samples + hush + second.samples, result: first.samples + other + second.samples,
            onsets: second.onsets.map { $0 + 3.5 })
        #expect(deviations.allSatisfy { $0.map { abs($0) < 3 } ?? false })
    }
}
