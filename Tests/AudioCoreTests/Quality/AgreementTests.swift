import AudioCore
import Foundation
import TestSupport
import Testing

struct AgreementTests {
    @Test func speechAgreesWithItself() throws {
        let speech = SyntheticSpeech(seed: 21)
        let same = ProsodyAgreement(source: speech.samples, result: speech.samples, sampleRate: 16000)
        #expect(try #require(same.f0Correlation) > 0.9999)
        #expect(same.voicingAgreement == 1)
        #expect(same.grossErrorShare == 0)
        #expect(try #require(same.energyCorrelation) > 0.9999)
    }

    /// The same melody a fifth higher is still the same melody; another one is not.
    @Test func melodyCountsNotItsHeight() throws {
        let old = SyntheticSpeech(seed: 22, pitch: 110)
        let higher = SyntheticSpeech(seed: 22, pitch: 165, formantScale: 1.1)
        let agreement = ProsodyAgreement(source: old.samples, result: higher.samples, sampleRate: 16000)
        #expect(try #require(agreement.f0Correlation) > 0.95, "\(agreement)")
        #expect(try #require(agreement.voicingAgreement) > 0.9)
        #expect(try #require(agreement.grossErrorShare) < 0.02)
        #expect(try #require(agreement.energyCorrelation) > 0.9)
        // The same words, each with the melody of half a wave of it later.
        let shifted = old.samples[13600...] + old.samples[..<13600]
        let other = ProsodyAgreement(source: old.samples, result: Array(shifted), sampleRate: 16000)
        #expect(try #require(other.f0Correlation) < 0.3, "\(other)")
    }

    @Test func silenceHasNoProsody() {
        let silence = [Float](repeating: 0, count: 16000)
        let agreement = ProsodyAgreement(source: silence, result: silence, sampleRate: 16000)
        #expect(agreement.f0Correlation == nil)
        #expect(agreement.voicingAgreement == nil)
        #expect(agreement.energyCorrelation == nil)
    }

    @Test func levelAndPlaceAreMeasured() throws {
        let tone = sine(1000, seconds: 2, sampleRate: 48000, amplitude: 0.2)
        let old = Waveform(sampleRate: 48000, channels: [tone, tone.map { $0 / 2 }])
        let new = Waveform(sampleRate: 48000, channels: [tone.map { $0 / 2 }, tone.map { $0 / 2 }])
        let agreement = LevelAgreement(source: old, result: new)
        // 1 + 1/4 against 1/4 + 1/4.
        #expect(abs(try #require(agreement.levelDifferenceDB) - 10 * log10(0.5 / 1.25)) < 0.01)
        #expect(abs(try #require(agreement.placementDifferenceDB) + 20 * log10(2)) < 0.01)
        let mono = LevelAgreement(
            source: Waveform(sampleRate: 48000, mono: tone), result: Waveform(sampleRate: 48000, mono: tone))
        #expect(mono.levelDifferenceDB == 0)
        #expect(mono.placementDifferenceDB == 0)
    }

    @Test func theHighBandIsMeasuredByItself() throws {
        let low = sine(1000, seconds: 1, sampleRate: 44100, amplitude: 0.2)
        let high = sine(12000, seconds: 1, sampleRate: 44100, amplitude: 0.01)
        let old = Waveform(sampleRate: 44100, mono: zip(low, high).map { $0 + $1 })
        let new = Waveform(sampleRate: 44100, mono: zip(low, high).map { $0 + 2 * $1 })
        let agreement = LevelAgreement(source: old, result: new)
        #expect(abs(try #require(agreement.highBandDifferenceDB) - 20 * log10(2)) < 0.1)
        #expect(abs(try #require(agreement.levelDifferenceDB)) < 0.1)
        let narrow = Waveform(sampleRate: 16000, mono: sine(1000, seconds: 1, sampleRate: 16000))
        #expect(LevelAgreement(source: narrow, result: narrow).highBandDifferenceDB == nil)
    }

    @Test func silenceHasNoLevel() {
        let silence = Waveform(sampleRate: 48000, mono: [Float](repeating: 0, count: 48000))
        #expect(LevelAgreement(source: silence, result: silence).levelDifferenceDB == nil)
    }
}

struct ClickJudgeTests {
    private let rate = 48000
    private func programme() -> [Float] {
        let tone = sine(300, seconds: 4, sampleRate: rate, amplitude: 0.2)
        return tone.map { $0 + Float.random(in: -0.002...0.002) }
    }

    @Test func aHardCutSticksOutAndAFadeDoesNot() {
        let whole = programme()
        var judge = ClickJudge(sampleRate: rate, channelCount: 1)
        for start in stride(from: 0, to: whole.count, by: 5000) {
            judge.add([Array(whole[start..<min(start + 5000, whole.count)])])
        }
        // The other side of the join: the same tone a quarter period later.
        let other = Array(whole[40..<whole.count])
        let join = 9610
        let cut = Array(whole[0..<join] + other[join...])
        let hard = judge.judge(cut, join: join)
        #expect(hard.localRatio > 5)
        #expect(hard.programmeRatio > 5)
        var faded = cut
        for step in 0..<480 {
            let share = Float(step) / 480
            let index = join - 240 + step
            faded[index] = whole[index] + share * (other[index] - whole[index])
        }
        for edge in [join - 240, join, join + 240] { #expect(judge.judge(faded, join: edge).localRatio < 1.5) }
    }

    @Test func theProgrammesQuantileIsRight() {
        let whole = programme()
        var judge = ClickJudge(sampleRate: rate, channelCount: 1)
        judge.add([whole])
        var differences: [Float] = []
        for n in 1..<whole.count - 1 {
            let slope: Float = whole[n + 1] - whole[n]
            differences.append(abs(slope - (whole[n] - whole[n - 1])))
        }
        let exact = Double(quantile(0.9999, of: differences))
        #expect(abs(judge.programmeQuantile(0.9999) / exact - 1) < 0.02)
    }

    @Test func silenceDoesNotClick() {
        let judge = ClickJudge(sampleRate: rate, channelCount: 1)
        #expect(judge.judge([Float](repeating: 0, count: 9600), join: 4800).localRatio == 0)
        #expect(judge.judge([], join: 0).localRatio == 0)
    }
}
