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

            Somebody speaks with a voice made from your own recording:

              hyperaudio replace a.mp3 --voice Speaker_A=me.wav --self

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
    @Option(help: ArgumentHelp(OptionCatalogue.help("synthesizer.strength"))) var strength: Double?
    @Flag(help: ArgumentHelp(OptionCatalogue.help("reconstructor.watermark"))) var noWatermark = false
    @Flag(help: "Write no <output>.provenance.json.") var noSidecar = false
    @Option(
        help: ArgumentHelp("Sign the statement of provenance with this Ed25519 key (PEM).", valueName: "file"))
    var signKey: String?
    @OptionGroup(title: "A voice from a recording") var consent: ConsentOptions
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
        let runner = try self.run.runner(settings)
        let recorded = RecordedVoices(runner: runner, settings: settings, consent: consent.claim)
        let input = try inputFile(input)
        let (choices, voices) = try await recorded.resolve(arguments)
        let report = try await runner.speaking(with: voices, strength: settings.strength)
            .replace(request(input, choices, settings))
        if run.json { try Output.json(report) } else if !run.quiet { ReportTable(report).print() }
    }

    var flags: [GivenOption?] {
        [
            .flag("--exact", "output.exact", exact ? "true" : nil),
            .flag("--overlap", "synthesizer.overlap", overlap?.rawValue),
            .flag("--pitch", "synthesizer.pitch", pitch?.rawValue),
            .flag("--uncertain", "synthesizer.uncertain", uncertain?.rawValue),
            .flag("--strength", "synthesizer.strength", strength.map { "\($0)" }),
            .flag("--no-watermark", "reconstructor.watermark", noWatermark ? "false" : nil),
        ]
    }

    /// What is given as "[speaker=]voice".
    private var arguments: [String] {
        guard let targetSpeaker, let replacementVoice else { return voice }
        return voice + ["\(targetSpeaker)=\(replacementVoice)"]
    }

    private func request(_ input: URL, _ choices: [VoiceChoice], _ settings: Settings) -> ReplaceRequest {
        var request = ReplaceRequest(
            input: input, voices: choices, output: output.map { URL(fileURLWithPath: $0) }, isExact: settings.isExact,
            overwrites: force, knowledge: settings.knowledge)
        request.provenance.leavesSidecar = !noSidecar
        request.provenance.signingKey = signKey.map { URL(fileURLWithPath: $0) }
        request.provenance.programVersion = Version.text
        return request
    }
}

extension VoiceSynthesizerOptions.Overlap: ExpressibleByArgument {}
extension PitchTransfer.Register: ExpressibleByArgument {}
extension VoiceSynthesizerOptions.Uncertain: ExpressibleByArgument {}
