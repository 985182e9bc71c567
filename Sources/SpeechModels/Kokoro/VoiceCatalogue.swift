import AudioCore
import Files
import Foundation

/// The voices that are there to speak with: the default set inside the model's folder, and files of one voice each.
public struct VoiceCatalogue: Sendable {
    private static let rows = 510
    private static let columns = 256

    /// What the first letter of a Kokoro voice's name says it was made for: ISO 639-1, and in words.
    public static let languages: [Character: (code: String, name: String)] = [
        "a": ("en", "American English"), "b": ("en", "British English"), "e": ("es", "Spanish"), "f": ("fr", "French"),
        "h": ("hi", "Hindi"), "i": ("it", "Italian"), "j": ("ja", "Japanese"), "p": ("pt", "Portuguese"),
        "z": ("zh", "Mandarin"),
    ]

    private let defaults: URL
    private let folder: URL?

    /// - Parameters:
    ///   - modelFolder: holds `voices_ja.npz`.
    ///   - voicesFolder: holds further voices, `<name>.bin`: little-endian float32, [510, 256]; it need not exist.
    public init(modelFolder: URL, voicesFolder: URL? = nil) {
        defaults = modelFolder.appending(path: "voices_ja.npz")
        folder = voicesFolder
    }

    /// In alphabetical order.
    public func names() throws -> [String] {
        try Set(NumpyArchive(defaults).names + installedNames()).sorted()
    }

    private func installedNames() throws -> [String] {
        guard let folder, FileManager.default.fileExists(atPath: folder.path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { $0.hasSuffix(".bin") && !$0.hasPrefix(".") }.map { String($0.dropLast(4)) }
        } catch {
            throw FileError(.inputOutput, folder, "list", FileError.reason(error))
        }
    }

    /// - Throws: `AudioError` that names the mend where there is no such voice.
    public func voice(named name: String) throws -> Voice {
        if let folder, try installedNames().contains(name) {
            let file = folder.appending(path: name + ".bin")
            return try voice(name, bytes: ByteSlice(MappedFile(file)), of: file)
        }
        let archive = try NumpyArchive(defaults)
        guard archive.names.contains(name) else {
            throw AudioError(
                .usage, operation: "use the voice", subject: "\"\(name)\"",
                cause: "no voice of that name is installed (there are: \(try names().joined(separator: ", ")))",
                mend: "run `hyperaudio voices install \(name)` or choose another")
        }
        return try voice(name, bytes: archive.array(name).bytes, of: defaults)
    }

    private func voice(_ name: String, bytes: ByteSlice, of file: URL) throws -> Voice {
        let count = VoiceCatalogue.rows * VoiceCatalogue.columns
        guard bytes.count == 4 * count else {
            throw FileError(.badData, file, "read", "it holds no voice of \(VoiceCatalogue.rows) styles")
        }
        let styles = bytes.withUnsafeBytes { buffer in
            (0..<count).map {
                Float(
                    bitPattern: UInt32(
                        littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        guard styles.allSatisfy(\.isFinite) else {
            throw FileError(.badData, file, "read", "it holds values that are no numbers")
        }
        var digest = Digest()
        bytes.withUnsafeBytes { digest.update($0) }
        return Voice(
            name: name,
            styles: Matrix(rows: VoiceCatalogue.rows, columns: VoiceCatalogue.columns, elements: styles),
            digest: digest.hexadecimal(), language: Self.language(of: name))
    }

    /// As Kokoro's names tell it, `af_heart`; nil for others.
    static func language(of name: String) -> String? {
        let letters = Array(name)
        guard letters.count > 3, "fm".contains(letters[1]), letters[2] == "_" else { return nil }
        return languages[letters[0]]?.code
    }
}
