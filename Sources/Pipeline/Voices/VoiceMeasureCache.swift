import AudioCore
import Files
import Foundation

/// Keeps what was measured of voices, a file for each: a voice is measured once on a machine.
public struct VoiceMeasureCache: Sendable {
    private let folder: URL
    /// What the figures depend on besides the voice.
    private let basis: String

    /// - Parameters:
    ///   - folder: need not exist.
    ///   - models: digests of the synthesizer and the encoders, by id.
    public init(folder: URL, models: [String: String]) {
        self.folder = folder
        let facts = models.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        basis = Digest.of((["\(VoiceMeasurer.version)", VoiceMeasurer.sentence] + facts).joined(separator: "\n"))
    }

    private func file(_ voice: Voice) -> URL {
        folder.appendingPathComponent("\(voice.digest.prefix(16))-\(basis.prefix(8)).json")
    }

    /// nil where the voice was not measured yet, or what was written is damaged.
    public func measure(of voice: Voice) -> VoiceMeasure? {
        guard let data = try? Data(contentsOf: file(voice)),
            var found = try? JSONDecoder().decode(VoiceMeasure.self, from: data), found.digest == voice.digest
        else { return nil }
        // The same voice may have been installed under another name since.
        found.name = voice.name
        return found
    }

    public func store(_ measure: VoiceMeasure, of voice: Voice) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch { throw FileError(.cannotCreate, folder, "create", FileError.reason(error)) }
        try WholeFolder.write(CanonicalJSON.pretty(measure), to: file(voice))
    }

    /// Measures of all voices, made where they are missing.
    /// - Parameter progress: told before each voice that has to be measured: its name, how many are done, how many in
    ///   all are missing; throws to end.
    public func measures(
        of voices: [Voice], engines: Engines, progress: (String, Int, Int) throws -> Void
    ) throws -> [VoiceMeasure] {
        let found = voices.map { measure(of: $0) }
        let missing = found.indices.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found.compactMap(\.self) }
        // The first chooses voices; the other only says how like two are, and never chooses.
        let encoders = try [engines.embedder(), engines.judgingEmbedder()]
        let measurer = VoiceMeasurer(media: engines.media, encoders: encoders)
        var speaking: [String?: SpeakingEngine] = [:]
        var result = found
        for (done, index) in missing.enumerated() {
            try progress(voices[index].name, done, missing.count)
            let engine = try speaking[voices[index].model] ?? engines.speaking(voices[index])
            speaking[voices[index].model] = engine
            let made = try measurer.measure(
                voices[index], engines: engines, synthesizer: engine.synthesizer, phonemizer: engine.phonemizer)
            try store(made, of: voices[index])
            result[index] = made
        }
        return result.compactMap(\.self)
    }
}
