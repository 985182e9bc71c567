import AudioCore
import Files
import Foundation
import Testing

@testable import Commands
@testable import Pipeline

/// What people type, and what the shell is told.
@Suite struct CommandLineTests {
    private func code(_ arguments: String...) -> Int32? {
        do {
            _ = try HyperAudio.parseAsRoot(arguments)
            return nil
        } catch {
            return HyperAudio.exitCode(for: error).rawValue
        }
    }

    @Test func whatCannotBeMeantIsAUsageError() {
        #expect(code("replace", "a.mp3") == 64)
        #expect(code("replace", "--voice", "jf_alpha") == 64)
        #expect(code("replace", "a.mp3", "--voice", "x", "--speakers", "0") == 64)
        #expect(code("replace", "a.mp3", "--voice", "x", "--threads", "0") == 64)
        #expect(code("replace", "a.mp3", "--voice", "x", "--overlap", "loud") == 64)
        #expect(code("replace", "a.mp3", "--target-speaker", "Speaker_A") == 64)
        #expect(code("nothing") == 64)
        #expect(code("replace", "a.mp3", "--voice", "x") == nil)
        #expect(code("--version") == 0)
    }

    @Test(arguments: [
        (["replace"], "missing expected argument '<input>'"),
        (["replace", "a.mp3"], "no voice was named"),
        (["replace", "a.mp3", "--voice"], "missing value for '--voice <[speaker=]voice>'"),
        (["replace", "a.mp3", "--voice", "x", "--forse"], "unknown option '--forse'; did you mean '--force'"),
        (["replace", "a.mp3", "b.mp3", "--voice", "x"], "unexpected argument 'b.mp3'"),
        (["replace", "a.mp3", "--voice", "x", "--speakers", "two"], "the value 'two' is invalid for '--speakers <n>'"),
        (
            ["replace", "a.mp3", "--voice", "x", "--overlap", "loud"],
            "the value 'loud' is invalid for '--overlap <overlap>'; please provide one of 'keep', 'replace'"
        ),
        (["replace", "a.mp3", "--voice", "x", "--threads", "0"], "--threads must be 1 or more"),
        (["transcribe", "a.mp3", "--format", "doc"], "please provide one of 'txt', 'srt', 'vtt'"),
        (["nothing"], "unexpected argument 'nothing'"),
        (["voices", "install", "--frm", "x"], "unknown option '--frm'; did you mean '--from'"),
    ])
    func badArgumentsAreOneSentenceWithAHint(_ arguments: [String], _ expected: String) throws {
        let error = try #require(#expect(throws: (any Error).self) { try HyperAudio.parseAsRoot(arguments) })
        let sentence = UsageSentence(error).text
        #expect(sentence.contains(expected), "\(sentence)")
        #expect(sentence.hasPrefix("Cannot understand the command: ") && sentence.hasSuffix("--help` explains it."))
        #expect(!sentence.contains("\n") && !sentence.contains("Usage:") && !sentence.contains(". "), "\(sentence)")
    }

    @Test func everyKindOfFailureHasItsCode() {
        let url = URL(fileURLWithPath: "/a/b")
        #expect(AudioError.Kind.usage.rawValue == 64 && AudioError.Kind.unavailable.rawValue == 69)
        #expect(FileError(.noInput, url, "read", "x").exitKind.rawValue == 66)
        #expect(FileError(.badData, url, "read", "x").exitKind.rawValue == 65)
        #expect(FileError(.cannotCreate, url, "write", "x").exitKind.rawValue == 73)
        #expect(FileError(.inputOutput, url, "write", "x").exitKind.rawValue == 74)
        #expect(FileError(.busy, url, "use", "x").exitKind.rawValue == 75)
        #expect(Program.report(CancellationError()) == 130)
        #expect(Program.report(AudioError(.badData, operation: "read", subject: "x", cause: "y")) == 65)
        #expect(Program.report(CocoaError(.fileWriteOutOfSpace)) == 70)
        #expect(Program.report(FileError(.busy, url, "use", "x")) == 75)
    }

    @Test func anInputMustBeAFileThatIsThere() {
        let folder = FileManager.default.temporaryDirectory.path
        #expect(#expect(throws: AudioError.self) { try inputFile(folder) }?.kind == .noInput)
        #expect(#expect(throws: AudioError.self) { try inputFile("\(folder)/no such file.mp3") }?.kind == .noInput)
    }

    @Test func theSystemsReasonsAreWordsAndNotNumbers() throws {
        let missing = URL(fileURLWithPath: "/no/such/folder/file")
        let error = #expect(throws: (any Error).self) { try Data("x".utf8).write(to: missing) }
        let reason = FileError.reason(try #require(error))
        #expect(!reason.contains("NSCocoaErrorDomain") && !reason.hasSuffix(".") && !reason.isEmpty)
    }
}

/// Which run `hyperaudio report` means.
@Suite struct ReportCommandTests {
    @Test func aRunIsNamedByItsFolderOrItsName() throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("runs \(UUID())")
        defer { try? FileManager.default.removeItem(at: home) }
        let empty = #expect(throws: AudioError.self) { try RunHome(home).folder(of: "a-1") }
        #expect(empty?.kind == .noInput && empty?.mend.contains("replace") == true)
        for name in ["a-1", "b-2"] {
            let folder = home.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: folder.appendingPathComponent("run.json"))
        }
        #expect(try RunHome(home).folder(of: "b-2").lastPathComponent == "b-2")
        #expect(
            try RunHome(home).folder(of: home.appendingPathComponent("a-1").path).lastPathComponent
                == "a-1")
        let unknown = #expect(throws: AudioError.self) { try RunHome(home).folder(of: "c-3") }
        #expect(unknown?.mend.contains("a-1, b-2") == true)
    }
}
