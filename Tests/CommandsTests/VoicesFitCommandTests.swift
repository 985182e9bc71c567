import AudioCore
import Foundation
import Testing

@testable import Commands
@testable import Pipeline

/// What the shell is told about voices of people.
@Suite struct VoicesFitCommandTests {
    private func kind(_ arguments: String...) async -> AudioError.Kind? {
        await #expect(throws: AudioError.self) {
            var command = try HyperAudio.parseAsRoot(arguments)
            if let asynchronous = command as? VoicesFitCommand { return try await asynchronous.run() }
            try command.run()
        }?.kind
    }

    @Test func withoutConsentNothingIsLookedAt() async {
        // Not even whether the recording is there.
        #expect(await kind("voices", "fit", "me", "/nowhere/a.wav") == .notPermitted)
    }

    @Test func aVoiceThatIsNotThereCannotBeExported() async {
        #expect(await kind("voices", "export", "nobody-of-this-name") == .usage)
    }

    @Test func whatIsNoVoiceIsNotImported() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("no \(UUID().uuidString).voice")
        try Data("{}".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(await kind("voices", "import", file.path) == .badData)
        #expect(await kind("voices", "import", file.path + ".none") == .noInput)
    }

    @Test(arguments: [
        ["voices", "fit", "me"], ["voices", "fit", "me", "a.wav", "--self", "--consent", "c.txt"],
        ["replace", "a.wav", "--voice", "me.wav", "--strength", "much"],
    ])
    func whatCannotBeMeantIsAUsageError(_ arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try HyperAudio.parseAsRoot(arguments) }
        #expect(error.map { HyperAudio.exitCode(for: $0).rawValue } == 64)
    }

    @Test(
        arguments: [
            ("me.wav", nil, "me.wav"), ("Speaker_A=./me.flac", "Speaker_A", "./me.flac"), ("jf_alpha", nil, nil),
            ("Speaker_A=jf_alpha", "Speaker_A", nil),
        ] as [(String, String?, String?)])
    func aPathIsARecordingAndANameIsNot(_ argument: String, _ speaker: String?, _ path: String?) {
        let found = VoiceChoice.recording(in: argument)
        #expect(found?.path == path)
        if path != nil { #expect(found?.speaker?.name == speaker) }
    }
}
