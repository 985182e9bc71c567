import AudioCore
import Files
import Foundation

/// The fitted voices that are kept: a folder of `<name>.voice`.
public struct FittedVoiceLibrary: Sendable {
    private let folder: URL

    /// - Parameter folder: need not exist.
    public init(folder: URL) { self.folder = folder }

    /// Letters, digits, `-` and `_`, at most 64, so that it can be part of file names and of `--voice Speaker_A=name`.
    public static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 64 && !name.hasPrefix("-")
            && name.unicodeScalars.allSatisfy {
                "-_".unicodeScalars.contains($0) || $0.properties.isAlphabetic
                    || ("0"..."9").contains($0)
            }
    }

    public static func check(name: String) throws {
        guard isName(name) else {
            throw AudioError(
                .usage, operation: "call a voice", subject: "\"\(name)\"",
                cause: "a name holds letters, digits, - and _ only", mend: "choose another name")
        }
    }

    public func file(of name: String) -> URL {
        folder.appendingPathComponent(name).appendingPathExtension(FittedVoiceFile.pathExtension)
    }

    public func holds(_ name: String) -> Bool {
        Self.isName(name) && FileManager.default.fileExists(atPath: file(of: name).path)
    }

    /// In alphabetical order.
    public var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == FittedVoiceFile.pathExtension }
            .map { $0.deletingPathExtension().lastPathComponent }.filter(Self.isName).sorted()
    }

    /// - Throws: as `FittedVoiceFile.decode`.
    public func voice(named name: String) throws -> FittedVoice {
        let file = file(of: name)
        return try FittedVoiceFile.decode(Self.data(file), subject: file.path).named(name)
    }

    /// Reads a voice from a file anywhere.
    public static func read(_ file: URL) throws -> FittedVoice {
        try FittedVoiceFile.decode(data(file), subject: file.path)
    }

    private static func data(_ file: URL) throws -> Data {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw AudioError(
                .noInput, operation: "read", subject: file.path, cause: "there is no such file",
                mend: "check the name; `hyperaudio voices list` shows the voices there are")
        }
        do { return try Data(contentsOf: file) } catch {
            throw AudioError(
                .inputOutput, operation: "read", subject: file.path, cause: FileError.reason(error))
        }
    }

    public func save(_ voice: FittedVoice) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try WholeFolder.write(FittedVoiceFile.encode(voice), to: file(of: voice.name))
    }
}
