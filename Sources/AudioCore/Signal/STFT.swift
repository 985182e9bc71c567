/// The short-time Fourier transform and its exact inverse.
///
/// Frame i is centred on sample `i * hop`; the signal is 0 before its beginning and after its end. The periodic Hann
/// window weighs each frame both before the transform and after the inverse, and the sum is divided by the sum of the
/// squared windows: an unchanged spectrogram gives the signal back, a changed one the least-squares signal
/// (Griffin & Lim 1984). `STFTAnalyzer` and `STFTSynthesizer` do the same block by block.
public struct STFT: Sendable {
    /// Samples of a frame; 2^a 3^b 5^c, even.
    public let windowSamples: Int
    /// Samples between the centres of successive frames; at most half of `windowSamples`.
    public let hopSamples: Int
    /// `windowSamples / 2 + 1`.
    public var binCount: Int { plan.binCount }
    /// [windowSamples].
    public let window: [Float]

    let plan: FourierPlan

    public init(windowSamples: Int, hopSamples: Int) {
        precondition(windowSamples % 2 == 0, "a frame of \(windowSamples) samples has no centre")
        precondition(
            hopSamples > 0 && 2 * hopSamples <= windowSamples, "hop \(hopSamples) leaves gaps between the windows")
        self.windowSamples = windowSamples
        self.hopSamples = hopSamples
        window = Window.periodicHann(windowSamples)
        plan = FourierPlan(size: windowSamples)
    }

    /// The frames of a signal: the last is the first whose centre lies at or after the end.
    public func frameCount(samples: Int) -> Int {
        samples == 0 ? 0 : (samples + hopSamples - 1) / hopSamples + 1
    }

    /// - Parameter samples: [n].
    /// - Returns: spectra, [frameCount(n), binCount], not scaled.
    public func transform(_ samples: [Float]) -> Spectrogram {
        var result = Spectrogram(frames: frameCount(samples: samples.count), bins: binCount)
        var frame = 0
        let bins = binCount
        let analyzer = STFTAnalyzer(self)
        result.real.withUnsafeMutableBufferPointer { real in
            result.imaginary.withUnsafeMutableBufferPointer { imaginary in
                let take: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) -> Void = { re, im in
                    for bin in 0..<bins {
                        real[frame * bins + bin] = re[bin]
                        imaginary[frame * bins + bin] = im[bin]
                    }
                    frame += 1
                }
                analyzer.push(samples, emit: take)
                analyzer.finish(emit: take)
            }
        }
        return result
    }

    /// - Parameters:
    ///   - spectrogram: as `transform` gave it, changed or not.
    ///   - count: samples wanted: those that `transform` got.
    /// - Returns: samples, [count].
    public func inverse(_ spectrogram: Spectrogram, count: Int) -> [Float] {
        precondition(spectrogram.bins == binCount && spectrogram.frames == frameCount(samples: count))
        let synthesizer = STFTSynthesizer(self)
        var samples: [Float] = []
        samples.reserveCapacity(count + windowSamples)
        spectrogram.real.withUnsafeBufferPointer { real in
            spectrogram.imaginary.withUnsafeBufferPointer { imaginary in
                for frame in 0..<spectrogram.frames {
                    let range = frame * binCount..<(frame + 1) * binCount
                    synthesizer.push(
                        real: UnsafeBufferPointer(rebasing: real[range]),
                        imaginary: UnsafeBufferPointer(rebasing: imaginary[range])
                    ) { samples.append(contentsOf: $0) }
                }
            }
        }
        synthesizer.finish { samples.append(contentsOf: $0) }
        samples.removeLast(samples.count - count)
        return samples
    }
}
