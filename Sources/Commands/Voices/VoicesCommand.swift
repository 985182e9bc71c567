import ArgumentParser

/// `hyperaudio voices`.
struct VoicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voices", abstract: "List, install, hear, compare, choose and mix voices.",
        subcommands: [
            VoicesListCommand.self, VoicesInstallCommand.self, VoicesPreviewCommand.self, VoicesCompareCommand.self,
            VoicesSuggestCommand.self, VoicesMixCommand.self,
        ], defaultSubcommand: VoicesListCommand.self)
}
