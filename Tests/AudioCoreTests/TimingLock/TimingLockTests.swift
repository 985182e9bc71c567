import AudioCore
import Foundation
import TestSupport
import Testing

@Suite struct TimingLockTests {
    private let speaker = SyntheticSpeaker()

    /// Seconds of each token when the plan is spoken at a pace that wanders between 0.6 and 1.7.
    private func warped(_ plan: SpeechPlan, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed)
        var pace = 1.0
        return plan.predictedFrames.map { frames in
            pace = min(max(pace * Double.random(in: 0.75...1.33, using: &generator), 0.6), 1.7)
            return max(0.03, frames * 0.025 * pace)
        }
    }

    /// Errors of all token boundaries between words and of phones, in seconds.
    private func boundaryErrors(_ lock: Lock, _ plan: SpeechPlan, _ recording: Recording) -> [Double] {
        var end = 0
        var errors: [Double] = []
        for index in plan.tokens.indices.dropLast(2) {
            end += lock.frames[index]
            // Where two pauses meet there is nothing to hear.
            if case .gap = plan.tokens[index].owner, case .gap = plan.tokens[index + 1].owner { continue }
            errors.append(abs(Double(end) * 0.025 - recording.ends[index]))
        }
        return errors
    }

    @Test(arguments: 1...6)
    func recoversAWanderingPaceWithinOneFrame(seed: UInt64) throws {
        let plan = speaker.plan(SyntheticSpeaker.spoken(SyntheticSpeaker.words(14, seed: seed)))
        let recording = speaker.recording(plan.tokens, seconds: warped(plan, seed: seed + 100), seed: seed)
        let lock = try #require(
            speaker.lock.align(plan, to: recording.track, silence: recording.silence, seconds: recording.seconds))
        let errors = boundaryErrors(lock, plan, recording).sorted()
        #expect(errors[errors.count * 95 / 100] <= 0.025)
        #expect((errors.last ?? 1) <= 0.05)
        #expect(lock.score < -0.05)
        for (word, next) in zip(lock.words, lock.words.dropFirst()) { #expect(word.span.start < next.span.start) }
    }

    @Test(arguments: [0.5, 1, 2, 4])
    func followsAPauseThatThePlanDoesNotExpect(pause: Double) throws {
        let plan = speaker.plan(SyntheticSpeaker.spoken(SyntheticSpeaker.words(12, seed: 3)))
        var seconds = warped(plan, seed: 5)
        let space = try #require(plan.tokens.firstIndex { $0.owner == .gap(6) })
        seconds[space] = pause
        let recording = speaker.recording(plan.tokens, seconds: seconds)
        let lock = try #require(
            speaker.lock.align(plan, to: recording.track, silence: recording.silence, seconds: recording.seconds))
        let errors = boundaryErrors(lock, plan, recording).sorted()
        #expect((errors.last ?? 1) <= 0.05)
        #expect(abs(Double(lock.frames[space]) * 0.025 - pause) <= 0.05)
    }

    @Test func rejectsOtherWords() throws {
        let said = speaker.plan(SyntheticSpeaker.spoken(SyntheticSpeaker.words(12, seed: 11)))
        let recording = speaker.recording(said.tokens, seconds: warped(said, seed: 12), noise: 1)
        for seed in 20..<26 as Range<UInt64> {
            let other = speaker.plan(SyntheticSpeaker.spoken(SyntheticSpeaker.words(12, seed: seed)))
            let lock = try #require(
                speaker.lock.align(other, to: recording.track, silence: recording.silence, seconds: recording.seconds))
            #expect(lock.score > -0.02)
        }
        let right = try #require(
            speaker.lock.align(said, to: recording.track, silence: recording.silence, seconds: recording.seconds))
        #expect(right.score < -0.05)
    }

    @Test func aWrongWordCostsMoreThanTheOthers() throws {
        var words = SyntheticSpeaker.words(10, seed: 31)
        let said = speaker.plan(SyntheticSpeaker.spoken(words))
        let recording = speaker.recording(said.tokens, seconds: warped(said, seed: 32))
        words[5] = "peokim"
        let lock = try #require(
            speaker.lock.align(
                speaker.plan(SyntheticSpeaker.spoken(words)), to: recording.track, silence: recording.silence,
                seconds: recording.seconds))
        #expect(lock.words.indices.max { lock.words[$0].cost < lock.words[$1].cost } == 5)
    }

    @Test(arguments: [2, 5, 9, 40])
    func aDelayedRecordingShiftsTheWordsByExactlyTheDelay(delayFrames: Int) throws {
        let plan = speaker.plan(SyntheticSpeaker.spoken(SyntheticSpeaker.words(9, seed: 41)))
        var seconds = warped(plan, seed: 42)
        seconds[0] = 0.3
        seconds[plan.tokens.count - 1] = 0.3 + 0.025 * 41
        let recording = speaker.recording(plan.tokens, seconds: seconds, noise: 0)
        // The same length, so that the mean that is removed stays the same.
        seconds[0] += Double(delayFrames) * 0.025
        seconds[plan.tokens.count - 1] -= Double(delayFrames) * 0.025
        let delayed = speaker.recording(plan.tokens, seconds: seconds, noise: 0)
        let first = try #require(
            speaker.lock.align(plan, to: recording.track, silence: recording.silence, seconds: recording.seconds))
        let second = try #require(
            speaker.lock.align(plan, to: delayed.track, silence: delayed.silence, seconds: delayed.seconds))
        // The features' own grid of 20 ms moves against the 25 ms grid: one frame is allowed, no bias.
        let shifts = zip(first.words, second.words).map { $1.span.start - $0.span.start }
        let expected = Double(delayFrames) * 0.025
        for shift in shifts { #expect(abs(shift - expected) <= 0.0251) }
        #expect(abs(shifts.reduce(0, +) / Double(shifts.count) - expected) <= 0.01)
    }

    @Test(arguments: 1...8)
    func framesFillTheRecordingAndNoTokenIsEmpty(seed: UInt64) throws {
        var generator = SeededGenerator(seed * 77)
        let plan = speaker.plan(SyntheticSpeaker.spoken(SyntheticSpeaker.words(8, seed: seed)))
        let seconds = warped(plan, seed: seed).map { $0 * Double.random(in: 0.5...2, using: &generator) }
        let recording = speaker.recording(plan.tokens, seconds: seconds, noise: 2)
        let lock = try #require(
            speaker.lock.align(plan, to: recording.track, silence: recording.silence, seconds: recording.seconds))
        #expect(lock.frames.reduce(0, +) == speaker.lock.frameCount(seconds: recording.seconds))
        #expect(lock.frames.dropFirst().allSatisfy { $0 >= 1 })
        #expect((lock.frames.first ?? -1) >= 0)
        for (word, aligned) in zip(plan.words, lock.words) { #expect(aligned.frames.count >= word.phonemes.count) }
    }

    @Test func refusesARecordingTooShortForItsWords() {
        let plan = speaker.plan(SyntheticSpeaker.spoken(SyntheticSpeaker.words(20, seed: 2)))
        let recording = speaker.recording(plan.tokens, seconds: plan.tokens.map { _ in 0.02 })
        #expect(
            speaker.lock.align(plan, to: recording.track, silence: recording.silence, seconds: recording.seconds)
                == nil)
    }

    @Test func theRateIsThePaceOfTheWordsNotOfThePauses() throws {
        let plan = speaker.plan(SyntheticSpeaker.spoken(SyntheticSpeaker.words(12, seed: 8)))
        var seconds = plan.predictedFrames.map { $0 * 0.025 * 1.3 }
        for index in plan.tokens.indices where plan.tokens[index].symbol == " " { seconds[index] = 0.4 }
        let recording = speaker.recording(plan.tokens, seconds: seconds)
        let lock = try #require(
            speaker.lock.align(plan, to: recording.track, silence: recording.silence, seconds: recording.seconds))
        #expect(abs(lock.rate - 1.3) < 0.1)
    }

    /// 25 s of speech must be aligned in well under a second.
    @Test func alignsTwentyFiveSecondsQuickly() throws {
        let speaker = SyntheticSpeaker(dimension: 512)
        let plan = speaker.plan(SyntheticSpeaker.spoken(SyntheticSpeaker.words(70, seed: 9)))
        var seconds = warped(plan, seed: 10)
        let scale = 25 / seconds.reduce(0, +)
        for index in seconds.indices { seconds[index] = max(0.026, seconds[index] * scale) }
        let recording = speaker.recording(plan.tokens, seconds: seconds)
        let before = threadSeconds()
        let lock = speaker.lock.align(
            plan, to: recording.track, silence: recording.silence, seconds: recording.seconds)
        let spent = threadSeconds() - before
        #expect(lock != nil)
        #expect(spent < 1, "\(spent) for \(plan.tokens.count) tokens")
    }

    /// Processor time of this thread: other tests at the same time do not count.
    private func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
