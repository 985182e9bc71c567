import Foundation
import Testing

@testable import AudioCore

@Suite struct OldVoiceTests {
    let grid = SpectralGrid(sampleRate: 48000)

    /// A voice panned to known gains over music that is as loud as itself in places.
    @Test func recoversGainsOfAPannedVoiceUnderMusic() {
        let voice = syntheticVoice(seconds: 6, sampleRate: 48000)
        let music = (0..<voice.count).map { Float(0.02 * sin(2 * .pi * 440 * Double($0) / 48000)) }
        let gains: [Float] = [1.2, 0.7]
        let programme = gains.enumerated().map { channel, gain in
            let hiss = noise(UInt64(7 + channel), count: voice.count, level: 0.003)
            return voice.indices.map { voice[$0] * gain + music[$0] + hiss[$0] }
        }
        let fitted = OldVoiceRemover(grid).fit(
            programme: programme.map { grid.transform.transform($0) }, vocals: grid.transform.transform(voice))
        for channel in 0..<2 {
            #expect(abs(20 * log10(fitted.broadband[channel] / gains[channel])) < 0.2)
            // Bands with voice in them, 300 Hz to 4 kHz.
            for bin in [grid.bin(hertz: 300), grid.bin(hertz: 1000), grid.bin(hertz: 4000)] {
                let gain = fitted.bands[channel * grid.bandCount + grid.bandOfBin[bin]]
                #expect(abs(20 * log10(gain / gains[channel])) < 0.5)
            }
        }
    }

    @Test(arguments: [0.0, 3.4, -11.7]) func findsTheDelayBetweenChannels(_ delay: Double) {
        let voice = syntheticVoice(seconds: 3, sampleRate: 48000)
        let late = LinearPhaseFilter.delay(delay).apply(voice)
        let programme = [voice, late].map { grid.transform.transform($0) }
        let vocals = grid.transform.transform(voice)
        let delays = VoicePlacement.delays(
            programme: programme, vocals: vocals, frames: [Bool](repeating: true, count: vocals.frames), grid: grid)
        #expect(delays[0] == 0)
        #expect(abs(delays[1] - delay) < 0.06)
        // And a delayed voice goes away as well as one in the middle.
        var remover = OldVoiceRemover(grid)
        remover.delaySamples = delays
        let gains = remover.fit(programme: programme, vocals: vocals)
        let left = remover.residual(programme[1], vocals: vocals, gains: gains, channel: 1)
        let residual = grid.transform.inverse(left, count: voice.count)
        #expect(decibels(meanSquare(residual) / meanSquare(voice)) < -25)
    }

    @Test func leavesWhatLiesBelowEightyHertzAlone() {
        let rumble = (0..<96000).map { Float(0.1 * sin(2 * .pi * 50 * Double($0) / 48000)) }
        let spectrum = grid.transform.transform(rumble)
        let gains = VoiceGains(channelCount: 1, bandCount: grid.bandCount)
        let left = OldVoiceRemover(grid).residual(spectrum, vocals: spectrum, gains: gains, channel: 0)
        let residual = grid.transform.inverse(left, count: rumble.count)
        let difference = zip(residual, rumble).map { $0 - $1 }
        #expect(decibels(meanSquare(difference[4800..<91200]) / meanSquare(rumble)) < -40)
    }
}
