import Foundation
import Testing

@testable import AudioCore

@Suite struct SpanCleanerTests {
    let grid = SpectralGrid(sampleRate: 48000)

    func conditions(_ programme: [[Float]], _ vocals: [Float]) -> BedConditions {
        let spectra = programme.map { grid.transform.transform($0) }
        let voice = grid.transform.transform(vocals)
        return BedConditions(
            programme: spectra, vocals: voice, inSpan: [Bool](repeating: true, count: voice.frames), grid: grid)
    }

    /// The separator found the voice exactly: what is left is the bed.
    @Test func perfectVocalsLeaveTheBed() {
        let voice = syntheticVoice(seconds: 5, sampleRate: 48000)
        let bed = noise(3, count: voice.count, level: 0.01)
        let programme = [zip(voice, bed).map { $0 + $1 }, zip(voice, bed).map { $0 - $1 }]
        let cleaner = SpanCleaner(grid: grid, cleansBed: false)
        let removed = cleaner.removed(
            programme: programme, vocals: voice, core: 0..<voice.count, conditions: conditions(programme, voice),
            seed: 1)
        for channel in 0..<2 {
            let error = zip(removed[channel], voice).map { $0 - $1 }
            #expect(decibels(meanSquare(error) / meanSquare(voice)) < -30)
        }
    }

    /// A separator that is too quiet and leaves a tail: the ghost must go, the noise must stay as loud as it was.
    @Test func takesTheGhostOutAndKeepsTheNoise() {
        let voice = syntheticVoice(seconds: 8, sampleRate: 48000)
        var tail = voice
        for n in tail.indices { tail[n] = n > 1200 ? 0.12 * voice[n - 1200] : 0 }
        let bed = noise(5, count: voice.count, level: 0.001)
        let programme = [voice.indices.map { voice[$0] + tail[$0] + bed[$0] }]
        let vocals = voice.map { $0 * 0.93 }
        let cleaner = SpanCleaner(grid: grid)
        let conditions = conditions(programme, vocals)
        #expect(!conditions.judgement.isMusic)
        let removed = cleaner.removed(
            programme: programme, vocals: vocals, core: 0..<voice.count, conditions: conditions, seed: 1)
        let cleaned = zip(programme[0], removed[0]).map { $0 - $1 }
        let plain = zip(programme[0], vocals).map { $0 - $1 }
        let before = ghost(zip(plain, bed).map { $0 - $1 }, voice: voice, grid: grid)
        let after = ghost(zip(cleaned, bed).map { $0 - $1 }, voice: voice, grid: grid)
        #expect(before > -20)
        #expect(after < before - 12)
        #expect(abs(decibels(meanSquare(cleaned) / meanSquare(bed))) < 3)
    }

    @Test func fillsNothingWhereTheProgrammeIsSilent() {
        let voice = syntheticVoice(seconds: 4, sampleRate: 48000)
        let programme = [voice]
        let vocals = voice.map { $0 * 0.95 }
        let conditions = conditions(programme, vocals).withFill(limitedTo: 0, grid: grid)
        #expect(conditions.fill.power.allSatisfy { $0 == 0 })
    }

    @Test func tellsMusicFromNoise() {
        let voice = syntheticVoice(seconds: 8, sampleRate: 48000)
        let hiss = noise(9, count: voice.count, level: 0.01)
        let melody = voice.indices.map { n -> Float in
            let time = Double(n) / 48000
            let beat = exp(-3 * (time * 2).truncatingRemainder(dividingBy: 1))
            let pitch = 220 * pow(2, Double(Int(time * 2) * 5 % 12) / 12)
            let chord = sawtooth(2 * .pi * pitch * time, harmonics: 12)
            return Float(0.08 * beat * (chord + 0.5 * Double(hiss[n]) * 100))
        }
        #expect(conditions([zip(voice, melody).map { $0 + $1 }], voice).judgement.isMusic)
        #expect(!conditions([zip(voice, hiss).map { $0 + $1 }], voice).judgement.isMusic)
    }
}
