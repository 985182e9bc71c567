import AudioCore
import Foundation
import Testing

@testable import Commands

/// Nothing that is there is lost by writing, unless that is wanted; what is read never.
@Suite struct OutputOptionsTests {
    @Test func whatExistsIsOverwrittenOnlyByForce() throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("outputs \(UUID())")
        defer { try? FileManager.default.removeItem(at: home) }
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let file = home.appendingPathComponent("talk.wav")
        let (careful, forced) = try (OutputOptions.parse([]), OutputOptions.parse(["--force"]))
        #expect(try careful.file(file.path) == file)
        try Data("sound".utf8).write(to: file)
        let refusal = #expect(throws: AudioError.self) { try careful.file(file.path) }
        #expect(refusal?.kind == .cannotCreate && refusal?.mend.contains("--force") == true)
        #expect(try forced.file(file.path) == file)
        let link = home.appendingPathComponent("link.wav")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        for source in [file, link] {
            #expect(throws: AudioError.self) { try forced.file(file.path, from: ["other", source.path]) }
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == "sound")
    }
}
