import AudioCore
import Foundation
import TestSupport
import Testing

@testable import Pipeline

struct VoiceRegisterTests {
    /// A voice of two seconds between pauses of two seconds in which the mains hum, 20 dB below it.
    private func speech(hum: Double) -> [Float] {
        let tones = (1...8).map {
            sine(130 * Double($0), seconds: 2, sampleRate: 16_000, amplitude: 0.1 / Double($0))
        }
        let voice = tones.dropFirst().reduce(tones[0]) { sum, tone in zip(sum, tone).map { $0 + $1 } }
        let pause = [Float](repeating: 0, count: 32_000)
        let talk = voice + pause + voice + pause
        return zip(talk, sine(100, seconds: 8, sampleRate: 16_000, amplitude: hum)).map { $0 + $1 }
    }

    @Test func humInPausesIsNotThePersonsPitch() {
        let samples = speech(hum: 0.012)
        let register = VoiceRegister([samples], sampleRate: 16_000, frameSeconds: 0.01)
        #expect(register.pitch.contains(130) && register.pitch.lowerBound > 80)
        let analyst = VoiceAnalyst(sampleRate: 16_000, register: register)
        let figures = analyst.tally(samples, curves: analyst.curves(samples), words: nil).figures
        #expect(abs((figures.pitch?.medianHertz ?? 0) - 130) < 1)
        #expect(figures.pauses?.count == 1)
    }

    @Test func aCleanVoiceIsHeardDownToThirtyDecibels() {
        let register = VoiceRegister([speech(hum: 0)], sampleRate: 16_000, frameSeconds: 0.01)
        let loud = LevelContour(speech(hum: 0), sampleRate: 16_000).decibels.max() ?? 0
        #expect(abs(register.threshold - (loud - 30)) < 1)
        #expect(register.formantCeiling == 5000)
    }

    @Test func nothingHasARegisterThatFindsNothing() {
        let register = VoiceRegister([[Float](repeating: 0, count: 16_000)], sampleRate: 16_000, frameSeconds: 0.01)
        let analyst = VoiceAnalyst(sampleRate: 16_000, register: register)
        let silence = [Float](repeating: 0, count: 8000)
        let figures = analyst.tally(silence, curves: analyst.curves(silence), words: nil).figures
        #expect(figures.pitch == nil && figures.seconds == 0 && figures.level == nil)
    }
}
