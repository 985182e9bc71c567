import Foundation

/// Takes a band out of a whole signal by one Fourier transform: no delay, walls at both edges. For measuring.
enum BandFilter {
    /// - Parameters:
    ///   - samples: [n]; 0 outside.
    ///   - band: Hz.
    /// - Returns: [n].
    static func filter(_ samples: [Float], sampleRate: Int, band: ClosedRange<Double>) -> [Float] {
        guard !samples.isEmpty else { return [] }
        // Room for what rings over the ends, which would come back at the other one.
        let fft = RealFFT(size: FourierPlan.size(atLeast: samples.count + 2000))
        var padded = samples
        padded.append(contentsOf: [Float](repeating: 0, count: fft.size - samples.count))
        var real = [Float](repeating: 0, count: fft.binCount)
        var imaginary = real
        fft.forward(padded, real: &real, imaginary: &imaginary)
        let hertzPerBin = Double(sampleRate) / Double(fft.size)
        for bin in 0..<fft.binCount where !band.contains(Double(bin) * hertzPerBin) {
            (real[bin], imaginary[bin]) = (0, 0)
        }
        fft.inverse(real: real, imaginary: imaginary, samples: &padded)
        return Array(padded.prefix(samples.count))
    }
}
