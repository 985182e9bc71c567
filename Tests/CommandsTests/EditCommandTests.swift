import AudioCore
import Files
import Foundation
import Testing

@testable import Commands
@testable import Pipeline

/// What people type to change a run.
@Suite struct EditCommandTests {
    private func sentence(_ arguments: String) -> String? {
        do {
            _ = try HyperAudio.parseAsRoot(arguments.split(separator: " ").map(String.init))
            return nil
        } catch { return UsageSentence(error).text }
    }

    @Test(arguments: [
        "transcript export a.mp3 -o a.csv", "transcript import a.mp3 a.srt --format srt", "transcript export a.mp3",
        "speakers rename a.mp3 Speaker_A Anna", "speakers merge a.mp3 Speaker_A Speaker_C Speaker_D",
        "speakers split a.mp3 Speaker_A --turns 3,5,7", "speakers split a.mp3 Speaker_A --from 12.5 --to 1:30",
        "speakers reassign a.mp3 --turn 12 --to Speaker_B",
        "speakers reassign a.mp3 --from 1:12.5 --until 1:14 --to Speaker_B --of Speaker_A",
        "edits a.mp3", "edits show a.mp3 --json", "edits undo a.mp3", "edits clear a.mp3 --work-dir x",
        "edits move a.mp3 --turn 3 --from 1:02:03.5", "edits take a.mp3 --turn 3,4 --take 2",
        "edits keep a.mp3 --from 1 --to 2 --label laugh", "edits mute a.mp3 --from 1 --until 2 --speaker Anna",
        "edits replace a.mp3 --from 0 --to 0:01.5", "project export a.mp3 -o x --for reaper --format flac",
    ])
    func isUnderstood(_ arguments: String) { #expect(sentence(arguments) == nil) }

    @Test(arguments: [
        ("speakers split a.mp3 Speaker_A", "say which: --turns 3,5,7, or a stretch with --from"),
        ("speakers split a.mp3 Speaker_A --turns 3 --from 4", "--turns and --from do not go together"),
        ("speakers split a.mp3 Speaker_A --turns 3,x", "--turns takes numbers"),
        ("speakers split a.mp3 Speaker_A --turns 3,", "--turns takes numbers"),
        ("speakers split a.mp3 Speaker_A --from 12", "needs --from and --to"),
        ("speakers split a.mp3 Speaker_A --from 12 --to 3", "--to must be later than --from"),
        ("speakers merge a.mp3 Speaker_A", "missing expected argument"),
        ("speakers reassign a.mp3 --turn 3", "missing expected argument '--to <speaker>'"),
        ("speakers reassign a.mp3 --from 3 --to Speaker_B", "needs --from and --until"),
        ("edits move a.mp3 --turn 3", "say where the turn begins"),
        ("edits keep a.mp3 --from soon --to 3", "the value 'soon' is invalid for '--from <time>'"),
        ("edits keep a.mp3 --from 1:0x --to 3", "the value '1:0x' is invalid"),
        ("edits keep a.mp3 --from -1 --to 3", "--from"),
        ("project export a.mp3 -o x --for cubase", "please provide one of 'audacity' and 'reaper'"),
        ("transcript import a.mp3 a.doc --format doc", "please provide one of 'json', 'srt', 'vtt'"),
    ])
    func whatCannotBeMeantIsOneSentence(_ arguments: String, _ expected: String) throws {
        let sentence = try #require(self.sentence(arguments))
        #expect(sentence.contains(expected), "\(sentence)")
        #expect(!sentence.contains("\n") && sentence.hasSuffix("explains it."))
    }

    @Test func timesAreSecondsOrMinutes() {
        #expect(Timecode.seconds("83.4") == 83.4 && Timecode.seconds("1:23.4") == 83.4)
        #expect(Timecode.seconds("1:02:03") == 3723 && Timecode.seconds("0") == 0)
        for text in ["", "-1", "1:-2", "x", "nan", "inf", "1:2:3:4", ":", "+1", "1e400"] {
            #expect(Timecode.seconds(text) == nil, "\(text)")
        }
    }

    @Test func aRunIsFoundByItsProgramme() throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("runs \(UUID())")
        defer { try? FileManager.default.removeItem(at: home) }
        let runs = home.appendingPathComponent("runs")
        let input = home.appendingPathComponent("talk.mp3")
        try FileManager.default.createDirectory(at: runs, withIntermediateDirectories: true)
        try Data("sound".utf8).write(to: input)
        func argument(_ run: String) throws -> RunArgument { try RunArgument.parse([run, "--work-dir", runs.path]) }
        let none = #expect(throws: AudioError.self) { try argument(input.path).folder() }
        #expect(none?.kind == .noInput && none?.mend.contains("hyperaudio replace") == true)

        let digest = try Digest.ofFile(input)
        let folder = runs.appendingPathComponent("talk-\(digest.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let facts = RunFacts(
            inputPath: input.path, inputDigest: digest, knowledge: ProgrammeKnowledge(), models: [:], runtime: [:])
        try CanonicalJSON.encode(facts).write(to: folder.appendingPathComponent("run.json"))
        #expect(try argument(input.path).folder().lastPathComponent == folder.lastPathComponent)
        #expect(try argument(folder.path).folder().lastPathComponent == folder.lastPathComponent)
        #expect(try argument(folder.lastPathComponent).folder().lastPathComponent == folder.lastPathComponent)
        // A copy of another name is the same programme.
        let copy = home.appendingPathComponent("other name.mp3")
        try FileManager.default.copyItem(at: input, to: copy)
        #expect(try argument(copy.path).folder().lastPathComponent == folder.lastPathComponent)
        try Data("other".utf8).write(to: copy)
        #expect(#expect(throws: AudioError.self) { try argument(copy.path).folder() }?.kind == .noInput)
    }
}
