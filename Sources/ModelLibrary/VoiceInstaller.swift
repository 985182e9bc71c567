import AudioCore
import Files
import Foundation

/// Brings voices of one file each into the folder for voices, from a folder or from their makers.
public struct VoiceInstaller: Sendable {
    /// What is known of a voice that was installed.
    public struct Installed: Sendable, Equatable, Codable {
        public var name: String
        /// True where its SHA-256 is the upstream's; false: it is the user's own and nothing is known of it.
        public var isVerified: Bool
    }

    public let manifest: VoiceManifest
    /// Takes `<name>.bin`.
    public let folder: URL

    public init(manifest: VoiceManifest, folder: URL) {
        self.manifest = manifest
        self.folder = folder
    }

    /// - Parameter names: empty: all that lie there.
    public func install(_ names: [String], from source: URL) throws -> [Installed] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: source.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw AudioError(
                .noInput, operation: "install voices from", subject: source.path, cause: "there is no such folder",
                mend: "name the folder that holds the .bin files")
        }
        let files = try FileManager.default.contentsOfDirectory(at: source, includingPropertiesForKeys: nil)
        let all = files.filter { $0.pathExtension == "bin" }.map { $0.deletingPathExtension().lastPathComponent }
        let wanted = names.isEmpty ? all.sorted() : names
        guard !wanted.isEmpty else {
            throw AudioError(
                .noInput, operation: "install voices from", subject: source.path, cause: "it holds no .bin file",
                mend: "fetch some from \(manifest.upstream), folder kokoro.js/voices")
        }
        // Nothing is installed where one of several cannot be.
        let found = try wanted.map { name -> (name: String, bytes: Data) in
            try VoiceName.check(name)
            let file = source.appendingPathComponent("\(name).bin")
            guard let bytes = try? Data(contentsOf: file) else {
                throw AudioError(
                    .noInput, operation: "install", subject: name, cause: "\(file.path) is not there",
                    mend: "fetch it from \(manifest.upstream), folder kokoro.js/voices")
            }
            return (name, bytes)
        }
        return try found.map { try ($0, $1, verified($0, $1, of: source.appendingPathComponent("\($0).bin").path)) }
            .map { try write($0, $1, isVerified: $2) }
    }

    /// Fetches voices from their makers; only those whose digests are known.
    /// - Parameter report: told in a few words what is being done.
    public func fetch(_ names: [String], report: (String) -> Void) throws -> [Installed] {
        for name in names where manifest.voices[name] == nil {
            throw AudioError(
                .unavailable, operation: "fetch", subject: "the voice \(name)",
                cause: "its SHA-256 is not known here, so what comes could not be checked",
                mend: "fetch \(name).bin yourself from \(manifest.upstream), folder kokoro.js/voices, and run "
                    + "`hyperaudio voices install \(name) --from <its folder>`")
        }
        return try names.map { name in
            report("fetching \(name)")
            let bytes = try fetch(name)
            guard Digest.of(bytes) == manifest.voices[name] else {
                throw AudioError(
                    .badData, operation: "accept", subject: "the voice \(name)",
                    cause: "what came from \(manifest.address)\(name).bin has another SHA-256 than it should",
                    mend: "try again later")
            }
            return try write(name, bytes, isVerified: true)
        }
    }

    /// - Returns: whether the bytes are the upstream's.
    private func verified(_ name: String, _ bytes: Data, of path: String) throws -> Bool {
        guard bytes.count == manifest.bytes else {
            throw AudioError(
                .badData, operation: "install", subject: path,
                cause: "it holds \(bytes.count) bytes where a voice has \(manifest.bytes)", mend: "fetch it again")
        }
        guard let known = manifest.voices[name] else { return manifest.name(of: Digest.of(bytes)) != nil }
        guard Digest.of(bytes) == known else {
            throw AudioError(
                .badData, operation: "install", subject: path,
                cause: "it is not the voice that its makers call \(name): its SHA-256 differs",
                mend: "fetch it again, or give your own voice another name")
        }
        return true
    }

    private func write(_ name: String, _ bytes: Data, isVerified: Bool) throws -> Installed {
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            throw FileError(.cannotCreate, folder, "create", FileError.reason(error))
        }
        try WholeFolder.write(bytes, to: folder.appendingPathComponent("\(name).bin"))
        // A recipe that lay here was another voice's.
        try? FileManager.default.removeItem(at: folder.appendingPathComponent("\(name).json"))
        return Installed(name: name, isVerified: isVerified)
    }

    /// Asks Python, which `models install` needs anyhow, for exactly one file.
    private func fetch(_ name: String) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sys, urllib.request\n"
                + "try: sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], timeout=60).read())\n"
                + "except Exception as error: sys.exit(str(getattr(error, 'reason', error)))",
            "\(manifest.address)\(name).bin",
        ]
        let (bytes, complaints) = (Pipe(), Pipe())
        process.standardOutput = bytes
        process.standardError = complaints
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch {
            throw AudioError(
                .unavailable, operation: "fetch", subject: "the voice \(name)", cause: "python3 is not installed",
                mend: "run `apt-get install python3`, or give a folder with --from")
        }
        let data = bytes.fileHandleForReading.readDataToEndOfFile()
        let said = complaints.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let isThere = process.terminationStatus != 127
            let reason = String(decoding: said, as: UTF8.self).split(separator: "\n").last.map(String.init)
            throw AudioError(
                isThere ? .tryAgain : .unavailable, operation: "fetch", subject: "the voice \(name)",
                cause: isThere
                    ? "\(URL(string: manifest.address)?.host() ?? manifest.address) did not give it ("
                        + (reason ?? "no reason is known") + ")"
                    : "python3 is not installed",
                mend: "check the network and try again, or fetch \(name).bin elsewhere and give its folder with --from")
        }
        return data
    }
}

/// What a voice may be called: it becomes a file's name and part of commands.
public enum VoiceName {
    /// - Throws: `AudioError` of kind `.usage`.
    public static func check(_ name: String) throws {
        let isFit = name.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == "-"
        }
        guard isFit, 1...60 ~= name.count, name.first?.isLetter == true else {
            throw AudioError(
                .usage, operation: "call", subject: "a voice \"\(name)\"",
                cause: "a name begins with a letter and has up to 60 letters a-z, digits, - and _",
                mend: "choose another name")
        }
    }
}
