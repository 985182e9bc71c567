import ArgumentParser
import AudioCore
import Files
import Foundation
import ModelLibrary
import Pipeline

/// `hyperaudio voices mix`.
struct VoicesMixCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mix", abstract: "Make a voice of several.",
        discussion: """
            The weighted mean of the voices' styles, kept with its recipe. Weights are scaled to a sum of 1.

              hyperaudio voices mix af_heart=0.6 bf_emma=0.4 --name anna
              hyperaudio voices preview anna
            """)
    @Argument(help: ArgumentHelp("Voices and their weights.", valueName: "voice=weight")) var parts: [String]
    @Option(help: "What the new voice is called.") var name: String
    @Flag(help: "Overwrite a mixture of that name.") var force = false
    @Flag(help: "Print the recipe as JSON.") var json = false

    func run() throws {
        try VoiceName.check(name)
        let stock = try StockVoices()
        let ingredients = try parts.map(VoiceMixture.Ingredient.init(argument:))
        let voices = try ingredients.map { (voice: try stock.voice(named: $0.voice), weight: $0.weight) }
        try checkName(stock)
        let (mixture, styles) = try VoiceMixture.mix(voices, name: name) { Digest.of(Self.bytes($0)) }
        do { try FileManager.default.createDirectory(at: Places.voices, withIntermediateDirectories: true) } catch {
            throw FileError(.cannotCreate, Places.voices, "create", FileError.reason(error))
        }
        // The voice last: a recipe without its voice is nothing.
        try WholeFolder.write(try CanonicalJSON.pretty(mixture), to: StockVoices.recipeFile(of: name))
        try WholeFolder.write(Self.bytes(styles), to: Places.voices.appendingPathComponent("\(name).bin"))
        if json { return try Output.json(mixture) }
        let total = ingredients.reduce(0) { $0 + $1.weight }
        if abs(total - 1) > 1e-9 {
            Terminal.error.write(String(format: "The weights add up to %g and were divided by that.\n", total))
        }
        Terminal.output.write("\(name) = \(mixture.recipe)\n")
    }

    /// Only a mixture may be overwritten: any other voice of that name is somebody's.
    private func checkName(_ stock: StockVoices) throws {
        guard try stock.names().contains(name) || VoiceManifest.kokoro().voices[name] != nil else { return }
        let isMixture = (try? stock.voice(named: name)).map { stock.origin(of: $0).text.hasPrefix("mixed") } ?? false
        guard isMixture, force else {
            throw AudioError(
                .cannotCreate, operation: "call", subject: "a mixture \"\(name)\"",
                cause: isMixture ? "there is a mixture of that name" : "there is another voice of that name",
                mend: isMixture ? "add --force to overwrite it, or choose another name" : "choose another name")
        }
    }

    /// Little-endian float32.
    private static func bytes(_ styles: [Float]) -> Data {
        styles.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    }
}
