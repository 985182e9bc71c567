import ArgumentParser

/// `hyperaudio speakers`.
struct SpeakersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speakers", abstract: "Correct who speaks in a run.",
        subcommands: [
            SpeakersRenameCommand.self, SpeakersMergeCommand.self, SpeakersSplitCommand.self,
            SpeakersReassignCommand.self,
        ])
}
