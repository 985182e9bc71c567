import Foundation

/// A plausible band above 12 kHz, where a synthesizer at 24 kHz is silent: what lies between 4 and 11.5 kHz, moved up
/// by 8 kHz, with the envelope of 8 to 11.5 kHz and the old voice's long-term level.
public enum HighBand {
    public struct Part: Sendable, Equatable {
        public var lowHertz: Double
        public var highHertz: Double
        /// Amplitude re the voice between 8 and 11.5 kHz; 0: nothing is added.
        public var amplitude: Float
    }

    /// Where the envelope is taken from, in Hz.
    static let reference = 8000.0..<11500.0

    static func parts(_ grid: SpectralGrid, above newBandHertz: Double) -> [Part] {
        let half = Double(grid.sampleRate) / 2
        guard newBandHertz < 12500 else { return [] }
        return [(12000.0, 16000.0), (16000.0, 19500.0)].filter { $0.1 < half }.map {
            Part(lowHertz: $0.0, highHertz: $0.1, amplitude: 0)
        }
    }

    /// - Parameter voice: the tone-matched voice; the band is added to it.
    static func add(_ parts: [Part], to voice: inout Spectrogram, grid: SpectralGrid) {
        guard parts.contains(where: { $0.amplitude > 0 }) else { return }
        // A multiple of four bins keeps the phase of frames a quarter of a frame apart: each bin turns by whole turns.
        let shift = Int((8000 / grid.hertzPerBin / 4).rounded()) * 4
        let base = grid.bins(reference.lowerBound, reference.upperBound)
        func power(_ row: Int, _ bins: Range<Int>) -> Float {
            bins.reduce(Float(0)) { sum, bin in
                let (real, imaginary) = (voice.real[row + bin], voice.imaginary[row + bin])
                return sum + real * real + imaginary * imaginary
            }
        }
        for frame in 0..<voice.frames {
            let row = frame * grid.binCount
            let envelope = power(row, base)
            for part in parts where part.amplitude > 0 {
                let bins = grid.bins(part.lowHertz, part.highHertz)
                let source = power(row, bins.lowerBound - shift..<bins.upperBound - shift)
                guard source > 1e-12 else { continue }
                let scale = part.amplitude * (envelope / source).squareRoot()
                for bin in bins {
                    voice.real[row + bin] = scale * voice.real[row + bin - shift]
                    voice.imaginary[row + bin] = scale * voice.imaginary[row + bin - shift]
                }
            }
        }
    }
}
