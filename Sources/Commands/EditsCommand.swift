import ArgumentParser
import AudioCore
import Foundation
import Pipeline

/// `hyperaudio edits`.
struct EditsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edits", abstract: "See and take back what you changed in a run, and change more.",
        discussion: """
            Changes lie in edits.json beside the results and never touch them; the same `hyperaudio replace` afterwards
            makes only what depends on them. Words are corrected with `hyperaudio transcript`, speakers with
            `hyperaudio speakers`.
            """,
        subcommands: [
            Show.self, Undo.self, Clear.self, EditsMoveCommand.self, EditsTakeCommand.self, EditsKeepCommand.self,
            EditsMuteCommand.self, EditsReplaceCommand.self,
        ], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show what was changed in a run.")
        @OptionGroup var run: RunArgument
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let folder = try RunFolder(existing: run.folder())
            let edits = try folder.edits
            if json { return try Output.json(edits) }
            guard !edits.changes.isEmpty else { return Terminal.output.write("Nothing is changed.\n") }
            let sentences = EditSentences()
            for (index, edit) in edits.changes.enumerated() {
                Terminal.output.write("\(index + 1). \(sentences.sentence(edit))\n")
            }
        }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo", abstract: "Take the last command's changes back.",
            discussion:
                "It can be said again and again, back to the beginning; `edits clear` is taken back like others.")
        @OptionGroup var run: RunArgument

        func run() async throws {
            let folder = try RunFolder(existing: run.folder())
            guard let edits = try folder.undoEdits() else {
                throw AudioError(
                    .usage, operation: "take back", subject: "a change of \(folder.url.lastPathComponent)",
                    cause: "nothing was changed")
            }
            let left = EditReport.count(edits.changes.count, "change")
            Terminal.output.write("Taken back; \(left) in force.\n")
        }
    }

    struct Clear: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "clear", abstract: "Take all changes of a run back.")
        @OptionGroup var run: RunArgument

        func run() async throws {
            let folder = try RunFolder(existing: run.folder())
            let before = try folder.edits
            try folder.write(Edits(basis: before.basis))
            let count = EditReport.count(before.changes.count, "change")
            Terminal.output.write("\(count) taken back; `hyperaudio edits undo` brings them again.\n")
        }
    }
}
