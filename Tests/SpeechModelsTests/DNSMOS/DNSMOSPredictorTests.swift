import AudioCore
import Foundation
import Inference
import SpeechModels
import Testing

@Suite(.enabled(if: InstalledModels.have("dnsmos/sig_bak_ovr.onnx"), "dnsmos is not installed"))
struct DNSMOSPredictorTests {
    /// A file and what `speechmos.dnsmos.run(samples, 16000)` (speechmos 0.0.1.1) says of it. The second is shorter
    /// than a window.
    private static let references: [(path: String, rating: QualityRating)] = [
        (
            "librispeech/1688/1688-142285-0000.flac",
            QualityRating(overall: 2.76972, signal: 3.17306, background: 3.69188)
        ),
        ("librispeech/3080/3080-5032-0001.flac", QualityRating(overall: 3.34423, signal: 3.64127, background: 4.05245)),
        ("librispeech/367/367-130732-0002.flac", QualityRating(overall: 2.73044, signal: 3.4521, background: 3.1869)),
    ]

    private static func predictor() throws -> DNSMOSPredictor {
        try DNSMOSPredictor(InstalledModels.folder.appending(path: "dnsmos"), runtime: InstalledModels.runtime())
    }

    @Test(
        .enabled(if: EvaluationAudio.isThere, "HYPERAUDIO_EVALUATION_AUDIO is not set"), arguments: references.indices)
    func agreesWithThePublishedScript(index: Int) throws {
        let (path, expected) = Self.references[index]
        let rating = try Self.predictor().rate(EvaluationAudio.read(path, sampleRate: 16000))
        #expect(abs(rating.overall - expected.overall) < 0.01)
        #expect(abs(rating.signal - expected.signal) < 0.01)
        #expect(abs(rating.background - expected.background) < 0.01)
    }

    @Test(.enabled(if: EvaluationAudio.isThere, "HYPERAUDIO_EVALUATION_AUDIO is not set"))
    func noiseMakesSpeechWorse() throws {
        let predictor = try Self.predictor()
        let speech = try EvaluationAudio.read(Self.references[1].path, sampleRate: 16000)
        var state: UInt32 = 1
        let noisy = speech.map { sample in
            state = state &* 1_664_525 &+ 1_013_904_223
            return sample + 0.05 * (Float(state >> 8) / Float(1 << 23) - 1)
        }
        let (clean, spoilt) = (try predictor.rate(speech), try predictor.rate(noisy))
        #expect(spoilt.overall < clean.overall - 0.5)
        #expect(spoilt.background < clean.background - 1)
    }

    @Test func refusesNothing() throws {
        let predictor = try Self.predictor()
        #expect(throws: AudioError.self) { try predictor.rate([]) }
    }
}
