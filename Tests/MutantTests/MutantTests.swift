import AudioCore
import Files
import Foundation
import MediaIO
import TestSupport
import Testing

/// Thousands of damaged files, the same in every run: each is read or refused, in seconds. MUTANTS says how many
/// of each kind (`make fuzz-seeded`: 2000).
@Suite(.serialized) struct MutantTests {
    private static let asked = ProcessInfo.processInfo.environment["MUTANTS"].flatMap { Int($0) }
    private static let documents = asked ?? 1000
    /// Each is a process.
    private static let media = asked ?? 120
    private static let longest = Duration.seconds(10)

    @Test func seedsAreSound() throws {
        for reader in Reader.all {
            #expect(!reader.seeds.isEmpty && reader.seeds.allSatisfy { !$0.isEmpty }, "\(reader.name)")
        }
        // Some of these hold what is refused on purpose.
        for reader in Reader.all where !["results", "pt", "npz"].contains(reader.name) {
            for seed in reader.seeds { #expect(throws: Never.self, "\(reader.name)") { try reader.read(seed) } }
        }
        #expect(MediaSeeds.files.count >= 7, "\(MediaSeeds.files.map(\.name))")
    }

    @Test(.timeLimit(.minutes(30))) func documentsAndWeights() throws {
        var mutations = Mutations(seed: 41)
        var (read, refused) = (0, 0)
        var slowest = (Duration.zero, "")
        let readers = Reader.all
        for index in 0..<Self.documents {
            let reader = readers[index % readers.count]
            let seed = reader.seeds[index / readers.count % reader.seeds.count]
            let mutant =
                switch reader.form {
                case .bytes: mutations.damageContainer(seed, others: reader.seeds)
                case .text: mutations.damageText(String(decoding: seed, as: UTF8.self))
                case .json: mutations.damageJSON(String(decoding: seed, as: UTF8.self))
                }
            // What crashes is found under this name.
            try keep(mutant, "document-\(reader.name.replacing(" ", with: "-"))")
            let time = ContinuousClock().measure {
                do {
                    try reader.read(mutant)
                    read += 1
                } catch { refused += 1 }
            }
            if time > slowest.0 { slowest = (time, "\(reader.name), mutant \(index)") }
            #expect(time < Self.longest, "\(reader.name), mutant \(index) took \(time)")
        }
        #expect(read > Self.documents / 10 && refused > Self.documents / 10, "the damage is a mixture")
        print("documents: \(Self.documents) tried, \(read) read, \(refused) refused; slowest \(slowest)")
    }

    @Test(.timeLimit(.minutes(60)), .enabled(if: BuiltProgram.url != nil, "the program is not beside the tests"))
    func mediaInAChild() throws {
        let program = try #require(BuiltProgram.url)
        let media = FFmpegMedia(
            decoder: DecoderChild(
                program: program, arguments: ["media-worker"],
                limits: DecodingLimits(memoryBytes: 512 << 20, processorSeconds: 10)))
        var mutations = Mutations(seed: 42)
        var tally: [String: Int] = [:]
        let seeds = MediaSeeds.files
        var slowest = (Duration.zero, "")
        for index in 0..<Self.media {
            let (name, seed) = seeds[index % seeds.count]
            let mutant = mutations.damageContainer(seed, others: seeds.map(\.bytes))
            let file = try keep(mutant, "media-" + name)
            let time = try ContinuousClock().measure {
                do {
                    try readMedia(file, with: media)
                    tally["read", default: 0] += 1
                } catch let error as AudioError {
                    tally["refused", default: 0] += 1
                    #expect([.badData, .noInput].contains(error.kind), "\(name), mutant \(index): \(error)")
                    // The child takes the blow, but FFmpeg should not deal it.
                    for blow in ["died", "more than", "mad", "longer than"] where error.cause.contains(blow) {
                        tally[blow, default: 0] += 1
                        try Data(mutant).write(to: Self.folder.appendingPathComponent("blow-\(index)-\(name)"))
                    }
                }
            }
            if time > slowest.0 { slowest = (time, "\(name), mutant \(index)") }
            #expect(time < Self.longest, "\(name), mutant \(index) took \(time)")
        }
        #expect(tally["read", default: 0] > Self.media / 10 && tally["refused", default: 0] > Self.media / 10)
        print("media: \(Self.media) tried, \(tally.sorted { $0.key < $1.key }); slowest \(slowest)")
    }

    private static let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hyperaudio-mutants")

    @discardableResult private func keep(_ bytes: [UInt8], _ name: String) throws -> URL {
        try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
        let file = Self.folder.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return file
    }
}
