import AudioCore
import Foundation
import Testing

/// The transform's definition, summed in double precision.
private func naive(_ samples: [Float]) -> (real: [Double], imaginary: [Double]) {
    let size = samples.count
    var real: [Double] = []
    var imaginary: [Double] = []
    for k in 0...size / 2 {
        var (re, im) = (0.0, 0.0)
        for n in 0..<size {
            let angle = -2 * Double.pi * Double(k * n % size) / Double(size)
            re += Double(samples[n]) * cos(angle)
            im += Double(samples[n]) * sin(angle)
        }
        real.append(re)
        imaginary.append(im)
    }
    return (real, imaginary)
}

private func noise(_ count: Int) -> [Float] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
}

struct RealFFTTests {
    @Test(arguments: [
        1, 2, 3, 4, 5, 6, 8, 9, 10, 15, 16, 20, 25, 30, 45, 64, 90, 120, 200, 240, 400, 480, 512, 960, 1024,
    ])
    func equalsTheDefinition(size: Int) {
        let samples = noise(size)
        let expected = naive(samples)
        let spectrum = RealFFT(size: size).forward(samples)
        let tolerance = 1e-6 * sqrt(Double(size)) * log2(Double(size) + 2)
        for k in 0...size / 2 {
            #expect(abs(Double(spectrum.real[k]) - expected.real[k]) < tolerance, "real \(k)")
            #expect(abs(Double(spectrum.imaginary[k]) - expected.imaginary[k]) < tolerance, "imaginary \(k)")
        }
    }

    @Test(arguments: [1, 2, 3, 5, 15, 30, 240, 400, 480, 512, 960, 2048, 4096, 6000, 65536])
    func inverseGivesTheSamplesBack(size: Int) {
        let samples = noise(size)
        let fft = RealFFT(size: size)
        let spectrum = fft.forward(samples)
        let back = fft.inverse(real: spectrum.real, imaginary: spectrum.imaginary)
        #expect(zip(samples, back).allSatisfy { abs($0 - $1) < 2e-6 })
    }

    @Test func findsTheNextSize() {
        #expect(FourierPlan.size(atLeast: 1) == 2)
        #expect(FourierPlan.size(atLeast: 399) == 400)
        #expect(FourierPlan.size(atLeast: 1025) == 1080)
        #expect(!FourierPlan.isSupported(14))
    }
}
