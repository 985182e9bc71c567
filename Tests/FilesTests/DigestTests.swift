import Foundation
import Testing

@testable import Files

@Suite struct DigestTests {
    /// The examples of FIPS 180-4.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func knownDigests(_ text: String, _ digest: String) { #expect(Digest.of(text) == digest) }

    @Test func aFileReadInPiecesHasTheDigestOfItsBytes() throws {
        let bytes = Data((0..<9_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
        try bytes.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try Digest.ofFile(file) == Digest.of(bytes))
    }
}
