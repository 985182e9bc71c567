import AudioCore
import Files
import Foundation

/// What a stock voice sounds like, for choosing the one that is nearest to a person.
public struct StockVoiceDescription: Codable, Sendable, Equatable {
    public var name: String
    /// SHA-256 of its styles.
    public var digest: String
    /// Unit vectors, by the name of the encoder.
    public var prints: [String: [Float]]
    /// Median of ln F0.
    public var medianLogPitch: Double
    /// `TimbreSpectrum.meanShape`.
    public var shape: [Float]
}

/// Describes stock voices by a few sentences that each of them says; what is known of a voice is kept by its digest.
struct StockVoiceCensus {
    let engines: Engines
    /// Where descriptions are kept; nil: nowhere.
    let cache: URL?

    /// Counts up when a voice would be described otherwise.
    private static let version = 1
    /// Some 5 s; longer speech was not measured to choose better.
    private static let text =
        "The captain laughed, poured three cups of coffee, and pointed at the light above the water."

    func descriptions(progress: (Double) throws -> Void) throws -> [StockVoiceDescription] {
        let voices = try engines.stockVoices()
        let file = try cache.map { $0.appendingPathComponent("stock-voices-\(try key).json") }
        var known = file.flatMap(Self.read) ?? [:]
        let missing = voices.filter { known[$0.digest] == nil }
        if !missing.isEmpty {
            let (synthesizer, phonemizer) = try (engines.synthesizer(), engines.phonemizer())
            let embedders = try [engines.embedder(), engines.judgingEmbedder()]
            for (index, voice) in missing.enumerated() {
                try progress(Double(index) / Double(missing.count))
                known[voice.digest] = try describe(voice, synthesizer, phonemizer, embedders)
            }
            if let file {
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try WholeFolder.write(CanonicalJSON.encode(known), to: file)
            }
        }
        return voices.compactMap { voice in
            known[voice.digest].map { description in
                var description = description
                description.name = voice.name
                return description
            }
        }
    }

    /// What a description depends on beside the voice.
    private var key: String {
        get throws {
            let models = engines.allModels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return String(Digest.of("\(Self.version) \(Self.text) \(models.joined(separator: " "))").prefix(16))
        }
    }

    private static func read(_ file: URL) -> [String: StockVoiceDescription]? {
        (try? Data(contentsOf: file)).flatMap {
            try? JSONDecoder().decode([String: StockVoiceDescription].self, from: $0)
        }
    }

    private func describe(
        _ voice: Voice, _ synthesizer: any SpeechSynthesizer, _ phonemizer: any Phonemizer,
        _ embedders: [any SpeakerEmbedder]
    ) throws -> StockVoiceDescription {
        let samples = try PlainSpeech(engines: engines).samples(
            Self.text.split(separator: " ").map(String.init), language: "en", voice: voice, synthesizer: synthesizer,
            phonemizer: phonemizer)
        let prints = try embedders.reduce(into: [String: [Float]]()) { prints, embedder in
            let low = try engines.media.resample(samples, from: synthesizer.sampleRate, to: embedder.sampleRate)
            prints[embedder.name] = try embedder.voicePrint(ofSpeech: low)
        }
        let pitch = PitchTracker(sampleRate: synthesizer.sampleRate).track(samples)
        guard prints.count == Set(embedders.map(\.name)).count, let medianLogPitch = pitch.medianLog else {
            throw AudioError(
                .badData, operation: "describe", subject: "the voice \(voice.name)", cause: "it does not speak")
        }
        return StockVoiceDescription(
            name: voice.name, digest: voice.digest, prints: prints,
            medianLogPitch: medianLogPitch,
            shape: TimbreSpectrum(samples).meanShape)
    }
}
