import AudioCore
import Foundation
import Pipeline
import Testing

@testable import Configuration

private func file(_ text: String) throws -> ConfigurationFile {
    try ConfigurationFile(text, url: URL(fileURLWithPath: "/home/me/hyperaudio.yaml"))
}

private func flag(_ option: String, _ text: String) -> GivenOption {
    GivenOption(option: option, text: text, origin: .flag("--set"))
}

/// Where values come from, and which one wins.
@Suite struct ConfigurationTests {
    @Test func nothingSaidMeansTheStagesOwnDefaults() throws {
        let configuration = try Configuration(environment: ["PATH": "/bin", "HYPERAUDIO_MODELS": "/models"])
        #expect(configuration.settings == Settings())
        #expect(configuration.settings.stages == StageOptions())
        #expect(try configuration.settings.engines.changes.isEmpty)
        #expect(OptionCatalogue.options.allSatisfy { configuration.origin(of: $0) == .standard })
    }

    @Test func laterPlacesWin() throws {
        let option = try #require(OptionCatalogue.option("recognizer.beams"))
        let written = try file("preset: draft\nrecognizer:\n  beams: 3\n")
        let variable = "HYPERAUDIO_RECOGNIZER_BEAMS"
        func beams(_ file: ConfigurationFile?, _ environment: [String: String], _ flags: [GivenOption]) throws
            -> (Int, Origin)
        {
            let configuration = try Configuration(file: file, environment: environment, flags: flags)
            return (configuration.settings.stages.recognizer.recognition.beamSize, configuration.origin(of: option))
        }
        #expect(try beams(nil, [:], []) == (5, .standard))
        #expect(try beams(file("preset: draft"), [:], []) == (1, .preset(.draft)))
        #expect(try beams(written, [:], []) == (3, .file(written.url, line: 3)))
        #expect(try beams(written, [variable: "4"], []) == (4, .environment(variable)))
        #expect(try beams(written, [variable: "4"], [flag(option.name, "6")]) == (6, .flag("--set")))
        #expect(
            try beams(
                written, [:], [flag(option.name, "6"), .init(option: option.name, text: "7", origin: .flag("-b"))])
                == (7, .flag("-b")))
    }

    @Test func aPresetNamedLaterReplacesTheOneNamedEarlierAsAWhole() throws {
        let configuration = try Configuration(
            file: file("preset: draft"), environment: ["HYPERAUDIO_PRESET": "best"])
        #expect(configuration.preset == .best)
        #expect(configuration.settings.stages.synthesizer.restoresFillers)
        #expect(configuration.settings.engines.whisper.patience == 2)
    }

    @Test func everyPresetButTheDefaultChangesWhatIsMade() throws {
        for preset in Preset.allCases {
            let configuration = try Configuration(flags: [flag("preset", preset.rawValue)])
            #expect((configuration.settings == Settings()) == (preset == .balanced))
            for (name, _) in preset.values {
                let option = try #require(OptionCatalogue.option(name))
                #expect(configuration.origin(of: option) == .preset(preset))
                #expect(option.text(in: configuration.settings) != option.standard, "\(preset): \(name) is the default")
            }
        }
    }

    @Test func aWordForNothingUndoesWhatWasSaidBefore() throws {
        let configuration = try Configuration(
            file: file("{diarizer.speakers: 3, recognizer: {language: DE, prompt: Müller}}"),
            flags: [flag("diarizer.speakers", "auto")])
        #expect(configuration.settings.knowledge == ProgrammeKnowledge(language: "de", prompt: "Müller"))
    }

    @Test func whatTunesAModelIsInTheKeysOfItsStageOnly() throws {
        func changes(_ option: String, _ text: String) throws -> [StageName] {
            Array(try Configuration(flags: [flag(option, text)]).settings.engines.changes.keys)
        }
        #expect(try changes("recognizer.patience", "2") == [.recognizer])
        #expect(try changes("report.quality-hop", "1 s") == [.report])
        #expect(try changes("recognizer.beams", "2") == [])
        // What is set to its default is no change.
        #expect(try changes("recognizer.retries", "5") == [])
    }
}

/// What is wrong is said in one sentence, with the place and the right name.
@Suite struct ConfigurationErrorTests {
    private func refusal(_ make: () throws -> Configuration) -> AudioError? {
        #expect(throws: AudioError.self) { _ = try make() }
    }

