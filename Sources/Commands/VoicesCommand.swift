import ArgumentParser
import AudioCore
import Files
import Foundation
import ModelLibrary
import Pipeline
import SpeechModels

/// `hyperaudio voices`.
struct VoicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voices", abstract: "List, install and hear voices.",
        subcommands: [List.self, Install.self, Preview.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the voices that are installed.")
        @Flag(help: "Print JSON.") var json = false

        struct Row: Encodable {
            var name: String, madeFor: String, sex: String, licence: String
        }

        func run() throws {
            let library = try ModelLibrary(folder: Places.models)
            let catalogue = try VoiceCatalogue(
                modelFolder: library.installed("kokoro-82m"), voicesFolder: Places.voices)
            let rows = try catalogue.names().map {
                Row(name: $0, madeFor: language($0), sex: sex($0), licence: "Apache-2.0")
            }
            guard !json else { return try Output.json(rows) }
            Output.table(
                ["voice", "made for", "sounds", "licence"], rows.map { [$0.name, $0.madeFor, $0.sex, $0.licence] })
        }

        /// Kokoro's names begin with a letter for the language and one for the sex.
        private func language(_ name: String) -> String {
            let languages: [Character: String] = [
                "a": "American English", "b": "British English", "e": "Spanish", "f": "French", "h": "Hindi",
                "i": "Italian", "j": "Japanese", "p": "Portuguese", "z": "Mandarin",
            ]
            return name.first.flatMap { languages[$0] } ?? "unknown"
        }

        private func sex(_ name: String) -> String {
            switch name.dropFirst().first {
            case "f": "female"
            case "m": "male"
            default: "unknown"
            }
        }
    }

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add voices from a folder.",
            discussion: """
                Five voices come with `hyperaudio models install`. The other 49 of Kokoro are published by its makers as
                kokoro.js/voices/<name>.bin in the repository github.com/hexgrad/kokoro (Apache-2.0). Fetch what you want:

                  hyperaudio voices install af_heart am_michael --from Downloads
                """)
        @Argument(help: "Voices to install; all in the folder by default.") var names: [String] = []
        @Option(help: ArgumentHelp("The folder that holds <name>.bin.", valueName: "dir")) var from: String?

        func run() throws {
            guard let from else {
                let name = names.first ?? "af_heart"
                throw AudioError(
                    .usage, operation: "install", subject: names.isEmpty ? "voices" : names.joined(separator: ", "),
                    cause: "voices are installed from a folder and none was named",
                    mend: "fetch \(name).bin from github.com/hexgrad/kokoro, folder kokoro.js/voices, "
                        + "and run `hyperaudio voices install \(name) --from <its folder>`")
            }
            let folder = URL(fileURLWithPath: from)
            let found = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            guard let found else {
                throw AudioError(
                    .noInput, operation: "install voices from", subject: from, cause: "there is no such folder",
                    mend: "name the folder that holds the .bin files")
            }
            let all = found.filter { $0.pathExtension == "bin" }.map { $0.deletingPathExtension().lastPathComponent }
                .sorted()
            for name in names.isEmpty ? all : names { try install(name, from: folder) }
            Terminal.error.write("The voices are in \(Places.voices.path)\n")
        }

        private func install(_ name: String, from folder: URL) throws {
            let source = folder.appendingPathComponent("\(name).bin")
            guard let bytes = try? Data(contentsOf: source) else {
                throw AudioError(
                    .noInput, operation: "install", subject: name, cause: "\(source.path) is not there",
                    mend: "fetch it from github.com/hexgrad/kokoro, folder kokoro.js/voices")
            }
            // 510 style rows of 256 floats.
            guard bytes.count == 510 * 256 * 4 else {
                throw AudioError(
                    .badData, operation: "install", subject: source.path,
                    cause: "it holds \(bytes.count) bytes where a Kokoro voice has 522240", mend: "fetch it again")
            }
            try FileManager.default.createDirectory(at: Places.voices, withIntermediateDirectories: true)
            try WholeFolder.write(bytes, to: Places.voices.appendingPathComponent("\(name).bin"))
        }
    }

    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a voice speak.",
            discussion: """
                  hyperaudio voices preview jf_alpha
                  hyperaudio voices preview jm_kumo "Good evening, and welcome." --output kumo.mp3
                """)
        @Argument(help: "The voice.") var name: String
        @Argument(help: "What it says; a short story by default.") var text: String?
        @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "file")) var output: String?
        @OptionGroup(title: "Configuration") var choice: ConfigurationOptions

        private static let story = """
            Good evening, and welcome to the programme. Tonight we follow a small boat from the harbour to the islands, \
            through fog, a broken engine and a very good breakfast. Why did they leave so early? Because the tide would \
            not wait. The captain laughed, poured three cups of coffee, and pointed at the light above the water. \
            Twenty miles later, nobody was laughing any more.
            """

        func run() async throws {
            let assembly = try Assembly(choice.configuration().settings)
            let file = URL(fileURLWithPath: output ?? "\(name).wav")
            try CreationTrial.run(file)
            let words = (text ?? Self.story).split(whereSeparator: \.isWhitespace).map(String.init)
            let voice = try assembly.voices.voice(named: name)
            let engines = assembly.engines
            try await onOwnThread(interrupt: engines.terminate) {
                try PlainSpeech(engines: engines).write(words, language: "en", voice: voice, to: file)
            }
            Terminal.output.write(file.path + "\n")
        }
    }
}
