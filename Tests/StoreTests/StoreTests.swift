import AudioCore
import Foundation
import GRDB
import Pipeline
import Testing

@testable import Store

/// The database may be lost, damaged, shared or too new; results never depend on it.
@Suite struct StoreTests {
    @Test func aLostDatabaseIsAnEmptyOne() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        try JobQueue<String>(home.open()).add([.init(input: home.folder, output: home.file, work: "x")])
        for name in try FileManager.default.contentsOfDirectory(atPath: home.folder.path) {
            try FileManager.default.removeItem(at: home.folder.appendingPathComponent(name))
        }
        #expect(try JobQueue<String>(home.open()).jobs().isEmpty)
    }

    @Test func manyMayOpenANewDatabaseAtOnce() async throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let url = home.folder.appendingPathComponent("\(number)")
                    try JobQueue<Int>(home.open()).add([.init(input: url, output: url, work: number)])
                }
            }
            try await group.waitForAll()
        }
        #expect(try JobQueue<Int>(home.open()).jobs().count == 8)
    }

    @Test func whatIsNoDatabaseIsSaidInASentence() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        _ = try home.write(String(repeating: "This is no database. ", count: 400), to: "store.sqlite")
        let error = #expect(throws: AudioError.self) { try home.open() }
        #expect(error?.kind == .badData && error?.mend.contains("move it away") == true)
        let folder = #expect(throws: AudioError.self) { try Store(URL(fileURLWithPath: "/proc/no/store.sqlite")) }
        #expect(folder?.kind == .cannotCreate)
    }

    @Test func aNewerDatabaseIsNotTouched() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        try home.open().write { try $0.execute(sql: "PRAGMA user_version = 99") }
        let error = #expect(throws: AudioError.self) { try home.open() }
        #expect(error?.kind == .badData && error?.cause.contains("99") == true)
    }

    @Test func aWriteThatFailsLeavesNothingBehind() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let store = try home.open()
        #expect(throws: CancellationError.self) {
            try store.write { database in
                try database.execute(
                    sql: "INSERT INTO run (folder, stamp, facts) VALUES ('a', 'b', 'c')")
                throw CancellationError()
            }
        }
        #expect(try store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM run") } == 0)
    }
}

/// The list of runs is always what lies in the folder.
@Suite struct RunIndexTests {
    private func makeRun(_ name: String, in home: URL) throws -> URL {
        let folder = home.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let facts =
            #"{"inputPath": "/talks/\#(name).mp3", "inputDigest": "00", "knowledge": {}, "models": {}, "runtime": {}}"#
        try Data(facts.utf8).write(to: folder.appendingPathComponent("run.json"))
        return folder
    }

    @Test func itFollowsTheFolders() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let runs = home.folder.appendingPathComponent("runs")
        let index = RunIndex(try home.open())
        #expect(try index.runs(under: runs).isEmpty)
        let first = try makeRun("a-1", in: runs)
        _ = try makeRun("b-2", in: runs)
        try FileManager.default.createDirectory(
            at: runs.appendingPathComponent("no run"), withIntermediateDirectories: true)
        let listed = try index.runs(under: runs)
        #expect(Set(listed.map(\.name)) == ["a-1", "b-2"])
        #expect(listed.first { $0.name == "a-1" }?.input == "/talks/a-1.mp3")
        // A result that comes later counts.
        let stage = first.appendingPathComponent("stages/diarizer/key")
        try FileManager.default.createDirectory(at: stage, withIntermediateDirectories: true)
        try Data(count: 1 << 20).write(to: stage.appendingPathComponent("speech.wav"))
        let before = try #require(listed.first { $0.name == "a-1" }?.bytes)
        let after = try #require(try index.runs(under: runs).first { $0.name == "a-1" }?.bytes)
        #expect(after >= before + 1 << 20)
        // Nothing is lost with the database, and what is removed is no longer listed.
        let other = try TemporaryStore()
        defer { withExtendedLifetime(other) {} }
        #expect(try RunIndex(other.open()).runs(under: runs).count == 2)
        try FinishedRun(first).remove()
        #expect(try index.runs(under: runs).map(\.name) == ["b-2"])
        #expect(!FileManager.default.fileExists(atPath: first.path))
    }

    @Test func itTellsHowStartsEnded() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let index = RunIndex(try home.open())
        let folder = try makeRun("a-1", in: home.folder)
        #expect(try index.runs(under: home.folder).first?.history.begun == 0)
        // The fourth was killed while it wrote.
        let log = """
            {"what":"began"}
            {"what":"started","stage":"diarizer"}
            {"what":"failed","text":"Cannot write: the disk is full."}
            {"what":"began"}
            {"what":"interrupted"}
            {"what":"began"}
            {"what":"ended"}
            {"what":"began"}
            {"what":"fini
            """
        try Data(log.utf8).write(to: folder.appendingPathComponent("log.jsonl"))
        let history = try #require(try index.runs(under: home.folder).first?.history)
        #expect(history.begun == 4 && history.ended == 1 && history.interrupted == 1 && history.lost == 1)
        #expect(history.failures == ["Cannot write: the disk is full."])
    }

    @Test func aRunInWorkIsNotRemoved() throws {
        let home = try TemporaryStore()
        defer { withExtendedLifetime(home) {} }
        let folder = try makeRun("a-1", in: home.folder)
        let worker = try RunFolder(existing: folder)
        #expect(#expect(throws: AudioError.self) { try FinishedRun(folder).remove() }?.kind == .tryAgain)
        withExtendedLifetime(worker) {}
        #expect(FileManager.default.fileExists(atPath: folder.path))
    }
}
