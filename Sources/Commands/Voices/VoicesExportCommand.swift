import ArgumentParser
import AudioCore
import Files
import Foundation
import Pipeline

/// `hyperaudio voices export`.
struct VoicesExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a fitted voice into one file, with its consent.",
        discussion: "  hyperaudio voices export me -o me.voice")
    @Argument(help: "The voice.") var name: String
    @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "file")) var output: String?
    @OptionGroup var writing: OutputOptions

    func run() throws {
        let library = FittedVoiceLibrary(folder: Places.voices)
        guard library.holds(name) else {
            throw AudioError(
                .usage, operation: "export", subject: "\"\(name)\"", cause: "no fitted voice has that name",
                mend: "`hyperaudio voices list` shows them")
        }
        let file = try writing.file(output ?? "\(name).\(FittedVoiceFile.pathExtension)")
        let data = try FittedVoiceFile.encode(library.voice(named: name))
        do { try WholeFolder.write(data, to: file) } catch {
            throw AudioError(
                .cannotCreate, operation: "write", subject: file.path, cause: FileError.reason(error),
                mend: "choose another place with -o")
        }
        Terminal.output.write(file.path + "\n")
    }
}

/// `hyperaudio voices import`.
struct VoicesImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Add a fitted voice from a file that `voices export` wrote.",
        discussion: "  hyperaudio voices import me.voice")
    @Argument(help: "The file.") var file: String
    @Option(help: ArgumentHelp("What the voice is to be called; as in the file by default.", valueName: "name"))
    var name: String?
    @Flag(help: "Overwrite a voice of that name.") var force = false

    func run() throws {
        let voice = try FittedVoiceLibrary.read(inputFile(file))
        let named = voice.named(name ?? voice.name)
        try FittedVoiceLibrary.check(name: named.name)
        let library = FittedVoiceLibrary(folder: Places.voices)
        guard force || !library.holds(named.name) else {
            throw AudioError(
                .cannotCreate, operation: "import", subject: named.name, cause: "there is a voice of that name",
                mend: "give another with --name, or add --force")
        }
        try library.save(named)
        FittedVoiceFacts.print(named)
    }
}
