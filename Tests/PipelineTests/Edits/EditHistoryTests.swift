import AudioCore
import Foundation
import Testing

@testable import Pipeline

/// Changes are written and taken back.
@Suite final class EditHistoryTests {
    private let home = FileManager.default.temporaryDirectory.appendingPathComponent("edits \(UUID())")
    private let first = Edit.take(.init(passage: 1, take: 2))
    private let second = Edit.take(.init(passage: 2, take: 3))

    deinit { try? FileManager.default.removeItem(at: home) }

    private func open() throws -> RunFolder {
        try RunFolder(
            input: URL(fileURLWithPath: "/x/talk.mp3"), digest: String(repeating: "a", count: 64), under: home)
    }

    @Test func everyChangeCanBeTakenBack() throws {
        let folder = try open()
        #expect(try folder.edits == Edits() && folder.undoEdits() == nil)
        try folder.write(Edits([first]))
        try folder.write(Edits([first, second]))
        try folder.write(Edits())
        #expect(try folder.undoEdits()?.changes == [first, second])
        #expect(try folder.edits.changes == [first, second])
        #expect(try folder.undoEdits()?.changes == [first])
        #expect(try folder.undoEdits()?.changes == [])
        #expect(try folder.undoEdits() == nil && folder.edits.changes.isEmpty)
    }

    @Test func whatWasWrittenByHandIsKeptToo() throws {
        let folder = try open()
        let hand = Data(#"{"version": 1, "lines": [{"passage": 3, "text": "by hand"}]}"#.utf8)
        try hand.write(to: folder.url.appendingPathComponent("edits.json"))
        try folder.write(Edits([first]))
        #expect(try folder.undoEdits()?.changes == [.line(.init(passage: 3, text: "by hand"))])
    }

    @Test func anInterruptedWritingDoesNotCountAsAChange() throws {
        let folder = try open()
        try folder.write(Edits([first]))
        // As if the process had died between keeping the old version and writing the new one.
        let history = folder.url.appendingPathComponent("edits.history")
        try FileManager.default.copyItem(
            at: folder.url.appendingPathComponent("edits.json"), to: history.appendingPathComponent("000002.json"))
        #expect(try folder.undoEdits()?.changes == [])
    }

    @Test func aDamagedFileIsMendedByTakingBack() throws {
        let folder = try open()
        try folder.write(Edits([first]))
        try folder.write(Edits([first, second]))
        try Data("{".utf8).write(to: folder.url.appendingPathComponent("edits.json"))
        #expect(throws: AudioError.self) { try folder.edits }
        #expect(try folder.undoEdits()?.changes == [first])
    }

    @Test func writingTheSameIsNoChange() throws {
        let folder = try open()
        try folder.write(Edits([first]))
        try folder.write(Edits([first]))
        #expect(try folder.undoCount == 1)
    }

    @Test func whatIsFirstHeardIsWhatLaterChangesLeaveAlone() throws {
        let folder = try open()
        try folder.write(Edits([first]))
        #expect(try folder.edits.basis == [first])
        try folder.write(Edits([first, second]))
        #expect(try folder.edits.basis == [first, second])
        #expect(try folder.undoEdits()?.basis == [first])
    }
}
