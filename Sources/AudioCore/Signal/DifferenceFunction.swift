/// YIN's difference function d(lag) = sum over the window of (x[n] - x[n + lag])^2, divided by its running mean.
/// Belongs to one thread.
final class DifferenceFunction {
    private let windowSamples: Int
    private let fft: RealFFT
    private var segment: [Float]
    private var spectrumReal: [Float]
    private var spectrumImaginary: [Float]
    private var headReal: [Float]
    private var headImaginary: [Float]
    private var product: [Float]
    /// [maximumLag + 1]; 1 at lag 0, near 0 at a period, 1 throughout for silence.
    private(set) var normalised: [Float]

    init(windowSamples: Int, maximumLag: Int) {
        self.windowSamples = windowSamples
        // Circular products may wrap where no lag that is read sees it.
        fft = RealFFT(size: FourierPlan.size(atLeast: windowSamples + maximumLag + 1))
        segment = [Float](repeating: 0, count: fft.size)
        product = segment
        spectrumReal = [Float](repeating: 0, count: fft.binCount)
        spectrumImaginary = spectrumReal
        headReal = spectrumReal
        headImaginary = spectrumReal
        normalised = [Float](repeating: 1, count: maximumLag + 1)
    }

    /// - Parameters:
    ///   - samples: the signal; 0 outside.
    ///   - start: the window's first sample.
    func evaluate(_ samples: [Float], start: Int) {
        let length = windowSamples + normalised.count - 1
        let window = windowSamples
        let lags = normalised.count
        Self.copy(samples, from: start, count: length, to: &segment)
        fft.forward(segment, real: &spectrumReal, imaginary: &spectrumImaginary)
        Self.copy(samples, from: start, count: window, to: &product)
        fft.forward(product, real: &headReal, imaginary: &headImaginary)
        Self.multiply(&spectrumReal, &spectrumImaginary, headReal, headImaginary)
        fft.inverse(real: spectrumReal, imaginary: spectrumImaginary, samples: &product)
        Self.normalise(segment, product, window: window, lags: lags, into: &normalised)
    }

    private static func copy(_ samples: [Float], from start: Int, count: Int, to target: inout [Float]) {
        let first = max(0, -start)
        let last = min(count, samples.count - start)
        target.withUnsafeMutableBufferPointer { target in
            target.update(repeating: 0)
            for n in first..<max(first, last) { target[n] = samples[start + n] }
        }
    }

    /// a * conj(b): the correlation of the segment with its head.
    private static func multiply(
        _ aReal: inout [Float], _ aImaginary: inout [Float], _ bReal: [Float], _ bImaginary: [Float]
    ) {
        for bin in aReal.indices {
            let (re, im) = (aReal[bin], aImaginary[bin])
            aReal[bin] = re * bReal[bin] + im * bImaginary[bin]
            aImaginary[bin] = im * bReal[bin] - re * bImaginary[bin]
        }
    }

    private static func normalise(
        _ x: [Float], _ correlation: [Float], window: Int, lags: Int, into result: inout [Float]
    ) {
        var headEnergy = 0.0
        for n in 0..<window { headEnergy += Double(x[n] * x[n]) }
        var energy = headEnergy
        var total = 0.0
        result[0] = 1
        for lag in 1..<lags {
            energy += Double(x[lag + window - 1] * x[lag + window - 1]) - Double(x[lag - 1] * x[lag - 1])
            let difference = max(0, headEnergy + energy - 2 * Double(correlation[lag]))
            total += difference
            // Differences at the level of rounding are no periods.
            result[lag] = total > 1e-9 * Double(lag) ? Float(difference * Double(lag) / total) : 1
        }
    }
}
