import ArgumentParser
import AudioCore
import Configuration
import Foundation
import Pipeline

/// `hyperaudio voices suggest`.
struct VoicesSuggestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suggest", abstract: "Find the installed voices that suit a speaker.",
        discussion: """
            For likeness: near in voice print, pitch and colour. For contrast: far from it, so that nobody takes the new
            voice for the old. Only the voices that are installed are looked at.

              hyperaudio voices suggest episode.mp3
              hyperaudio voices suggest episode.mp3 --speaker Speaker_B --for contrast
            """)
    @Argument(help: ArgumentHelp("The programme.", valueName: "input")) var input: String
    @Option(help: "The speaker; by default the one who talks most.") var speaker: String?
    @Option(name: .customLong("for"), help: "likeness or contrast.") var wish: VoiceRanking.Wish = .likeness
    @OptionGroup var programme: ProgrammeOptions
    @OptionGroup var run: RunOptions

    struct Suggestion: Encodable {
        var speaker: SpeakerID
        var medianF0Hz: Double
        var sounds: VoiceSex
        var wish: VoiceRanking.Wish
        var voices: [VoiceRanking.Entry]
    }

    func run() async throws {
        let input = try inputFile(input)
        let settings = try self.run.settings(programme.flags)
        let runner = try self.run.runner(settings)
        let (who, target) = try await runner.voiceMeasure(
            of: input, knowledge: settings.knowledge, speaker: speaker)
        let stock = try StockVoices()
        let pool = try await stock.measures(of: stock.voices(), engines: runner.engines)
        let ranking = VoiceRanking(
            pool, target: target, encoder: try runner.engines.embedder().name, wish: wish)
        guard !run.json else {
            return try Output.json(
                Suggestion(
                    speaker: who, medianF0Hz: target.medianF0Hz, sounds: target.sounds, wish: wish,
                    voices: ranking.entries))
        }
        Terminal.output.write(
            "\(who): \(Int(target.medianF0Hz.rounded())) Hz, sounds \(target.sounds.rawValue). "
                + "The voices, the one that suits best for \(wish.rawValue) first:\n\n")
        Output.table(
            ["voice", "sounds", "score", "voice print", "pitch", "colour"],
            ranking.entries.map { entry in
                [
                    entry.name, pool.first { $0.name == entry.name }?.sounds.rawValue ?? "-",
                    String(format: "%+.2f", entry.score), String(format: "%.2f", entry.likeness),
                    String(format: "%+.1f semitones", entry.semitones),
                    String(format: "%.1f dB off", entry.colourDecibels),
                ]
            })
        Terminal.output.write(
            """

            The score adds up the likeness of the voice prints (CAM++), how near the pitch and how near the colour is, each
            against the other voices'; 0 is the mean of the installed voices. It tells voices apart, not how like they are.

            """)
        if let best = ranking.entries.first {
            Terminal.output.write("hyperaudio replace \(quoted) --voice \(who)=\(best.name)\n")
        }
    }

    /// As a shell takes it.
    private var quoted: String {
        input.contains { !$0.isLetter && !$0.isNumber && !"._-/".contains($0) }
            ? "'" + input.replacing("'", with: "'\\''") + "'" : input
    }
}

extension VoiceRanking.Wish: ExpressibleByArgument {}
