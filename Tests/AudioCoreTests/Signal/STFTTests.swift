import AudioCore
import Foundation
import Testing

private func noise(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -1...1) } }

struct STFTTests {
    @Test(arguments: [(2048, 512), (400, 160), (1920, 960), (960, 240)], [0, 1, 700, 5000, 9601])
    func unchangedSpectrogramGivesTheSignalBack(shape: (Int, Int), count: Int) {
        let stft = STFT(windowSamples: shape.0, hopSamples: shape.1)
        let samples = noise(count)
        let back = stft.inverse(stft.transform(samples), count: count)
        #expect(back.count == count)
        #expect(zip(samples, back).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func aToneStandsInItsFrameAndBin() {
        let stft = STFT(windowSamples: 512, hopSamples: 128)
        var samples = [Float](repeating: 0, count: 8192)
        // A burst at 1 kHz (bin 32 at 16 kHz) around sample 4096, the centre of frame 32.
        for n in 4000..<4192 { samples[n] = Float(sin(2 * .pi * Double(n) / 16)) }
        let power = stft.transform(samples).power
        let peak = power.elements.indices.max { power.elements[$0] < power.elements[$1] } ?? 0
        #expect(peak / power.columns == 32)
        #expect(peak % power.columns == 32)
    }

    @Test func blocksGiveWhatTheWholeGives() {
        let stft = STFT(windowSamples: 400, hopSamples: 160)
        let samples = noise(5003)
        let whole = stft.transform(samples)
        let analyzer = STFTAnalyzer(stft)
        let synthesizer = STFTSynthesizer(stft)
        var real: [Float] = []
        var back: [Float] = []
        func take(_ re: UnsafeBufferPointer<Float>, _ im: UnsafeBufferPointer<Float>) {
            real.append(contentsOf: re)
            synthesizer.push(real: re, imaginary: im) { back.append(contentsOf: $0) }
        }
        var position = 0
        for size in [1, 159, 160, 1000, 7, 3000, 676] {
            analyzer.push(Array(samples[position..<position + size]), emit: take)
            position += size
        }
        #expect(position == samples.count)
        analyzer.finish(emit: take)
        synthesizer.finish { back.append(contentsOf: $0) }
        #expect(real == whole.real)
        #expect(back.count >= samples.count)
        #expect(zip(samples, back).allSatisfy { abs($0 - $1) < 1e-5 })
    }
}
