import AudioCore
import Files
import Foundation
import Testing

@testable import Pipeline

@Suite("Provenance") struct ProvenanceTests {
    private func statement() -> ProvenanceStatement {
        ProvenanceStatement(
            program: "Hyper Audio 1", inputSHA256: "aa", models: ["kokoro": "bb"],
            intervals: [
                .init(
                    start: 1, end: 2.5, speaker: SpeakerID("Speaker_A"), voice: "tone", voiceDigest: "cc",
                    origin: VoiceOrigin())
            ], isMarked: true, sentence: "Contains synthetic speech.")
    }

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("provenance-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func key(_ seed: UInt8, in folder: URL) throws -> (key: SigningKey, publicKey: URL) {
        let document =
            Data([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20])
            + Data(repeating: seed, count: 32)
        let file = folder.appendingPathComponent("key\(seed).pem")
        try Data("-----BEGIN PRIVATE KEY-----\n\(document.base64EncodedString())\n-----END PRIVATE KEY-----\n".utf8)
            .write(to: file)
        let key = try SigningKey(file)
        let publicKey = folder.appendingPathComponent("public\(seed).pem")
        try Data(key.publicKey.utf8).write(to: publicKey)
        return (key, publicKey)
    }

    @Test("A signed statement holds until a word of it is changed, whatever the file's white space")
    func signed() throws {
        let folder = try folder()
        let (key, _) = try key(7, in: folder)
        let sidecar = try ProvenanceSidecar(statement(), outputSHA256: "dd", key: key)
        let file = folder.appendingPathComponent("a.provenance.json")
        try CanonicalJSON.pretty(sidecar).write(to: file)
        let read = try ProvenanceSidecar(file)
        #expect(read == sidecar)
        #expect(try read.isSigned(by: nil) == true)
        #expect(try read.isSigned(by: self.key(8, in: folder).key.publicKey) == false)
        var changed = read
        changed.statement.intervals[0].end = 2
        #expect(try changed.isSigned(by: nil) == false)
        changed = read
        changed.outputSHA256 = "ee"
        #expect(try changed.isSigned(by: nil) == false)
        #expect(try ProvenanceSidecar(statement(), outputSHA256: "dd", key: nil).isSigned(by: nil) == nil)
    }

    @Test("A statement of nothing leaves no tags; another names its own digest")
    func tags() throws {
        var statement = statement()
        #expect(try statement.tags["synthetic_speech"]?.contains(statement.digest) == true)
        #expect(try statement.tags["synthetic_speech"]?.hasPrefix("1 intervals, 1.5 s") == true)
        statement.intervals = []
        #expect(try statement.tags.isEmpty)
    }

    @Test("What is no statement is refused in a sentence")
    func refused() throws {
        let file = try folder().appendingPathComponent("x.json")
        try Data("{}".utf8).write(to: file)
        #expect(#expect(throws: AudioError.self) { try ProvenanceSidecar(file) }?.kind == .badData)
        #expect(throws: FileError.self) { try ProvenanceSidecar(URL(fileURLWithPath: "/no/such.json")) }
    }
}
