import AudioCore
import Foundation
import MediaIO
import Testing

@Suite("Mutated files", .enabled(if: MediaFolder.hasProgram, "needs the ffmpeg program"))
struct MutatedMediaTests {
    /// Marsaglia's xorshift: the same files in every run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let formats: [(name: String, arguments: [String])] = [
        ("a.wav", []), ("a.aiff", []), ("a.flac", []), ("a.mp3", []), ("a.m4a", []),
        ("b.m4a", ["-movflags", "faststart"]),
        ("a.ogg", []), ("a.opus", []), ("a.mka", ["-c:a", "aac"]), ("a.wma", []), ("a.wv", []),
        ("alac.m4a", ["-c:a", "alac"]),
    ]

    private static func mutate(_ original: Data, _ generator: inout Generator) -> Data {
        var bytes = original
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            guard bytes.count > 16 else { break }
            // Half of the damage goes to the header, where lengths and counts stand.
            let reach = Bool.random(using: &generator) ? min(bytes.count, 512) : bytes.count
            let at = Int.random(in: 0..<reach, using: &generator)
            let end = min(bytes.count, at + Int.random(in: 1...64, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[at] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
            case 2: for index in at..<end { bytes[index] = .random(in: 0...255, using: &generator) }
            case 3: bytes.removeSubrange(at..<end)
            case 4: bytes.insert(contentsOf: bytes[at..<end], at: at)
            default: bytes = Data(bytes.prefix(max(16, at)))
            }
        }
        return bytes
    }

    @Test("300 broken files are read or refused, each in seconds", .timeLimit(.minutes(5)))
    func mutated() throws {
        let folder = try MediaFolder()
        let originals = try Self.formats.map { name, arguments in
            (name, try Data(contentsOf: folder.makeTones(name, frames: 44100, arguments: arguments)))
        }
        var generator = Generator(state: 0x5EED)
        var (wasRead, wasRefused) = (0, 0)
        var slowest = Duration.zero
        for index in 0..<300 {
            let (name, original) = originals[index % originals.count]
            let file = folder["mutated-\(index)-\(name)"]
            try Self.mutate(original, &generator).write(to: file)
            let time = try ContinuousClock().measure {
                do {
                    let source = try FFmpegMedia().open(file)
                    var frames = 0
                    while let block = try source.read() {
                        frames += block.frameCount
                        try #require(frames < 50_000_000, "file \(index) has no end")
                    }
                    wasRead += 1
                } catch let error as AudioError {
                    #expect([.badData, .noInput].contains(error.kind), "file \(index): \(error)")
                    wasRefused += 1
                }
            }
            slowest = max(slowest, time)
            try FileManager.default.removeItem(at: file)
        }
        #expect(wasRead + wasRefused == 300)
        #expect(wasRead > 20 && wasRefused > 20, "\(wasRead) read, \(wasRefused) refused: the damage is a mixture")
        #expect(slowest < .seconds(20), "the slowest took \(slowest)")
        print("mutated: \(wasRead) read, \(wasRefused) refused, slowest \(slowest)")
    }
}
