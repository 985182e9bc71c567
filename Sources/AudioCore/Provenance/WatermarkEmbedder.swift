import Foundation

/// Marks speech inaudibly as synthetic. What it gives lies on the input to the sample; where the input is silent, so is it.
public struct WatermarkEmbedder: Sendable {
    public let sampleRate: Int
    private let transform: STFT
    /// Amplitude gains of the two signs, [bandCount]: together they leave the power as it was.
    private let louder: [Float]
    private let softer: [Float]
    /// The bins of each band that lie below half the rate.
    private let bins: [Range<Int>]

    public init(sampleRate: Int) {
        self.sampleRate = sampleRate
        let window = Self.windowSamples(sampleRate)
        transform = STFT(windowSamples: window, hopSamples: window / 4)
        let pattern = WatermarkPattern.shared
        let neutral = pattern.strengths.map { sqrt(cosh(log(10) * $0 / 10)) }
        louder = zip(pattern.strengths, neutral).map { Float(pow(10, $0 / 20) / $1) }
        softer = zip(pattern.strengths, neutral).map { Float(pow(10, -$0 / 20) / $1) }
        let binsAHertz = Double(window) / Double(sampleRate)
        let last = transform.binCount
        bins = (0..<WatermarkPattern.bandCount).map { band in
            let low = WatermarkPattern.lowestHertz + Double(band) * WatermarkPattern.bandHertz
            let first = Int((low * binsAHertz).rounded(.up))
            let end = Int(((low + WatermarkPattern.bandHertz) * binsAHertz).rounded(.up))
            return min(first, last)..<min(end, last)
        }
    }

    /// About 24 ms: a multiple of 4 whose only prime factors are 2, 3 and 5.
    private static func windowSamples(_ sampleRate: Int) -> Int {
        var quarter = max(2, Int((0.006 * Double(sampleRate)).rounded()))
        func isSmooth(_ number: Int) -> Bool {
            [2, 3, 5].reduce(number) { rest, prime in
                var rest = rest
                while rest % prime == 0 { rest /= prime }
                return rest
            } == 1
        }
        while !isSmooth(quarter) { quarter += 1 }
        return 4 * quarter
    }

    /// - Parameters:
    ///   - samples: speech, [n].
    ///   - firstFrame: frame of the programme of the first sample: speech that is marked in pieces is marked as if it were
    ///     one.
    /// - Returns: the marked speech, [n].
    public func mark(_ samples: [Float], firstFrame: Int) -> [Float] {
        guard !samples.isEmpty else { return [] }
        let analyzer = STFTAnalyzer(transform)
        let synthesizer = STFTSynthesizer(transform)
        var result: [Float] = []
        result.reserveCapacity(samples.count + transform.windowSamples)
        var real = [Float](repeating: 0, count: transform.binCount)
        var imaginary = real
        var frame = 0
        let take: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) -> Void = { re, im in
            for bin in real.indices {
                real[bin] = re[bin]
                imaginary[bin] = im[bin]
            }
            let centre = Double(firstFrame + frame * transform.hopSamples) / Double(sampleRate)
            scale(&real, &imaginary, column: WatermarkPattern.column(atSeconds: centre))
            real.withUnsafeBufferPointer { real in
                imaginary.withUnsafeBufferPointer { imaginary in
                    synthesizer.push(real: real, imaginary: imaginary) { result.append(contentsOf: $0) }
                }
            }
            frame += 1
        }
        analyzer.push(samples, emit: take)
        analyzer.finish(emit: take)
        synthesizer.finish { result.append(contentsOf: $0) }
        result.removeLast(max(0, result.count - samples.count))
        return result
    }

    private func scale(_ real: inout [Float], _ imaginary: inout [Float], column: Int) {
        let signs = WatermarkPattern.shared.signs
        for band in bins.indices {
            let isLouder = signs[band * WatermarkPattern.columnCount + column] > 0
            let gain = isLouder ? louder[band] : softer[band]
            for bin in bins[band] {
                real[bin] *= gain
                imaginary[bin] *= gain
            }
        }
    }
}
