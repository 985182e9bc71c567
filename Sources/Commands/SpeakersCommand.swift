import ArgumentParser

/// `hyperaudio speakers`.
struct SpeakersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speakers", abstract: "Know people by their voices.",
        discussion: """
            Learn somebody from a programme that was diarized, and find him in others:

              hyperaudio diarize episode1.mp3
              hyperaudio speakers learn Anna --from episode1.mp3:Speaker_A
              hyperaudio batch episode*.mp3 --voice Anna=jf_alpha

            Voice prints stay on this machine, in a book that `speakers export` writes and `speakers forget` cleans.
            Learn only people who agree to it.
            """,
        subcommands: [
            SpeakersLearnCommand.self,
            SpeakersListCommand.self,
            SpeakersFindCommand.self,
            SpeakersForgetCommand.self,
            SpeakersExportCommand.self,
            SpeakersImportCommand.self,
        ])
}
