import Foundation
import Testing

@testable import SpeechModels

@Suite struct WhisperMelTests {
    /// Values of faster-whisper 1.2.1's `FeatureExtractor()(x padded with zeros to 480000, padding=0)`.
    @Test func equalsTheReference() {
        let samples = (0..<16000).map { n -> Float in
            let time = Double(n) / 16000
            return Float(
                0.3 * sin(2 * .pi * 440 * time) + 0.1 * sin(2 * .pi * 3000 * time) * Double(n % 4000) / 4000)
        }
        let mel = WhisperMel(bandCount: 80).spectrogram(samples[...])
        let expected: [(band: Int, frame: Int, value: Float)] = [
            (0, 0, 0.8724), (8, 0, 1.1010), (11, 10, 1.3273), (11, 50, 1.3273), (40, 24, -0.3706), (55, 26, 0.2637),
            (60, 99, -0.2568), (79, 50, -0.1376), (11, 100, 1.1819), (11, 101, 0.2420), (11, 102, -0.6727),
            (20, 2000, -0.6727),
        ]
        for (band, frame, value) in expected {
            // Single precision and the order of sums: quiet bands lie 70 dB below the loud ones.
            #expect(abs(mel[band * 3000 + frame] - value) < 2e-3, "band \(band), frame \(frame)")
        }
    }

    @Test func noSamplesAreSilence() {
        let mel = WhisperMel(bandCount: 80).spectrogram([])
        #expect(Set(mel) == [-1.5])
    }
}
