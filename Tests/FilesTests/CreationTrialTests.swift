import Files
import Foundation
import Testing

@Suite struct CreationTrialTests {
    @Test func nothingIsLeftBehindAndNothingIsTouched() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("trial-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let old = folder.appendingPathComponent("old.wav")
        try Data("precious".utf8).write(to: old)
        try CreationTrial.run(old)
        try CreationTrial.run(folder.appendingPathComponent("new.wav"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["old.wav"])
        #expect(try Data(contentsOf: old) == Data("precious".utf8))
        // What a killed run left behind is no obstacle.
        try Data().write(to: CreationTrial.draft(of: old))
        try CreationTrial.run(old)
    }

    @Test(arguments: ["/proc/x.wav", "/no/such/folder/x.wav", "/dev/null/x.wav", "/tmp"])
    func whereNoFileCanBeAnErrorSaysSo(_ path: String) {
        let error = #expect(throws: FileError.self) { try CreationTrial.run(URL(fileURLWithPath: path)) }
        guard case .cannotCreate? = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
