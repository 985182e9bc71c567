import AudioCore
import Configuration
import Files
import Foundation
import ModelLibrary
import Pipeline
import SpeechModels

/// The voices that are installed: where each comes from, and what was measured of it.
struct StockVoices {
    private let catalogue: VoiceCatalogue
    private let piper: PiperVoices
    private let manifest: VoiceManifest
    private let library: ModelLibrary

    init() throws {
        library = try ModelLibrary(folder: Places.models)
        catalogue = try VoiceCatalogue(modelFolder: library.installed("kokoro-82m"), voicesFolder: Places.voices)
        manifest = try VoiceManifest.kokoro()
        piper = PiperVoices(library: library)
    }

    func names() throws -> [String] { try (catalogue.names() + piper.installed).sorted() }

    func voice(named name: String) throws -> Voice { try piper.voice(named: name) ?? catalogue.voice(named: name) }

    func voices() throws -> [Voice] { try names().map(voice) }

    /// The recipe of a voice that was mixed.
    static func recipeFile(of name: String) -> URL { Places.voices.appendingPathComponent("\(name).json") }

    /// What measures depend on besides the voice.
    func cache() throws -> VoiceMeasureCache {
        let models = try ["kokoro-82m", "campplus-zh-en", "resemblyzer", "misaki-en"].map {
            ($0, try library.manifest($0).digest)
        }
        return VoiceMeasureCache(
            folder: Places.cache.appendingPathComponent("voices"), models: Dictionary(uniqueKeysWithValues: models))
    }

    /// What is known without letting anybody speak.
    func known(of voice: Voice) throws -> VoiceMeasure? { try cache().measure(of: voice) }

    /// Measures of voices; those that are missing are made, and said on standard error.
    func measures(of voices: [Voice], engines: Engines) async throws -> [VoiceMeasure] {
        let cache = try cache()
        let interruption = Interruption()
        return try await onOwnThread {
            interruption.trip()
            engines.terminate()
        } _: {
            try cache.measures(of: voices, engines: engines) { name, done, count in
                try interruption.check()
                Terminal.error.write("measuring \(name), once and for all (\(done + 1) of \(count))\n")
            }
        }
    }

    /// Where a voice comes from, in a few words, and its licence.
    func origin(of voice: Voice) -> (text: String, licence: String) {
        if let model = voice.model {
            let licence = (try? library.manifest(model))?.licence ?? "not known"
            return ("Piper's \(model)", licence)
        }
        let file = Self.recipeFile(of: voice.name)
        if let data = try? Data(contentsOf: file),
            let mixture = try? JSONDecoder().decode(VoiceMixture.self, from: data),
            mixture.digest == voice.digest
        {
            return ("mixed: \(mixture.recipe)", "as its parts")
        }
        guard FileManager.default.fileExists(atPath: Places.voices.appendingPathComponent("\(voice.name).bin").path)
        else { return ("comes with Kokoro-82M", manifest.licence) }
        guard let upstream = manifest.name(of: voice.digest) else { return ("your own file", "not known") }
        return (
            upstream == voice.name ? "Kokoro-82M, verified" : "Kokoro-82M's \(upstream), verified", manifest.licence
        )
    }

    /// The language a voice was made for: Kokoro's names begin with a letter for it; of other voices it is not known.
    func language(of voice: Voice) -> String {
        // Piper's models are named by it.
        if let model = voice.model { return model.hasPrefix("piper-en-us") ? "American English" : "unknown" }
        let isKokoros = origin(of: voice).text.contains("Kokoro")
        let name = manifest.name(of: voice.digest) ?? voice.name
        return isKokoros ? name.first.flatMap { VoiceCatalogue.languages[$0]?.name } ?? "unknown" : "unknown"
    }
}
