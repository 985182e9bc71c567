import CCrypto
import Foundation

/// SHA-256, fed piece by piece.
public struct Digest: ~Copyable {
    private let context: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto offers no SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    public mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// Lower-case hexadecimal, 64 characters. The digest must not be fed afterwards.
    public mutating func hexadecimal() -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &bytes, nil)
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    public static func of(_ text: String) -> String {
        var digest = Digest()
        digest.update(text)
        return digest.hexadecimal()
    }

    public static func of(_ data: Data) -> String {
        var digest = Digest()
        data.withUnsafeBytes { digest.update($0) }
        return digest.hexadecimal()
    }

    /// The digest of a file's bytes, read in pieces of 4 MB.
    public static func ofFile(_ url: URL) throws -> String {
        let handle: FileHandle
        do { handle = try FileHandle(forReadingFrom: url) } catch {
            throw FileError(.noInput, url, "read", FileError.reason(error))
        }
        defer { try? handle.close() }
        var digest = Digest()
        do {
            while let piece = try handle.read(upToCount: 1 << 22), !piece.isEmpty {
                piece.withUnsafeBytes { digest.update($0) }
            }
        } catch { throw FileError(.inputOutput, url, "read", FileError.reason(error)) }
        return digest.hexadecimal()
    }
}
