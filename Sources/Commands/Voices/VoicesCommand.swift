import ArgumentParser

/// `hyperaudio voices`.
struct VoicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voices", abstract: "List, install, hear, compare, choose, mix and make voices.",
        subcommands: [
            VoicesListCommand.self, VoicesInstallCommand.self, VoicesPreviewCommand.self, VoicesCompareCommand.self,
            VoicesSuggestCommand.self, VoicesMixCommand.self, VoicesFitCommand.self, VoicesExportCommand.self,
            VoicesImportCommand.self,
        ], defaultSubcommand: VoicesListCommand.self)
}
