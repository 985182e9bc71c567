import Foundation

/// Puts speech into the room of a recording without giving it anything of the voice: its long-term spectrum and its noise
/// floor. What a judge finds more alike after that is the recording, not the person.
public struct ChannelControl: Sendable {
    private let recording: TimbreSpectrum
    /// Natural log of power of the recording's quiet frames, [bands].
    private let noise: [Float]

    /// The quiet frames: the lowest tenth.
    private static let quietShare = 0.1
    private static let seed: UInt64 = 5

    /// - Parameter recording: mono, 24 kHz.
    public init(of recording: [Float]) {
        let spectrum = TimbreSpectrum(recording)
        self.recording = spectrum
        let frames = spectrum.frameCount
        let limit = frames == 0 ? 0 : quantile(Self.quietShare, of: spectrum.levels)
        let quiet = (0..<frames).filter { spectrum.levels[$0] <= limit }
        noise = (0..<TimbreSpectrum.bandCount).map { band in
            let power = quiet.reduce(0.0) { $0 + exp(Double(spectrum.logs[$1, band])) }
            return Float(log(max(1e-12, power / Double(max(1, quiet.count)))))
        }
    }

    /// - Parameter samples: mono, 24 kHz.
    /// - Returns: as many samples, as loud.
    public func applied(to samples: [Float]) -> [Float] {
        let own = TimbreSpectrum(samples)
        guard own.activeSeconds > 0, recording.activeSeconds > 0 else { return samples }
        let offset = zip(recording.meanShape, own.meanShape).map { $0 - $1 }
        let coloured = TimbreFilter(TimbreMap(offset: offset), strength: 1, variety: 0).applied(to: samples)
        return noiseAdded(to: coloured)
    }

    /// Only the noise: for what has the recording's spectrum already.
    public func noiseAdded(to samples: [Float]) -> [Float] {
        // The floor is known below the recording's loud frames; those of the speech lie elsewhere.
        let gain = (1 / TimbreSpectrum(samples).gain).squareRoot()
        return zip(samples, noiseFloor(count: samples.count)).map { $0 + gain * $1 }
    }

    /// Noise of the recording's floor at the level of normalised spectra, [count].
    private func noiseFloor(count: Int) -> [Float] {
        let transform = TimbreSpectrum.transform
        var generator = SplitMix64(state: Self.seed)
        // Uniform on -sqrt(3)...sqrt(3): variance 1, of which a frame gets the sum of its squared weights.
        let white = (0..<count).map { _ in Float.random(in: -1...1, using: &generator) * Float(3).squareRoot() }
        let windowPower = transform.window.reduce(0) { $0 + $1 * $1 }
        let (bands, top) = TimbreFilter.places
        let curve = (0..<transform.binCount).map { bin -> Float in
            let (lower, share) = bands[min(bin, top - 1)]
            return exp(0.5 * (noise[lower] * (1 - share) + noise[lower + 1] * share)) / windowPower.squareRoot()
        }
        var spectrogram = transform.transform(white)
        for frame in 0..<spectrogram.frames {
            for bin in curve.indices {
                spectrogram.real[frame * curve.count + bin] *= curve[bin]
                spectrogram.imaginary[frame * curve.count + bin] *= curve[bin]
            }
        }
        return transform.inverse(spectrogram, count: count)
    }
}
