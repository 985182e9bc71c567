import ArgumentParser
import AudioCore
import Files
import Foundation
import Pipeline

/// `hyperaudio voices compare`.
struct VoicesCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Measure two voices side by side, and hear them.",
        discussion: """
              hyperaudio voices compare af_heart bf_emma
              hyperaudio voices compare af_heart bf_emma -o both.mp3

            Writes both saying the same, one after the other.
            """)
    @Argument(help: "A voice.") var first: String
    @Argument(help: "Another voice.") var second: String
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The file to write; <first>-<second>.wav by default.", valueName: "file"))
    var output: String?
    @OptionGroup var writing: OutputOptions
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var resources: ResourceOptions
    @OptionGroup(title: "Configuration") var choice: ConfigurationOptions

    func run() async throws {
        guard first != second else {
            throw AudioError(
                .usage, operation: "compare", subject: first, cause: "it was named twice", mend: "name two voices")
        }
        let file = try writing.file(output ?? "\(first)-\(second).wav")
        let engines = try choice.configuration(resources.flags).settings.speakingEngines()
        let (a, b) = try (engines.voice(first), engines.voice(second))
        let stock = try StockVoices()
        let pool = try await stock.measures(of: stock.voices(), engines: engines)
        let comparison = try await onOwnThread(interrupt: engines.terminate) {
            let (comparison, speech) = try VoiceComparison.compare(a, b, pool: pool, engines: engines)
            let sink = try engines.media.create(
                file, sampleRate: speech.sampleRate, channelCount: 1, original: nil,
                tags: ["comment": "Synthetic speech, voices \(a.name) and \(b.name). Made with Hyper Audio."])
            try sink.write(speech)
            try sink.finish()
            return comparison
        }
        if json { return try Output.json(comparison) }
        show(comparison)
        Terminal.output.write("\nBoth in turn: \(file.path)\n")
    }

    private func show(_ comparison: VoiceComparison) {
        func row(_ side: VoiceComparison.Side) -> [String] {
            [
                side.name, side.sounds.rawValue, "\(Int(side.medianF0Hz.rounded())) Hz",
                String(format: "%.1f semitones", side.f0SpreadSemitones),
                side.syllablesPerSecond.map { String(format: "%.1f syllables/s", $0) } ?? "-",
            ]
        }
        Output.table(["voice", "sounds", "pitch", "spread", "rate"], [comparison.a, comparison.b].map(row))
        let different = comparison.differentVoices.map { String(format: ", two different ones %.2f", $0) } ?? ""
        Terminal.output.write(
            String(
                format: "\n%@ lies %+.1f semitones from %@; their colours differ by %.1f dB.\n", comparison.b.name,
                comparison.semitones, comparison.a.name, comparison.colourDecibels)
                + String(
                    format: "Likeness (%@) %.2f; the same voice saying two things has %.2f", comparison.encoder,
                    comparison.similarity, comparison.sameVoice) + different + " on average.\n")
    }
}
