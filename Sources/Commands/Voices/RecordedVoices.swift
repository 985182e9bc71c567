import AudioCore
import Configuration
import Files
import Foundation
import Pipeline

/// Voices named by a recording (`--voice Speaker_A=me.wav`): fitted on the fly, and kept by the recording's digest.
struct RecordedVoices {
    let runner: PipelineRunner
    let settings: Settings
    let consent: ConsentClaim?
    private let cache = Places.cache.appendingPathComponent("fitted")

    /// The choices with names in the place of recordings, and the voices these names stand for.
    func resolve(_ arguments: [String]) async throws -> (choices: [VoiceChoice], voices: [FittedVoice]) {
        var voices: [FittedVoice] = []
        var choices: [VoiceChoice] = []
        for argument in arguments {
            guard let (speaker, path) = VoiceChoice.recording(in: argument) else {
                choices.append(try VoiceChoice(argument: argument))
                continue
            }
            let file = try inputFile(path)
            let voice = try await voice(of: file, avoiding: voices.map(\.name))
            voices.append(voice)
            choices.append(VoiceChoice(speaker: speaker, voice: voice.name))
        }
        return (choices, voices)
    }

    private func voice(of file: URL, avoiding taken: [String]) async throws -> FittedVoice {
        let digest = try Digest.ofFile(file)
        let name = try name(of: file, digest: digest, avoiding: taken)
        let library = FittedVoiceLibrary(folder: cache)
        let place = String(digest.prefix(32))
        if library.holds(place) { return try library.voice(named: place).named(name) }
        guard let claim = consent ?? ConsentOptions.asked(about: file.lastPathComponent) else {
            throw VoicesFitCommand.refusal(file.path)
        }
        let voice = try await runner.fitVoice(
            VoiceFitRequest(
                name: place, recordings: [file], speaker: nil, consent: claim, measures: StockVoices().cache()))
        try library.save(voice)
        FittedVoiceFacts.tell(voice.named(name))
        return voice.named(name)
    }

    /// The file's name as far as it can be a voice's, and no other's.
    private func name(of file: URL, digest: String, avoiding taken: [String]) throws -> String {
        let stem = file.deletingPathExtension().lastPathComponent
        let plain = String(stem.map { FittedVoiceLibrary.isName("a\($0)") ? $0 : "_" }.prefix(40))
        let isFree =
            try FittedVoiceLibrary.isName(plain) && !taken.contains(plain)
            && !FittedVoiceLibrary(folder: Places.voices).holds(plain)
            && !runner.engines.stockVoices().contains { $0.name == plain }
        return isFree ? plain : "voice-\(digest.prefix(8))"
    }
}
