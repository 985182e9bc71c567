import Files
import Foundation
import MediaIO
import Testing

@testable import AudioCore
@testable import Pipeline

/// The main job on two people with a channel each, who speak at the same time and are both replaced.
@Suite struct TwoChannelJobTests {
    private static let rate = TonePlay.sampleRate
    /// What each says, and when it begins.
    private static let lines: [[(start: Double, text: String)]] = [
        [(0.5, "patok limes nukola sepalon"), (7, "patse nulop lutame sikon pelut"), (14, "sulem kotap mines")],
        // The second begins before the first has ended, each time.
        [(2, "tomuk enila kopes molik"), (8.8, "nomek tulas kopes"), (15, "enila molik tomuk")],
    ]

    private static func channel(_ person: Int) -> [Float] {
        var samples = [Float](repeating: 0, count: 19 * rate)
        for (start, text) in lines[person] {
            let speech = ToneLanguage.speak(
                TonePlay.timeline(of: text), sampleRate: rate, pitch: TonePlay.pitches[person])
            let first = Int(start * Double(rate))
            samples.replaceSubrange(first..<first + speech.count, with: speech)
        }
        var hiss = NoiseSource(seed: UInt64(person + 1))
        return zip(samples, hiss.samples(samples.count)).map { $0 + 1e-4 * $1 }
    }

    @Test func bothAreReplacedInTheirOwnChannelsWhileTheyOverlap() async throws {
        let stage = try RunStage()
        let before = [Self.channel(0), Self.channel(1)]
        let writer = try WaveWriter(stage.input, sampleRate: Self.rate, channelCount: 2)
        try writer.append(before)
        try writer.finish()
        let report = try await stage.replace(stage.request(voices: ["Speaker_A=tone", "Speaker_B=tone"]))
        #expect(report.speakers.count { $0.voice == "tone" } == 2)
        let after = try stage.samples("out.wav")
        #expect(after.count == 2 && after[0].count == before[0].count)
        var (overlapping, old, new) = (0, 0, [0, 0])
        for centre in stride(from: Self.rate, to: before[0].count - Self.rate, by: Self.rate / 20) {
            let spoken = (0..<2).map { TonePlay.hummer(before[$0], at: centre, sampleRate: Self.rate) == $0 }
            if spoken == [true, true] { overlapping += 1 }
            for channel in 0..<2 where spoken[channel] {
                let hums = TonePlay.hums(after[channel], at: centre, sampleRate: Self.rate)
                // The new voice hums at the third pitch.
                if hums[2] > 3 * hums[channel] { new[channel] += 1 } else { old += 1 }
                #expect(hums[1 - channel] < 0.02)
            }
        }
        #expect(overlapping > 20)
        // What is left are beginnings and ends of words.
        #expect(old < (new[0] + new[1]) / 8)
        for channel in 0..<2 { #expect(new[channel] > 60) }
        // Nobody's words are heard in the other's channel.
        let heard = try (0..<2).map { channel in
            try ToneTranscriber().recognize(
                FFmpegMedia().resample(after[channel], from: Self.rate, to: 16_000), options: RecognitionOptions()
            ).words.map(\.text)
        }
        let said = Self.lines.map { lines in Set(lines.flatMap { $0.text.split(separator: " ").map(String.init) }) }
        for (person, words) in heard.enumerated() {
            #expect(words.count { said[person].contains($0) } >= said[person].count - 1)
            #expect(said[1 - person].isDisjoint(with: words))
        }
    }
}
