import AudioCore
import Configuration
import Foundation
import Testing

@testable import Commands

/// Options as people type them.
@Suite struct ConfigurationCommandTests {
    private func settings(_ arguments: String...) throws -> Settings {
        let command = try #require(
            HyperAudio.parseAsRoot(["replace", "a.mp3", "--voice", "x"] + arguments)
                as? ReplaceCommand)
        return try command.run.settings(command.programme.flags + command.flags)
    }

    @Test func aFlagOfItsOwnWinsOverSetAndSetOverAPreset() throws {
        #expect(try settings().stages.synthesizer.overlap == .keep)
        let set = try settings("--preset", "draft", "--set", "recognizer.beams=7", "--set", "synthesizer.overlap=mute")
        #expect(set.stages.recognizer.recognition.beamSize == 7 && set.stages.synthesizer.overlap == .mute)
        #expect(!set.stages.synthesizer.restoresFillers)
        let both = try settings("--overlap", "replace", "--set", "synthesizer.overlap=mute", "--exact")
        #expect(both.stages.synthesizer.overlap == .replace && both.isExact)
        let known = try settings("--speakers", "2", "--language", "DE", "--set", "recognizer.prompt=a=b")
        #expect(
            known.knowledge.speakerCount == 2 && known.knowledge.language == "de" && known.knowledge.prompt == "a=b")
    }

    @Test func aFileIsReadWhereItIsNamed() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("settings \(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("my options.yaml")
        try Data("work-dir: runs\nsynthesizer: {pitch: source}\n".utf8).write(to: file)
        let found = try settings("--config", file.path)
        #expect(found.stages.synthesizer.pitch == .source)
        #expect(found.runsFolder.path == folder.appendingPathComponent("runs").path)
        #expect(try settings("--config", file.path, "--pitch", "own").stages.synthesizer.pitch == .own)
        let missing = #expect(throws: AudioError.self) { try settings("--config", file.path + "x") }
        #expect(missing?.kind == .noInput)
        try Data("synthesizer: {pitch: high}\n".utf8).write(to: file)
        #expect(#expect(throws: AudioError.self) { try settings("--config", file.path) }?.kind == .badData)
    }

    @Test(arguments: [
        "diarizer.speaker=2", "diarizer.speakers=two", "diarizer.speakers", "=2", "diarizer.joined-gap=3",
    ])
    func aWrongSetIsAUsageError(_ text: String) {
        let error = #expect(throws: AudioError.self) { try settings("--set", text) }
        #expect(error?.kind == .usage && error?.mend.isEmpty == false)
    }

    @Test func everyFlagOfTheCatalogueIsAFlagOfACommand() throws {
        let help =
            HyperAudio.helpMessage(for: ReplaceCommand.self, columns: 1000)
            + HyperAudio.helpMessage(for: TranscribeCommand.self, columns: 1000)
            + HyperAudio.helpMessage(for: StageRunCommand.self, columns: 1000)
        for option in OptionCatalogue.options {
            guard let flag = option.flag else { continue }
            #expect(help.contains(flag), "\(option.name)")
            #expect(help.contains(option.summary.dropLast()), "\(option.name)")
        }
    }
}
