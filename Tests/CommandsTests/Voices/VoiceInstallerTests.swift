import AudioCore
import Files
import Foundation
import Testing

@testable import ModelLibrary

/// Voices from a folder, and from their makers, whose place a folder takes.
@Suite final class VoiceInstallerTests {
    private let home = FileManager.default.temporaryDirectory.appendingPathComponent("Stimmen für \(UUID().uuidString)")
    private let heart = Data(repeating: 7, count: 64)
    private let own = Data(repeating: 9, count: 64)

    init() throws {
        try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
        try heart.write(to: source.appendingPathComponent("heart.bin"))
        try own.write(to: source.appendingPathComponent("mine.bin"))
    }

    deinit { try? FileManager.default.removeItem(at: home) }

    private var source: URL { home.appendingPathComponent("source") }
    private var target: URL { home.appendingPathComponent("target") }

    private func installer(address: String? = nil, _ voices: [String: String]? = nil) -> VoiceInstaller {
        VoiceInstaller(
            manifest: VoiceManifest(
                model: "toy", licence: "MIT", upstream: "example", address: address ?? source.absoluteString, bytes: 64,
                voices: voices ?? ["heart": Digest.of(heart)]),
            folder: target)
    }

    private func kind(_ body: () throws -> Void) -> AudioError.Kind? {
        do { try body() } catch { return (error as? AudioError)?.kind }
        return nil
    }

    private func bytes(_ name: String) -> Data? { try? Data(contentsOf: target.appendingPathComponent("\(name).bin")) }

    @Test func aFolderGivesKnownVoicesVerifiedAndOthersAsOnesOwn() throws {
        let installed = try installer().install([], from: source)
        #expect(
            installed == [
                VoiceInstaller.Installed(name: "heart", isVerified: true),
                VoiceInstaller.Installed(name: "mine", isVerified: false),
            ])
        #expect(bytes("heart") == heart && bytes("mine") == own)
    }

    @Test func aKnownVoiceUnderAnotherNameIsKnownAndAFalseOneRefused() throws {
        try heart.write(to: source.appendingPathComponent("anna.bin"))
        #expect(try installer().install(["anna"], from: source).first?.isVerified == true)
        try own.write(to: source.appendingPathComponent("heart.bin"))
        #expect(kind { _ = try installer().install(["heart"], from: source) } == .badData)
        #expect(bytes("heart") == nil)
    }

    @Test func nothingIsInstalledWhereOneOfSeveralCannotBe() throws {
        try Data(repeating: 1, count: 63).write(to: source.appendingPathComponent("short.bin"))
        #expect(kind { _ = try installer().install(["heart", "short"], from: source) } == .badData)
        #expect(kind { _ = try installer().install(["heart", "absent"], from: source) } == .noInput)
        #expect(bytes("heart") == nil)
        #expect(kind { _ = try installer().install([], from: home.appendingPathComponent("nowhere")) } == .noInput)
        #expect(kind { _ = try installer().install(["../heart"], from: source) } == .usage)
    }

    @Test func fetchingTakesOnlyWhatHasTheRightDigest() throws {
        #expect(try installer().fetch(["heart"]) { _ in } == [.init(name: "heart", isVerified: true)])
        #expect(bytes("heart") == heart)
        let wrong = installer(address: nil, ["mine": Digest.of(heart)])
        #expect(kind { _ = try wrong.fetch(["mine"]) { _ in } } == .badData)
        #expect(bytes("mine") == nil)
    }

    @Test func whatCannotBeFetchedIsOneSentence() throws {
        #expect(kind { _ = try installer().fetch(["mine"]) { _ in } } == .unavailable)
        let away = installer(address: home.appendingPathComponent("gone").absoluteString + "/")
        let error = try #require(#expect(throws: AudioError.self) { try away.fetch(["heart"]) { _ in } })
        #expect(error.kind == .tryAgain || error.kind == .unavailable)
        #expect(error.description.contains("--from") && !error.description.contains("\n"))
    }

    @Test(arguments: ["a", "anna-2", "Voice_1"])
    func namesThatAreFilesNamesEverywhere(name: String) throws { try VoiceName.check(name) }

    @Test(arguments: ["", "1a", "_a", "a b", "a/b", "..", "ä", "a.b", String(repeating: "a", count: 61)])
    func otherNamesAreRefused(name: String) {
        #expect(kind { try VoiceName.check(name) } == .usage)
    }

    @Test func theBuiltInManifestKnowsTheEnglishVoices() throws {
        let manifest = try VoiceManifest.kokoro()
        #expect(manifest.voices.count == 28 && manifest.bytes == 510 * 256 * 4)
        #expect(manifest.voices.values.allSatisfy { $0.count == 64 })
        let digest = try #require(manifest.voices["af_heart"])
        #expect(manifest.name(of: digest) == "af_heart" && manifest.name(of: "x") == nil)
    }
}
