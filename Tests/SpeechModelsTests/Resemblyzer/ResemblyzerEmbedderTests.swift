import AudioCore
import Foundation
import Inference
import SpeechModels
import Testing

@Suite(
    .enabled(if: InstalledModels.have("resemblyzer/pretrained.pt"), "resemblyzer is not installed"))
struct ResemblyzerEmbedderTests {
    private static func embedder() throws -> ResemblyzerEmbedder {
        try ResemblyzerEmbedder(
            InstalledModels.folder.appending(path: "resemblyzer"), runtime: InstalledModels.runtime())
    }

    /// Successive utterances joined until they last 20 s.
    private static func blocks(of reader: Int) throws -> [[Float]] {
        var blocks: [[Float]] = []
        var block: [Float] = []
        for utterance in try EvaluationAudio.utterances(of: reader) {
            block += utterance
            if block.count >= 20 * 16000 {
                blocks.append(block)
                block = []
            }
        }
        return blocks
    }

    /// A NumPy implementation (librosa 0.11's mel spectrogram, LSTM by hand) gives 0.9553175 and 0.6058106 on these
    /// blocks.
    @Test(.enabled(if: EvaluationAudio.isThere, "HYPERAUDIO_EVALUATION_AUDIO is not set"))
    func agreesWithNumPy() throws {
        let embedder = try Self.embedder()
        let trials = try VoiceTrials(
            EvaluationAudio.readers.map { reader in
                try Self.blocks(of: reader).map { try embedder.voicePrint(of: embedder.features(of: $0)) }
            })
        #expect(abs(trials.meanOfSame - 0.9553175) < 1e-4)
        #expect(abs(trials.meanOfDifferent - 0.6058106) < 1e-4)
    }

    @Test func heedsNoLoudness() throws {
        let embedder = try Self.embedder()
        let samples = (0..<32000).map { sin(Float($0) * 0.05) * sin(Float($0) * 0.0007) }
        let loud = try embedder.voicePrint(of: embedder.features(of: samples))
        let soft = try embedder.voicePrint(of: embedder.features(of: samples.map { $0 * 0.01 }))
        #expect(loud.count == 256)
        #expect(VoiceTrials.cosine(loud, soft) > 0.9999)
        #expect(abs(VoiceTrials.cosine(loud, loud) - 1) < 1e-5)
    }

    @Test func refusesNothing() throws {
        let embedder = try Self.embedder()
        #expect(throws: AudioError.self) { try embedder.voicePrint(of: Matrix(rows: 0, columns: 40)) }
    }
}
