import Files
import Foundation
import Testing

/// Files and folders that appear whole or not at all.
@Suite final class WholeFolderTests {
    private let home = FileManager.default.temporaryDirectory.appendingPathComponent("whole \(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: home) }

    private var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: home.path) } }

    @Test func aWriteThatFailsLeavesNothing() throws {
        // A folder stands where the file should go.
        let target = home.appendingPathComponent("taken")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
        let error = #expect(throws: FileError.self) { try WholeFolder.write(Data("new".utf8), to: target) }
        #expect(error?.url == target)
        #expect(try names == ["taken"])
    }

    @Test func aPlaceThatIsNoneCannotBeWrittenTo() {
        let error = #expect(throws: FileError.self) {
            try WholeFolder.write(Data(), to: home.appendingPathComponent("none/file"))
        }
        #expect(error?.kind == .cannotCreate)
    }

    @Test func aFullDiskIsSaidWithItsRemedy() {
        let error = FileError(.inputOutput, home, "write", String(cString: strerror(ENOSPC)))
        #expect(error.description.hasSuffix("No space left on device; make room there and run the same command again."))
        #expect(FileError(.badData, home, "read", "it is no file").description.hasSuffix("it is no file."))
    }

    @Test func aFolderThatIsNotFilledIsNotThere() throws {
        struct Trouble: Error {}
        let target = home.appendingPathComponent("result")
        #expect(throws: Trouble.self) {
            try WholeFolder.create(target) { draft in
                try Data("half".utf8).write(to: draft.appendingPathComponent("file"))
                throw Trouble()
            }
        }
        #expect(try names.isEmpty)
    }
}
