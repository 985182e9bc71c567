import AudioCore
import ModelLibrary
import SpeechModels

/// Voices of Piper: each is a model of its own, installed when it is wished for.
struct PiperVoices: Sendable {
    /// Voice to model.
    static let models = ["piper_joe": "piper-en-us-joe"]

    let library: ModelLibrary

    /// In alphabetical order.
    var installed: [String] {
        Self.models.filter { name, model in
            (try? library.manifest(model)).map { library.state(of: $0) == .installed } ?? false
        }.keys.sorted()
    }

    /// nil where the name is none of Piper's.
    /// - Throws: `AudioError` that names the mend where the voice is not installed.
    func voice(named name: String) throws -> Voice? {
        guard let model = Self.models[name] else { return nil }
        let manifest = try library.manifest(model)
        guard library.state(of: manifest) != .missing else {
            throw AudioError(
                .usage, operation: "use the voice", subject: "\"\(name)\"", cause: "it is not installed",
                mend: "run `hyperaudio voices install \(name)` or choose another")
        }
        return PiperSynthesizer.voice(named: name, model: model, digest: manifest.digest)
    }
}
