import AudioCore
import Pipeline
import SpeechModels

/// All voices there are: stock voices, and those fitted to people.
struct VoiceShelf: Sendable {
    let stock: VoiceCatalogue
    let piper: PiperVoices
    let fitted: FittedVoiceLibrary
    /// How far fitted voices go, 0...1.
    let strength: Double

    init(stock: VoiceCatalogue, piper: PiperVoices, strength: Double = FittedVoice.usualStrength) {
        self.stock = stock
        self.piper = piper
        fitted = FittedVoiceLibrary(folder: Places.voices)
        self.strength = strength
    }

    func voice(named name: String) throws -> Voice {
        guard let person = try fittedVoice(named: name) else {
            return try piper.voice(named: name) ?? stock.voice(named: name)
        }
        return try person.voice(base: stock.voice(named: person.base.name), strength: strength)
    }

    /// nil where the name is a stock voice's or nobody's.
    func fittedVoice(named name: String) throws -> FittedVoice? {
        fitted.holds(name) ? try fitted.voice(named: name) : nil
    }

    /// Those that a fitted voice can start from: whose pitch can be dictated.
    func stockVoices() throws -> [Voice] { try stock.names().map { try stock.voice(named: $0) } }
}