    @Test(arguments: [
        ("synthesizer:\n  overlop: keep\n", "line 2", "did you mean synthesizer.overlap"),
        ("overlap: keep", "no option \"overlap\"", "did you mean synthesizer.overlap"),
        ("recognizer.overlap: keep", "no option", "did you mean synthesizer.overlap"),
        ("syntesizer:\n  overlap: keep\n", "no option stands under \"syntesizer\"", "did you mean synthesizer"),
        ("colour: blue", "no option \"colour\"", "config reference"),
        ("preset: brilliant", "no preset \"brilliant\"", "draft, balanced, best"),
        ("preset: drafts", "no preset", "did you mean draft"),
        (
            "diarizer:\n  joined-gap: 0.5\n", "line 2: \"0.5\" is no value of diarizer.joined-gap: it has no unit",
            "0.5 s"
        ),
        ("diarizer.joined-gap: 3 dB", "no number with a unit of this option", "a time"),
        ("diarizer.joined-gap: 1 h", "out of range", "0 to 10 s"),
        ("threads: 0", "out of range", "1 to 1024, or auto (one for each core)"),
        ("threads: 2 s", "no whole number", "whole number"),
        ("threads: 1.5", "no whole number", "whole number"),
        ("synthesizer.restore-fillers: 1", "neither true nor false", "true or false"),
        ("synthesizer.restore-fillers: yes", "neither true nor false", "true or false"),
        ("synthesizer.overlap: loud", "no such choice", "keep, replace or mute"),
        ("synthesizer.overlap: [keep]", "no single value", "keep, replace or mute"),
        ("synthesizer.overlap: {keep: true}", "no single value", "keep, replace or mute"),
        ("synthesizer: mute", "no option \"synthesizer\"", "config reference"),
        ("threads:", "no whole number", "1 to 1024"),
        ("recognizer.language: ''", "it is empty", "auto"),
        ("recognizer.least-log-probability: .nan", "no number", "-20 to 0"),
        ("diarizer.least-share: nan", "out of range", "0 to 1"),
        ("threads: 2\nthreads: 3\n", "threads is there twice", "mend its form"),
        ("threads: 2\n'threads': 3\n", "threads is there twice", "mend its form"),
        ("diarizer: {speakers: 2}\ndiarizer.speakers: 3\n", "set a second time", "leave one"),
        ("- threads", "no list of `option: value`", "diarizer.speakers: 2"),
        ("threads: [", "it is no YAML", "mend its form"),
        ("just words", "no list of `option: value`", "write for instance"),
    ])
    func aFaultInTheFileIsBadData(_ text: String, _ cause: String, _ mend: String) throws {
        let error = try #require(refusal { try Configuration(file: file(text)) })
        #expect(error.kind == .badData && error.subject == "/home/me/hyperaudio.yaml")
        #expect(error.cause.contains(cause), "\(error)")
        #expect(error.mend.contains(mend), "\(error)")
        #expect(!error.description.contains("\n"))
    }

    @Test func aFaultElsewhereIsAUsageError() throws {
        let variable = try #require(refusal { try Configuration(environment: ["HYPERAUDIO_THREDS": "2"]) })
        #expect(variable.kind == .usage && variable.subject == "$HYPERAUDIO_THREDS")
        #expect(variable.mend == "did you mean HYPERAUDIO_THREADS")
        let value = try #require(refusal { try Configuration(environment: ["HYPERAUDIO_THREADS": "two"]) })
        #expect(value.kind == .usage && value.cause.contains("\"two\" is no value of threads"))
        let option = try #require(refusal { try Configuration(flags: [flag("thread", "2")]) })
        #expect(option.kind == .usage && option.mend == "did you mean threads")
        // One that is overruled is a slip of the pen all the same.
        let earlier = try #require(
            refusal { try Configuration(file: file("threads: x"), environment: ["HYPERAUDIO_THREADS": "2"]) })
        #expect(earlier.kind == .badData)
    }

    @Test func aFileThatWasNamedMustBeThere() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("configuration \(UUID())")
        let user = folder.appendingPathComponent("user")
        try FileManager.default.createDirectory(at: user, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try ConfigurationFile.found(named: nil, in: folder, user: user) == nil)
        let error = #expect(throws: AudioError.self) {
            _ = try ConfigurationFile.found(named: "mine.yaml", in: folder, user: user)
        }
        #expect(error?.kind == .noInput)
        func write(_ threads: Int, _ url: URL) throws { try Data("threads: \(threads)".utf8).write(to: url) }
        func threads(_ named: String?) throws -> String? {
            try ConfigurationFile.found(named: named, in: folder, user: user)?.assignments.first?.text
        }
        try write(1, user.appendingPathComponent("hyperaudio.yaml"))
        #expect(try threads(nil) == "1")
        try write(2, folder.appendingPathComponent("hyperaudio.yaml"))
        #expect(try threads(nil) == "2")
        try write(3, folder.appendingPathComponent("mine.yaml"))
        #expect(try threads("mine.yaml") == "3")
        try Data([0xFF, 0xFE, 0x00]).write(to: folder.appendingPathComponent("mine.yaml"))
        #expect(#expect(throws: AudioError.self) { _ = try threads("mine.yaml") }?.kind == .badData)
    }
}
