import AudioCore
import TestSupport
import Testing

struct VoiceColourTests {
    private let colour = VoiceColour(sampleRate: 16_000)

    private func noise(_ seconds: Double, seed: UInt64 = 3) -> [Float] {
        var generator = SplitMix64(state: seed)
        return (0..<Int(seconds * 16_000)).map { _ in Float.random(in: -0.1...0.1, using: &generator) }
    }

    /// Slaney's triangles have all the same area, so white noise is flat.
    @Test func whiteNoiseIsFlat() throws {
        let bands = try #require(colour.colour(of: noise(4)))
        #expect(bands.count == 40)
        #expect(bands.allSatisfy { abs($0) < 0.35 })
    }

    @Test func silenceAndNothingHaveNone() {
        #expect(colour.colour(of: []) == nil)
        #expect(colour.colour(of: [Float](repeating: 0, count: 16_000)) == nil)
    }

    @Test func pausesDoNotCountAndAFilterDoes() throws {
        let speech = noise(2)
        let hiss = noise(6, seed: 8).map { $0 / 100 }
        let alone = try #require(colour.colour(of: speech))
        let paused = try #require(colour.colour(of: hiss + speech + hiss))
        #expect(VoiceColour.distance(alone, paused) < 0.05)
        let dull = zip(speech, speech.dropFirst()).map { ($0 + $1) / 2 }
        let filtered = try #require(colour.colour(of: Array(dull)))
        #expect(VoiceColour.distance(alone, filtered) > 0.5)
        #expect(filtered[39] < alone[39] - 1)
    }
}
