import ArgumentParser
import AudioCore
import Configuration
import Foundation
import Pipeline

/// `hyperaudio voices fit`.
struct VoicesFitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Make a voice from a person's recording, with that person's consent.",
        discussion: """
              hyperaudio voices fit me my-talk.wav --self
              hyperaudio voices fit anna interview.mp3 --speaker Speaker_B --consent anna-agrees.wav
              hyperaudio replace episode.mp3 --voice Speaker_A=me

            A minute of speech is good, ten seconds do; music, noise and other speakers are taken out first. It is no clone:
            a stock voice is moved towards the person, and how far is said at the end (docs/voices.md).
            """)
    @Argument(help: "What the voice is to be called.") var name: String
    @Argument(help: "Recordings of one person.") var recordings: [String]
    @OptionGroup var consent: ConsentOptions
    @Option(help: ArgumentHelp("Whose voice it is, as `diarize` says; else who speaks most.", valueName: "speaker"))
    var speaker: String?
    @Option(
        help: ArgumentHelp(
            "The stock voice or mixture to begin from; else the one that comes nearest.", valueName: "voice"))
    var base: String?
    @Option(
        help: ArgumentHelp(
            "A folder for what the judges compare: the stock voice, the same through the recording's channel, the fitted "
                + "voice, with the recording's noise and without, the person.", valueName: "dir"))
    var sounds: String?
    @Flag(help: "Overwrite a voice of that name.") var force = false
    @OptionGroup var programme: ProgrammeOptions
    @OptionGroup var run: RunOptions

    func run() async throws {
        let settings = try self.run.settings(programme.flags)
        guard let claim = consent.claim else { throw Self.refusal(recordings.joined(separator: ", ")) }
        try FittedVoiceLibrary.check(name: name)
        let files = try recordings.map(inputFile)
        let library = FittedVoiceLibrary(folder: Places.voices)
        guard force || !library.holds(name) else {
            throw AudioError(
                .cannotCreate, operation: "fit", subject: name, cause: "there is a voice of that name",
                mend: "choose another name, or add --force")
        }
        let runner = try self.run.runner(settings)
        guard try !runner.engines.stockVoices().contains(where: { $0.name == name }) else {
            throw AudioError(
                .usage, operation: "fit", subject: name, cause: "a stock voice has that name",
                mend: "choose another name")
        }
        let voice = try await runner.fitVoice(
            VoiceFitRequest(
                name: name, recordings: files, speaker: speaker.map { SpeakerID($0) }, consent: claim,
                measures: StockVoices().cache(), knowledge: settings.knowledge,
                base: base, sounds: sounds.map { URL(fileURLWithPath: $0) }))
        try library.save(voice)
        if run.json { return try Output.json(FittedVoiceFacts(voice)) }
        FittedVoiceFacts.print(voice)
        Terminal.output.write("Speak with it: hyperaudio replace INPUT --voice \(name)\n")
    }

    static func refusal(_ subject: String) -> AudioError {
        AudioError(
            .notPermitted, operation: "make a voice of", subject: subject,
            cause: "the consent of the one who speaks in it was not given",
            mend: "add --self where it is your own voice, or --consent with a file that says who agreed, when and for "
                + "what (docs/voices.md)")
    }
}
