import ArgumentParser
import AudioCore
import Foundation
import Pipeline

/// `hyperaudio project`.
struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Take a finished run into an audio editor.", subcommands: [Export.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write a project with stems, for Audacity or Reaper.",
            discussion: """
                  hyperaudio project export episode.mp3 -o episode-project --for reaper

                Bed, original voices that stay and new voices add up to the output, sample by sample; the original, its
                voices and the output come along to compare with. Audacity opens the .lof and imports spans.txt,
                turns.txt and words.txt as labels; in the .rpp every replaced stretch is an item and every turn a
                region.
                """)
        @OptionGroup var run: RunArgument
        @Option(name: [.short, .long], help: ArgumentHelp("The folder to make.", valueName: "dir")) var output: String
        @Option(name: .customLong("for"), help: "audacity or reaper.") var editor: ProjectExport.Editor
        @Option(help: "Stems as wav or flac, 24 bit.") var format = ProjectExport.Format.wav

        func run() async throws {
            let folder = try run.folder()
            let target = URL(fileURLWithPath: output)
            let interruption = Interruption()
            let (editor, format) = (editor, format)
            let file = try await onOwnThread {
                interruption.trip()
            } _: {
                try ProjectExport(run: folder, media: Assembly.media).write(to: target, for: editor, format: format) {
                    _ in
                    try interruption.check()
                }
            }
            Terminal.output.write(file.path + "\n")
        }
    }
}

extension ProjectExport.Editor: ExpressibleByArgument {}
extension ProjectExport.Format: ExpressibleByArgument {}
