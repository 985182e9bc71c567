import ArgumentParser

/// `hyperaudio speakers`.
struct SpeakersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speakers", abstract: "Know people by their voices; correct who speaks in a run.",
        discussion: """
            Learn somebody from a programme that was diarized, and find him in others:

              hyperaudio diarize episode1.mp3
              hyperaudio speakers learn Anna --from episode1.mp3:Speaker_A
              hyperaudio batch episode*.mp3 --voice Anna=jf_alpha

            Voice prints stay on this machine, in a book that `speakers export` writes and `speakers forget` cleans.
            Learn only people who agree to it.

            Correct a run (docs/edits.md); the same `replace` again makes only what depends on it:

              hyperaudio speakers rename episode1.mp3 Speaker_A Anna
              hyperaudio speakers merge episode1.mp3 Speaker_A Speaker_C
            """,
        subcommands: [
            SpeakersLearnCommand.self, SpeakersListCommand.self, SpeakersFindCommand.self, SpeakersForgetCommand.self,
            SpeakersExportCommand.self, SpeakersImportCommand.self, SpeakersRenameCommand.self,
            SpeakersMergeCommand.self, SpeakersSplitCommand.self, SpeakersReassignCommand.self,
        ])
}
