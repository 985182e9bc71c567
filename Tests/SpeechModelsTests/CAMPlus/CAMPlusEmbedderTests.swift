import AudioCore
import Foundation
import Inference
import SpeechModels
import Testing

@Suite(
    .enabled(
        if: InstalledModels.have("campplus-zh-en/campplus_cn_en_common.pt"), "campplus-zh-en is not installed"))
struct CAMPlusEmbedderTests {
    private static func embedder() throws -> CAMPlusEmbedder {
        try CAMPlusEmbedder(
            InstalledModels.folder.appending(path: "campplus-zh-en"), runtime: InstalledModels.runtime())
    }

    /// Voice prints of the pieces of a reader's speech.
    private static func prints(_ embedder: CAMPlusEmbedder, reader: Int, seconds: Double, most: Int) throws -> [[Float]]
    {
        let frames = Int(seconds * 100)
        let features = embedder.features(of: try EvaluationAudio.utterances(of: reader).flatMap { $0 })
        let pieces = min(most, features.rows / frames)
        return try (0..<pieces).map { piece in
            try embedder.voicePrint(of: features.rows(piece * frames..<(piece + 1) * frames))
        }
    }

    @Test(
        .enabled(if: EvaluationAudio.isThere, "HYPERAUDIO_EVALUATION_AUDIO is not set"),
        arguments: [(1.5, 0.09), (5, 0.02)])
    func tellsReadersApart(seconds: Double, highestErrorRate: Double) throws {
        let embedder = try Self.embedder()
        let trials = try VoiceTrials(
            EvaluationAudio.readers.map { try Self.prints(embedder, reader: $0, seconds: seconds, most: 12) })
        #expect(trials.equalErrorRate < highestErrorRate)
        #expect(trials.meanOfDifferent < 0.35)
    }

    @Test func givesUnitVectorsForAnyLength() throws {
        let embedder = try Self.embedder()
        for frames in [3, 10, 99, 201, 1000] {
            var features = Matrix(rows: frames, columns: 80)
            for index in features.elements.indices { features.elements[index] = 3 * sin(Float(index) * 0.37) }
            let print = try embedder.voicePrint(of: features)
            #expect(print.count == 192)
            #expect(abs(VoiceTrials.cosine(print, print) - 1) < 1e-5)
        }
    }

    @Test func heedsNeitherLoudnessNorAConstantChannel() throws {
        let embedder = try Self.embedder()
        var features = Matrix(rows: 300, columns: 80)
        for index in features.elements.indices { features.elements[index] = 3 * sin(Float(index) * 0.37) }
        var other = features
        for index in other.elements.indices { other.elements[index] += Float(index % 80) * 0.1 - 2 }
        let cosine = VoiceTrials.cosine(try embedder.voicePrint(of: features), try embedder.voicePrint(of: other))
        #expect(cosine > 0.9999)
    }

    @Test func refusesTooLittle() throws {
        let embedder = try Self.embedder()
        #expect(throws: AudioError.self) { try embedder.voicePrint(of: Matrix(rows: 2, columns: 80)) }
        #expect(throws: AudioError.self) { try embedder.voicePrint(of: Matrix(rows: 50, columns: 40)) }
    }
}
