import Files
import Foundation
import Testing

@Suite("Signing keys") struct SigningKeyTests {
    /// A key of somebody else.
    private let privateKey = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIEzNCJsoiJSWwPgLWh0rAgXXhwl6Yt36gdl+WCrJqm+7
        -----END PRIVATE KEY-----

        """

    private func file(_ text: String) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("key-\(UUID().uuidString).pem")
        try Data(text.utf8).write(to: file)
        return file
    }

    private func made() throws -> SigningKey {
        let seed = Data((1...32).map { UInt8($0) })
        let document = Data([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]) + seed
        let text = "-----BEGIN PRIVATE KEY-----\n\(document.base64EncodedString())\n-----END PRIVATE KEY-----\n"
        return try SigningKey(file(text))
    }

    @Test("A signature holds for its message and its key, and for nothing else")
    func signs() throws {
        let key = try made()
        let message = Data("what is synthetic".utf8)
        let signature = try key.sign(message)
        #expect(signature.count == 64)
        #expect(SigningKey.verify(signature, of: message, publicKey: key.publicKey))
        #expect(!SigningKey.verify(signature, of: message + Data([0]), publicKey: key.publicKey))
        var changed = signature
        changed[10] ^= 1
        #expect(!SigningKey.verify(changed, of: message, publicKey: key.publicKey))
        #expect(!SigningKey.verify(Data(), of: message, publicKey: key.publicKey))
        #expect(!SigningKey.verify(signature, of: message, publicKey: "no key"))
        let other = try SigningKey(file(privateKey))
        #expect(!SigningKey.verify(signature, of: message, publicKey: other.publicKey))
    }

    @Test("What is no key is refused with its name", arguments: ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
    func refused(text: String) throws {
        let file = try file(text)
        let error = #expect(throws: FileError.self) { try SigningKey(file) }
        #expect(error?.kind == .badData)
        #expect(
            #expect(throws: FileError.self) { try SigningKey(URL(fileURLWithPath: "/no/such/key")) }?.kind == .noInput)
    }
}
