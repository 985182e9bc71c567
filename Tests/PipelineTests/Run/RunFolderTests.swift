import AudioCore
import Foundation
import Testing

@testable import Files
@testable import Pipeline

@Suite struct RunFolderTests {
    private let home = FileManager.default.temporaryDirectory.appendingPathComponent("run folder \(UUID())")

    private func open() throws -> RunFolder {
        try RunFolder(
            input: URL(fileURLWithPath: "Gespräch 1.mp3"), digest: String(repeating: "a1", count: 32), under: home)
    }

    @Test func aFinishedResultIsFoundAndNotMadeAgain() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let folder = try open()
        let first: Checkpoint<[Int]> = try folder.result(of: .diarizer, key: "k") { draft in
            try Data("x".utf8).write(to: draft.appendingPathComponent("file"))
            return [1, 2]
        }
        let second: Checkpoint<[Int]> = try folder.result(of: .diarizer, key: "k") { _ in
            Issue.record("it was made a second time")
            return []
        }
        #expect(!first.cached && second.cached)
        #expect(second.product == [1, 2])
        #expect(FileManager.default.fileExists(atPath: second.folder.appendingPathComponent("file").path))
    }

    @Test func aResultThatFailedLeavesNothingBehind() throws {
        struct Failure: Error {}
        defer { try? FileManager.default.removeItem(at: home) }
        let folder = try open()
        #expect(throws: Failure.self) {
            let _: Checkpoint<Int> = try folder.result(of: .separator, key: "k") { draft in
                try Data("half".utf8).write(to: draft.appendingPathComponent("vocals.wav"))
                throw Failure()
            }
        }
        let left = try FileManager.default.contentsOfDirectory(
            atPath: folder.url.appendingPathComponent("stages/separator").path)
        #expect(left.isEmpty)
    }

    @Test func aDraftOfAKilledProcessIsNotTakenForAResult() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let folder = try open()
        let draft = folder.url.appendingPathComponent("stages/separator/.draft-k")
        try FileManager.default.createDirectory(at: draft, withIntermediateDirectories: true)
        try Data("half".utf8).write(to: draft.appendingPathComponent("vocals.wav"))
        let made: Checkpoint<Int> = try folder.result(of: .separator, key: "k") { draft in
            let found = try FileManager.default.contentsOfDirectory(atPath: draft.path)
            #expect(found.isEmpty)
            return 7
        }
        #expect(made.product == 7 && !made.cached)
    }

    @Test func aDamagedResultIsMadeAgain() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let folder = try open()
        let first: Checkpoint<Int> = try folder.result(of: .diarizer, key: "k") { _ in 1 }
        try Data("{\"product\": ".utf8).write(to: first.folder.appendingPathComponent("result.json"))
        let second: Checkpoint<Int> = try folder.result(of: .diarizer, key: "k") { _ in 2 }
        #expect(second.product == 2)
    }

    @Test func whateverIsDamagedIsFoundByItsDigest() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let folder = try open()
        var made = 0
        func result() throws -> Checkpoint<[Double]> {
            try folder.result(of: .separator, key: "k") { draft in
                made += 1
                try Data(repeating: 7, count: 100_000).write(to: draft.appendingPathComponent("vocals.wav"))
                return [0.1, 1.0 / 3, 6.02e23, 4]
            }
        }
        let place = try result().folder
        let vocals = place.appendingPathComponent("vocals.wav")
        let note = place.appendingPathComponent("result.json")
        #expect(try result().cached && made == 1)
        // The same bytes with another date, as after copying a run folder, are as good.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: vocals.path)
        #expect(try result().cached && made == 1)
        // One wrong byte.
        var bytes = try Data(contentsOf: vocals)
        bytes[50_000] = 8
        try bytes.write(to: vocals)
        #expect(try !result().cached && made == 2)
        #expect(try Data(contentsOf: vocals)[50_000] == 7)
        // A shortened file, a missing one, and a digit changed in what was found.
        try bytes.prefix(99_999).write(to: vocals)
        #expect(try !result().cached && made == 3)
        try FileManager.default.removeItem(at: vocals)
        #expect(try !result().cached && made == 4)
        let text = try String(contentsOf: note, encoding: .utf8)
        #expect(text.contains("6.02e+23"))
        try text.replacing("6.02e+23", with: "6.03e+23").write(to: note, atomically: true, encoding: .utf8)
        #expect(try !result().cached && made == 5)
        #expect(try result().cached && made == 5)
    }

    @Test func aPeakBeforeAMeteredPieceCountsForTheStage() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let folder = try open()
        let held = 256 << 20
        let made: Checkpoint<Int> = try folder.result(of: .synthesizer, key: "stage") { _ in
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: held, alignment: 1 << 16)
            bytes.initializeMemory(as: UInt8.self, repeating: 1)
            let sum = stride(from: 0, to: held, by: 4096).reduce(0) { $0 + Int(bytes[$1]) }
            bytes.deallocate()
            // Other tests of this process hold memory, too.
            let others = try residentBytes()
            let piece: Checkpoint<Int> = try folder.result(of: .synthesizer, key: "piece") { _ in sum }
            #expect(piece.cost.peakMemoryBytes < others + held / 2)
            return piece.product
        }
        #expect(made.product == held / 4096)
        #expect(made.cost.peakMemoryBytes >= held)
    }

    private func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(fields.count > 1 ? Int(fields[1]) : nil) * Int(getpagesize())
    }

    @Test func twoProcessesCannotWorkInOneFolder() throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let first = try open()
        let error = #expect(throws: AudioError.self) { _ = try open() }
        #expect(error?.kind == .tryAgain)
        withExtendedLifetime(first) {}
    }

    @Test func everyThingThatMattersChangesTheKey() throws {
        func key(
            input: String = "i", version: Int = 1, options: [String: Int] = ["a": 1],
            models: [String: String] = ["m": "1"],
            runtime: [String: String] = ["threads": "2"], upstream: [String] = ["u"], edits: String = ""
        ) throws -> String {
            try CheckpointKey(
                input: input, stage: .diarizer, version: version, options: options, models: models, runtime: runtime,
                upstream: upstream, edits: edits
            ).digest
        }
        let keys = try [
            key(), key(input: "j"), key(version: 2), key(options: ["a": 2]), key(models: ["m": "2"]),
            key(runtime: ["threads": "1"]), key(upstream: ["v"]), key(edits: "e"),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(try key() == key())
    }
}
