import ArgumentParser
import AudioCore
import Files
import Foundation
import Pipeline

/// `hyperaudio voices preview`.
struct VoicesPreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Let a voice speak.",
        discussion: """
              hyperaudio voices preview jf_alpha
              hyperaudio voices preview jm_kumo "Good evening, and welcome." --output kumo.mp3
              hyperaudio voices preview jf_alpha "Buenas noches a todos." --language es
            """)
    @Argument(help: "The voice.") var name: String
    @Argument(help: "What it says; a short story by default.") var text: String?
    @Option(help: "The language of the text.") var language = "en"
    @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "file")) var output: String?
    @OptionGroup var writing: OutputOptions
    @OptionGroup var resources: ResourceOptions
    @OptionGroup(title: "Configuration") var choice: ConfigurationOptions

    private static let story = """
        Good evening, and welcome to the programme. Tonight we follow a small boat from the harbour to the islands, \
        through fog, a broken engine and a very good breakfast. Why did they leave so early? Because the tide would \
        not wait. The captain laughed, poured three cups of coffee, and pointed at the light above the water. \
        Twenty miles later, nobody was laughing any more.
        """

    func run() async throws {
        guard language == "en" || text != nil else {
            throw AudioError(
                .usage, operation: "preview", subject: "\(name) in \(language)", cause: "the short story is English",
                mend: "give a text of that language")
        }
        let file = try writing.file(output ?? "\(name).wav")
        let engines = try choice.configuration(resources.flags).settings.speakingEngines()
        let words = (text ?? Self.story).split(whereSeparator: \.isWhitespace).map(String.init)
        let voice = try engines.voice(name)
        try await onOwnThread(interrupt: engines.terminate) {
            try PlainSpeech(engines: engines).write(words, language: language, voice: voice, to: file)
        }
        Terminal.output.write(file.path + "\n")
    }
}
