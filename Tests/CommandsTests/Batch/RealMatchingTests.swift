import AudioCore
import Files
import Foundation
import ModelLibrary
import Pipeline
import Store
import Testing

@testable import Commands

/// Real readers, learnt from some sentences and looked for in others.
@Suite struct RealMatchingTests {
    private static let audio = ProcessInfo.processInfo.environment["HYPERAUDIO_EVALUATION_AUDIO"]
        .map { URL(fileURLWithPath: $0).appendingPathComponent("librispeech") }
    private static var isReady: Bool {
        guard audio != nil, let library = try? ModelLibrary(folder: Places.models) else { return false }
        return ["onnxruntime", "pyannote-segmentation-3.0", "campplus-zh-en"].allSatisfy { id in
            (try? library.manifest(id)).map { library.state(of: $0) == .installed } ?? false
        }
    }

    @Test(.enabled(if: isReady, "needs models and HYPERAUDIO_EVALUATION_AUDIO"))
    func readersAreFoundAmongOthersAndNobodyIsMistaken() async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("voices \(UUID())")
        defer { try? FileManager.default.removeItem(at: home) }
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let assembly = try Assembly()
        let runner = PipelineRunner(engines: assembly.engines, workFolder: home.appendingPathComponent("runs"))
        let encoder = try Assembly.speakerEncoder(assembly.engines.models)
        func print(of reader: String, _ sentences: Range<Int>) async throws -> [Float] {
            let file = home.appendingPathComponent("\(reader)-\(sentences.lowerBound).wav")
            try join(reader, sentences, assembly.engines.media, into: file)
            let found = try await runner.diarization(of: file, knowledge: ProgrammeKnowledge(speakerCount: 1))
            return try #require(found.voicePrints.values.first)
        }
        let readers = ["1688", "2033", "2609", "3080"]
        var book: [KnownSpeaker] = []
        for reader in readers.prefix(3) {
            let vector = try await print(of: reader, 0..<4)
            book.append(
                KnownSpeaker(
                    name: reader, prints: [VoicePrint(vector: vector, encoder: encoder, seconds: 20, source: reader)]))
        }
        let matching = SpeakerMatching(book, encoder: encoder)
        for reader in readers {
            let voice = try await print(of: reader, 4..<8)
            let matches = matching.matches([SpeakerID(index: 0): voice])
            // The last one is nobody of the book.
            #expect(matches.map(\.name) == (reader == "3080" ? [] : [reader]))
        }
    }

    private func join(_ reader: String, _ sentences: Range<Int>, _ media: any MediaAccess, into file: URL) throws {
        let folder = try #require(Self.audio).appendingPathComponent(reader)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".flac") }
        let writer = try WaveWriter(file, sampleRate: 16000, channelCount: 1)
        for name in names.sorted()[sentences] {
            let source = try media.open(folder.appendingPathComponent(name))
            while let block = try source.read() { try writer.append([block.mid]) }
            try writer.append([[Float](repeating: 0, count: 8000)])
        }
        try writer.finish()
    }
}
