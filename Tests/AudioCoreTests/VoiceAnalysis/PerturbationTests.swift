import AudioCore
import Foundation
import Testing

struct PerturbationTests {
    private func marks(_ voice: KnownVoice) -> PeriodMarks {
        PeriodMarks(voice.samples, sampleRate: voice.sampleRate, contour: voice.contour)
    }

    @Test("One mark a period, always at the same place in it", arguments: [85.0, 120, 211, 310])
    func marksFollowTheStrikes(hertz: Double) {
        let voice = KnownVoice(hertz: hertz)
        let times = marks(voice).times
        #expect(abs(times.count - voice.strikes.count) <= 3)
        for (time, next) in zip(times, times.dropFirst()) {
            // A third of a sample, where the walk to the left meets that to the right.
            #expect(abs(next - time - 1 / hertz) < 2e-5, "\(time) s")
        }
    }

    /// Periods of T (1 + d) and T (1 - d) in turn: neighbours differ by 2 d T; the mean of five is T (1 + d / 5), so that
    /// each middle one is off by 0.8 d T.
    @Test(arguments: [0.004, 0.01, 0.02])
    func jitterIsWhatWasPutIn(share: Double) throws {
        let jitter = Jitter(marks(KnownVoice(jitter: share)))
        #expect(abs(try #require(jitter.local) / (2 * share) - 1) < 0.06)
        #expect(abs(try #require(jitter.ppq5) / (0.8 * share) - 1) < 0.06)
    }

    @Test(arguments: [0.02, 0.05, 0.1])
    func shimmerIsWhatWasPutIn(share: Double) throws {
        let voice = KnownVoice(shimmer: share)
        let shimmer = Shimmer(marks(voice), samples: voice.samples, sampleRate: voice.sampleRate)
        #expect(abs(try #require(shimmer.local) / (2 * share) - 1) < 0.1)
        #expect(abs(try #require(shimmer.apq5) / (0.8 * share) - 1) < 0.1)
        let decibels = 20 * log10((1 + share) / (1 - share))
        #expect(abs(try #require(shimmer.localDecibels) / decibels - 1) < 0.1)
    }

    @Test func aSteadyVoiceHasNone() throws {
        let voice = KnownVoice()
        let marks = marks(voice)
        #expect(try #require(Jitter(marks).local) < 2e-3)
        #expect(try #require(Shimmer(marks, samples: voice.samples, sampleRate: voice.sampleRate).local) < 0.01)
    }

    @Test func stretchesAddUp() throws {
        let calm = Jitter(PeriodMarks(times: (0..<41).map { Double($0) * 0.01 }))
        var wild = PeriodMarks(times: [])
        var time = 0.0
        wild = PeriodMarks(
            times: (0..<41).map { index in
                defer { time += index % 2 == 0 ? 0.0102 : 0.0098 }
                return time
            })
        var both = calm
        both.add(Jitter(wild))
        #expect(abs(try #require(Jitter(wild).local) - 0.04) < 1e-9)
        #expect(abs(try #require(both.local) - 0.02) < 1e-4)
    }

    /// A pause is no period, an octave jump no jitter.
    @Test func gapsAndJumpsDoNotCount() throws {
        let first = (0..<20).map { Double($0) * 0.01 }
        let second = (0..<20).map { 0.5 + Double($0) * 0.005 }
        let jitter = Jitter(PeriodMarks(times: first + second))
        #expect(try #require(jitter.local) < 1e-9)
        #expect(jitter.count == 38)
    }

    @Test func tooLittleHasNoFigure() {
        #expect(Jitter(PeriodMarks(times: [])).local == nil)
        #expect(Jitter(PeriodMarks(times: [0, 0.01, 0.02, 0.03])).local == nil)
        let silence = [Float](repeating: 0, count: 1600)
        let contour = PitchContour(frameSeconds: 0.01, hertz: [Float](repeating: 100, count: 10))
        #expect(PeriodMarks(silence, sampleRate: 16_000, contour: contour).times.isEmpty)
        #expect(PeriodMarks([], sampleRate: 16_000, contour: PitchContour(frameSeconds: 0.01, hertz: [])).times.isEmpty)
    }
}
