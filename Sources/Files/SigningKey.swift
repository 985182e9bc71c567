import CCrypto
import Foundation

/// An Ed25519 key to sign with, read from a PEM file as `openssl genpkey -algorithm ed25519` makes it.
///
/// @unchecked Sendable: libcrypto only reads the key after `init`.
public final class SigningKey: @unchecked Sendable {
    private let key: OpaquePointer
    private let file: URL
    /// PEM.
    public let publicKey: String

    public init(_ file: URL) throws {
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw FileError(.noInput, file, "read", FileError.reason(error))
        }
        let read = Self.withMemory(data) { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in 0 }, nil) }
        guard let key = read else {
            throw FileError(.badData, file, "read", "it holds no private key without a password (PEM)")
        }
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519, let text = Self.publicText(key) else {
            EVP_PKEY_free(key)
            throw FileError(.badData, file, "read", "its key is not of the kind Ed25519")
        }
        self.key = key
        self.file = file
        publicKey = text
    }

    deinit { EVP_PKEY_free(key) }

    /// - Returns: the signature, 64 bytes.
    public func sign(_ message: Data) throws -> Data {
        let failure = FileError(.inputOutput, file, "sign with", "libcrypto refused")
        guard let context = EVP_MD_CTX_new() else { throw failure }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        let bytes = [UInt8](message)
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1
        else { throw failure }
        return Data(signature.prefix(count))
    }

    /// - Parameter publicKey: PEM.
    /// - Returns: false where the signature is not that of the key over the message, or the key is none.
    public static func verify(_ signature: Data, of message: Data, publicKey: String) -> Bool {
        guard let key = withMemory(Data(publicKey.utf8), { PEM_read_bio_PUBKEY($0, nil, nil, nil) }) else {
            return false
        }
        defer { EVP_PKEY_free(key) }
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519, let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        let (bytes, signed) = ([UInt8](message), [UInt8](signature))
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signed, signed.count, bytes, bytes.count) == 1
    }

    private static func withMemory(_ data: Data, _ read: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
        let bytes = [UInt8](data)
        return bytes.withUnsafeBytes { bytes in
            guard let memory = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(memory) }
            return read(memory)
        }
    }

    private static func publicText(_ key: OpaquePointer) -> String? {
        guard let memory = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(memory) }
        guard PEM_write_bio_PUBKEY(memory, key) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = BIO_read(memory, &bytes, Int32(bytes.count))
        return count > 0 ? String(decoding: bytes.prefix(Int(count)), as: UTF8.self) : nil
    }
}
