import AudioCore
import Foundation
import Testing

/// A chirp, a tone and an offset that numpy can make just the same.
private let chirp: [Float] = (0..<3200).map { n in
    let t = Double(n) / 16000
    let sweep = 0.3 * sin(2 * .pi * (200 * t + 900 * t * t * 5))
    return Float(sweep + 0.1 * sin(2 * .pi * 3000 * t) + 0.02)
}

struct FilterBankTests {
    /// Reference: librosa.filters.mel(sr=16000, n_fft=400, n_mels=80).
    @Test func slaneyFiltersAreLibrosas() {
        let filters = MelFilterBank(bandCount: 80, transformSize: 400, sampleRate: 16000).dense
        #expect(abs(filters[0, 1] - 0.024862595) < 1e-7)
        #expect(abs(filters[40, 43] - 0.014735566) < 1e-7)
        #expect(abs(filters[79, 197] - 0.0013462771) < 1e-7)
        #expect(abs(filters[79, 198] - 0.000897518) < 1e-7)
        #expect(abs(filters.elements.reduce(0, +) - 1.9990242) < 1e-4)
    }

    /// Reference: the same with htk=True, norm=None.
    @Test func htkFiltersAreLibrosas() {
        let filters = MelFilterBank(
            bandCount: 80, transformSize: 400, sampleRate: 16000, scale: .htk, norm: .none
        ).dense
        #expect(abs(filters[0, 1] - 0.21644745) < 1e-5)
        #expect(abs(filters[79, 198] - 0.30018827) < 1e-5)
        #expect(abs(filters.elements.reduce(0, +) - 196.15198) < 1e-3)
    }

    /// Reference: numpy in double precision, written after Kaldi's feature-fbank.
    @Test func kaldiEnergiesAreTheReference() {
        let features = KaldiFilterBank().features(of: chirp)
        #expect(features.rows == 18)
        #expect(features.columns == 80)
        let expected: [(Int, Int, Float)] = [
            (0, 0, 13.0205), (0, 10, 23.0188), (0, 40, 4.8187), (5, 20, 22.5275), (5, 54, 16.1378),
            (10, 30, 25.5791), (17, 79, 0.4388), (17, 3, 2.3839),
        ]
        // Bands 20 nepers under the loudest hold single precision's noise, hence the wider tolerance.
        for (row, band, value) in expected {
            #expect(abs(features[row, band] - value) < (value > 10 ? 2e-3 : 0.05), "\(row) \(band)")
        }
    }

    @Test func silenceAndShortInputsAreHandled() {
        #expect(KaldiFilterBank().features(of: [Float](repeating: 0.1, count: 399)).rows == 0)
        let silence = KaldiFilterBank().features(of: [Float](repeating: 0, count: 1600))
        #expect(silence.elements.allSatisfy { abs($0 - log(1.1920929e-7)) < 1e-4 })
    }
}
