import Testing

@testable import AudioCore

@Suite struct EdgePlacerTests {
    let rate = 48000
    var placer: EdgePlacer { EdgePlacer(sampleRate: rate) }

    /// Loud everywhere but around the given moments.
    func voice(quietAt moments: [Double]) -> (Range<Int>) -> [Float] {
        { range in
            range.map { frame in
                let time = Double(frame) / 48000
                let quiet = moments.contains { abs($0 - time) < 0.004 }
                return quiet ? 0 : 0.1 * (frame % 2 == 0 ? 1 : -1)
            }
        }
    }

    @Test func movesEdgesToTheQuietestPointWithinReach() {
        let spans = placer.place(
            [TimeSpan(start: 1, end: 2)], barriers: [], frameCount: 3 * rate, voice: voice(quietAt: [0.97, 2.03]))
        #expect(abs(Double(spans[0].samples.lowerBound) / 48000 - 0.97) < 0.006)
        #expect(abs(Double(spans[0].samples.upperBound) / 48000 - 2.03) < 0.006)
    }

    @Test func neverWidensByMoreThanFiftyMilliseconds() {
        let spans = placer.place(
            [TimeSpan(start: 1, end: 2)], barriers: [], frameCount: 3 * rate, voice: voice(quietAt: [0.9, 2.1]))
        #expect(spans[0].samples.lowerBound >= rate - rate / 20)
        #expect(spans[0].samples.upperBound <= 2 * rate + rate / 20)
    }

    @Test func staysOutOfOtherTurnsAndNeighbours() {
        let spans = placer.place(
            [TimeSpan(start: 1, end: 2), TimeSpan(start: 2.04, end: 3)],
            barriers: [TimeSpan(start: 0.2, end: 0.985), TimeSpan(start: 3.01, end: 4)], frameCount: 5 * rate,
            voice: voice(quietAt: [0.96, 2.05, 3.03]))
        #expect(spans[0].samples.lowerBound >= Int(0.985 * 48000))
        #expect(spans[0].samples.upperBound <= spans[1].samples.lowerBound)
        #expect(spans[1].samples.upperBound <= Int(3.01 * 48000) + 1)
    }

    @Test func rampsRiseFromAlmostNothingToAllAndBack() {
        let weights = PlacedSpan(samples: 0..<1000, fadeIn: 100, fadeOut: 50).weights
        #expect(weights[0] < 0.01 && weights[999] < 0.011)
        #expect(weights[100...949].allSatisfy { $0 == 1 })
        #expect(zip(weights[0..<100], weights[1...100]).allSatisfy { $0 <= $1 })
    }
}
