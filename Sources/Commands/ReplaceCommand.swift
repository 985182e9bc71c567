import ArgumentParser
import AudioCore
import Configuration
import Foundation
import Pipeline

/// `hyperaudio replace`.
struct ReplaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace", abstract: "Give speakers another voice.",
        discussion: """
            The one who talks most gets the voice jf_alpha; the new file lies beside the old one:

              hyperaudio replace episode.mp3 --voice jf_alpha

            Two people get new voices:

              hyperaudio replace a.mp3 --voice Speaker_A=jf_alpha --voice Speaker_B=jm_kumo

            Who is who:               hyperaudio diarize episode.mp3
            Which voices there are:   hyperaudio voices list

            The same command again does only what is missing.
            """)

    @Argument(help: ArgumentHelp("The programme: any audio or video file.", valueName: "input")) var input: String
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A voice, for one speaker or for the one who talks most.", valueName: "[speaker=]voice"))
    var voice: [String] = []
    @Option(help: ArgumentHelp("The speaker to replace; with --replacement-voice.", valueName: "speaker"))
    var targetSpeaker: String?
    @Option(help: ArgumentHelp("The voice for --target-speaker.", valueName: "voice")) var replacementVoice: String?
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The new file; its extension chooses the format.", valueName: "file"))
    var output: String?
    @Flag(help: ArgumentHelp(OptionCatalogue.help("output.exact"))) var exact = false
    @Flag(help: "Overwrite the output where it exists.") var force = false
    @Option(help: ArgumentHelp(OptionCatalogue.help("synthesizer.overlap")))
    var overlap: VoiceSynthesizerOptions.Overlap?
    @Option(help: ArgumentHelp(OptionCatalogue.help("synthesizer.pitch"))) var pitch: PitchTransfer.Register?
    @Option(help: ArgumentHelp(OptionCatalogue.help("synthesizer.uncertain")))
    var uncertain: VoiceSynthesizerOptions.Uncertain?
    @OptionGroup var programme: ProgrammeOptions
    @OptionGroup var run: RunOptions

    func validate() throws {
        if (targetSpeaker == nil) != (replacementVoice == nil) {
            throw ValidationError("--target-speaker and --replacement-voice belong together.")
        }
        if voice.isEmpty && replacementVoice == nil {
            throw ValidationError(
                "No voice was named: add for instance --voice jf_alpha (`hyperaudio voices list` shows them all).")
        }
    }

    func run() async throws {
        let settings = try self.run.settings(programme.flags + flags)
        let report = try await self.run.runner(settings).replace(request(settings))
        if run.json { try Output.json(report) } else if !run.quiet { ReportTable(report).print() }
    }

    var flags: [GivenOption?] {
        [
            .flag("--exact", "output.exact", exact ? "true" : nil),
            .flag("--overlap", "synthesizer.overlap", overlap?.rawValue),
            .flag("--pitch", "synthesizer.pitch", pitch?.rawValue),
            .flag("--uncertain", "synthesizer.uncertain", uncertain?.rawValue),
        ]
    }

    private func request(_ settings: Settings) throws -> ReplaceRequest {
        let input = try inputFile(input)
        var choices = try voice.map(VoiceChoice.init(argument:))
        if let targetSpeaker, let replacementVoice {
            choices.append(try VoiceChoice(argument: "\(targetSpeaker)=\(replacementVoice)"))
        }
        return ReplaceRequest(
            input: input, voices: choices, output: output.map { URL(fileURLWithPath: $0) }, isExact: settings.isExact,
            overwrites: force, knowledge: settings.knowledge)
    }
}

extension VoiceSynthesizerOptions.Overlap: ExpressibleByArgument {}
extension PitchTransfer.Register: ExpressibleByArgument {}
extension VoiceSynthesizerOptions.Uncertain: ExpressibleByArgument {}
