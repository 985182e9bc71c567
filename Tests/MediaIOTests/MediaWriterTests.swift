import AudioCore
import Foundation
import Testing

@testable import MediaIO

@Suite("Writing media", .enabled(if: MediaFolder.hasProgram, "needs the ffmpeg program"))
struct MediaWriterTests {
    /// Noise on the grid of `bits` integers, full scale included; off any grid where nil.
    static func noise(bits: Int?, frames: Int, channels: Int = 2) -> [[Float]] {
        var generator = SystemRandomNumberGenerator()
        return (0..<channels).map { _ in
            (0..<frames).map { frame in
                guard let bits else { return Float.random(in: -1.5...1.5, using: &generator) }
                let top = 1 << (bits - 1)
                let value = frame == 0 ? -top : frame == 1 ? top - 1 : Int.random(in: -top..<top, using: &generator)
                return Float(value) / Float(top)
            }
        }
    }

    static func write(
        _ file: URL, _ channels: [[Float]], sampleRate: Int = 44100, original: URL? = nil,
        encoding: MediaEncoding = MediaEncoding(), tags: [String: String] = [:]
    ) throws {
        let sink = try FFmpegMedia().create(
            file, sampleRate: sampleRate, channelCount: channels.count, original: original, encoding: encoding,
            tags: tags)
        var at = 0
        while at < channels[0].count {
            let end = min(channels[0].count, at + 5000)
            try sink.write(Waveform(sampleRate: sampleRate, channels: channels.map { Array($0[at..<end]) }))
            at = end
        }
        try sink.finish()
    }

    @Test func whatAKilledProcessLeftIsTakenAway() throws {
        let folder = try MediaFolder()
        let file = folder.url.appendingPathComponent("new.wav")
        // No process has the first number, this test's parent has the second.
        let (dead, alive) = (".new.wav.2147483646.part", ".new.wav.\(getppid()).part")
        for name in [dead, alive, ".other.wav.2147483646.part"] {
            try Data("begun".utf8).write(to: folder.url.appendingPathComponent(name))
        }
        try Self.write(file, Self.noise(bits: 16, frames: 1000))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(Set(left) == ["new.wav", alive, ".other.wav.2147483646.part"])
    }

    struct Lossless: Sendable, CustomTestStringConvertible {
        var name: String
        var sampleFormat: MediaEncoding.SampleFormat
        var testDescription: String { "\(name) \(sampleFormat)" }
    }

    @Test(
        "Samples on the grid come back bit for bit",
        arguments: [
            Lossless(name: "a.wav", sampleFormat: .integer16), Lossless(name: "b.wav", sampleFormat: .integer24),
            Lossless(name: "c.wav", sampleFormat: .float32), Lossless(name: "a.flac", sampleFormat: .integer16),
            Lossless(name: "b.flac", sampleFormat: .integer24), Lossless(name: "a.aiff", sampleFormat: .integer16),
            Lossless(name: "b.aiff", sampleFormat: .integer24), Lossless(name: "d.wav", sampleFormat: .integer32),
        ])
    func roundTrip(_ format: Lossless) throws {
        let folder = try MediaFolder()
        let bits = format.sampleFormat == .integer32 ? 24 : format.sampleFormat.bits
        let sound = Self.noise(bits: bits, frames: 50021)
        try Self.write(folder[format.name], sound, encoding: MediaEncoding(sampleFormat: format.sampleFormat))
        let source = try FFmpegMedia().open(folder[format.name])
        #expect(source.expectedFrames == 50021)
        #expect(source.format.bitDepth == format.sampleFormat.bits ?? 32)
        #expect(source.format.isFloat == (format.sampleFormat == .float32))
        #expect(try readAll(source).channels == sound)
        #expect(try folder.names == [format.name])

        // What is written by default is what the original was: the copy of a copy is the same file again.
        let copy = folder["copy." + folder[format.name].pathExtension]
        try Self.write(copy, sound, original: folder[format.name])
        let again = try FFmpegMedia().open(copy)
        #expect(again.format.bitDepth == source.format.bitDepth && again.format.isFloat == source.format.isFloat)
        #expect(try readAll(again).channels == sound)
    }

    @Test("What exceeds full scale is clipped, and 16 bits are dithered off the grid only")
    func clipping() throws {
        let folder = try MediaFolder()
        let quiet = [Float](repeating: 0.3 / 32768, count: 40000)
        let loud: [Float] = (0..<40000).map { $0 % 2 == 0 ? 1.7 : -1.7 }
        try Self.write(folder["a.wav"], [quiet, loud], encoding: MediaEncoding(sampleFormat: .integer16))
        let sound = try readAll(folder["a.wav"])
        #expect(Set(sound.channels[1]) == [32767.0 / 32768, -1])
        let mean = sound.channels[0].reduce(0) { $0 + Double($1) } / 40000 * 32768
        #expect(abs(mean - 0.3) < 0.03, "a third of a step survives on average: \(mean)")
    }

    struct Compressed: Sendable, CustomTestStringConvertible {
        var name: String
        var sampleRate: Int
        var channels = 2
        var testDescription: String { "\(name) \(sampleRate) Hz, \(channels) channels" }
    }

    @Test(
        "Compressed files keep length, place and level",
        arguments: [
            Compressed(name: "a.mp3", sampleRate: 44100), Compressed(name: "a.mp3", sampleRate: 22050, channels: 1),
            Compressed(name: "a.mp3", sampleRate: 8000, channels: 1), Compressed(name: "a.m4a", sampleRate: 44100),
            Compressed(name: "a.m4a", sampleRate: 48000, channels: 5),
            Compressed(name: "a.m4a", sampleRate: 16000, channels: 1),
            Compressed(name: "a.ogg", sampleRate: 44100), Compressed(name: "a.ogg", sampleRate: 8000, channels: 1),
            Compressed(name: "a.opus", sampleRate: 48000), Compressed(name: "a.opus", sampleRate: 44100),
            Compressed(name: "a.opus", sampleRate: 22050, channels: 1), Compressed(name: "a.m4a", sampleRate: 96000),
            Compressed(name: "a.mp3", sampleRate: 96000), Compressed(name: "a.mp4", sampleRate: 44100),
        ])
    func compressed(_ format: Compressed) throws {
        let folder = try MediaFolder()
        let frames = format.sampleRate * 3 / 2 + 123
        let sound = (0..<format.channels).map { tone($0, frames: frames, sampleRate: format.sampleRate) }
        try Self.write(folder[format.name], sound, sampleRate: format.sampleRate)
        let source = try FFmpegMedia().open(folder[format.name])
        let decoded = try readAll(source)
        let rate = source.format.sampleRate
        #expect(rate >= min(format.sampleRate, 48000))
        #expect(decoded.frameCount == Int((Double(frames) * Double(rate) / Double(format.sampleRate)).rounded()))
        for channel in sound.indices {
            // The beginning and the end of a sine are clicks, which codecs smear.
            let ideal = tone(channel, frames: decoded.frameCount, sampleRate: rate)
            let inner = rate / 10..<decoded.frameCount - rate / 10
            let decibels = signalToErrorDecibels(Array(ideal[inner]), Array(decoded.channels[channel][inner]))
            #expect(decibels > 20, "channel \(channel): \(decibels) dB")
        }
    }

    @Test("MP3 of any length, with padding of more than a frame", arguments: [1, 1000, 69120, 70300, 70319, 70400])
    func lengths(_ frames: Int) throws {
        let folder = try MediaFolder()
        try Self.write(folder["a.mp3"], [tone(0, frames: frames, sampleRate: 44100)])
        #expect(try readAll(folder["a.mp3"]).frameCount == frames)
    }

    @Test("No less than the original's bit rate", arguments: ["a.mp3", "a.m4a", "a.opus", "a.ogg"])
    func bitRate(_ name: String) throws {
        let folder = try MediaFolder()
        let noise = Self.noise(bits: 16, frames: 44100 * 4)
        try Self.write(folder["original.wav"], noise)
        try folder.ffmpeg(["-i", "original.wav", "-b:a", "320k", "original.mp3"])
        try Self.write(folder[name], noise, original: folder["original.mp3"])
        let bytes = try #require(
            try FileManager.default.attributesOfItem(atPath: folder[name].path)[.size] as? NSNumber
        ).doubleValue
        // AAC pads no bits where the model needs none; noise needs them all.
        #expect(bytes * 8 / 4 > 0.9 * 320_000, "\(bytes * 8 / 4000) kbit/s")
    }

    @Test(
        "Title, chapters and cover are kept",
        arguments: ["a.mp3", "a.m4a", "a.flac", "a.opus", "a.ogg", "a.wav", "a.aiff"])
    func metadata(_ name: String) throws {
        let folder = try MediaFolder()
        _ = try folder.makeTones("tone.wav", frames: 44100 * 3)
        try Data(
            """
            ;FFMETADATA1
            title=Über Töne
            artist=Jürgen & Co.
            album=Episodes
            comment=Recorded live
            [CHAPTER]
            TIMEBASE=1/1000
            START=0
            END=1200
            title=Opening
            [CHAPTER]
            TIMEBASE=1/1000
            START=1200
            END=3000
            title=Zweites Kapitel
            """.utf8
        ).write(to: folder["meta.txt"])
        try folder.ffmpeg(["-f", "lavfi", "-i", "testsrc=size=32x32:rate=1:duration=1", "-frames:v", "1", "cover.png"])
        try folder.ffmpeg([
            "-i", "tone.wav", "-i", "cover.png", "-i", "meta.txt", "-map", "0", "-map", "1", "-map_metadata", "2",
            "-map_chapters",
            "2", "-c:v", "copy", "-disposition:v", "attached_pic", "original.mp3",
        ])
        try Self.write(
            folder[name], readAll(folder["original.mp3"]).channels, original: folder["original.mp3"],
            tags: ["speech_origin": "Speaker_A was given another voice"])

        let kept = try Metadata(Demuxer(folder[name]))
        #expect(kept.tags["title"] == "Über Töne")
        #expect(kept.tags["artist"] == "Jürgen & Co.")
        #expect(kept.tags["album"] == "Episodes")
        #expect(kept.tags.values.contains { $0.contains("Speaker_A was given another voice") })
        #expect(kept.tags["comment"]?.hasPrefix("Recorded live") == true)
        if name != "a.wav", name != "a.aiff" {
            #expect(kept.chapters.compactMap { $0.tags["title"] } == ["Opening", "Zweites Kapitel"])
            let starts = kept.chapters.map { Double($0.start) * Double($0.timeBase.num) / Double($0.timeBase.den) }
            #expect(starts.count == 2 && abs(starts[1] - 1.2) < 0.002)
        }
        if name != "a.wav" {
            let cover = try Data(contentsOf: folder["cover.png"])
            #expect(kept.cover?.bytes == cover)
        }
    }

    @Test("A file that was not finished leaves nothing, and an older one stays")
    func unfinished() throws {
        let folder = try MediaFolder()
        try Data("old".utf8).write(to: folder["b.wav"])
        for name in ["a.wav", "a.m4a", "b.wav"] {
            let sink = try FFmpegMedia().create(folder[name], sampleRate: 8000, channelCount: 1)
            try sink.write(Waveform(sampleRate: 8000, mono: [Float](repeating: 0, count: 10000)))
        }
        #expect(try folder.names == ["b.wav"])
        #expect(try Data(contentsOf: folder["b.wav"]) == Data("old".utf8))
    }

    @Test(
        "A full disk is an error of its own",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
    func diskFull() throws {
        let folder = try MediaFolder()
        let full = folder["full"]
        try FileManager.default.createSymbolicLink(atPath: full.path, withDestinationPath: "/dev/full")
        let error = #expect(throws: AudioError.self) {
            let sink = try MediaWriter(
                folder["a.wav"], sampleRate: 8000, channelCount: 1, original: nil, encoding: MediaEncoding(), tags: [:],
                temporary: full)
            for _ in 0..<20 { try sink.write(Waveform(sampleRate: 8000, mono: [Float](repeating: 0, count: 10000))) }
            try sink.finish()
        }
        #expect(error?.kind == .inputOutput)
        #expect(error?.description.contains("no space left on device") == true)
        #expect(!FileManager.default.fileExists(atPath: folder["a.wav"].path))
    }

    @Test("What cannot be written says why")
    func refusals() throws {
        let folder = try MediaFolder()
        let media = FFmpegMedia()
        func error(_ name: String, channels: Int = 2, encoding: MediaEncoding = MediaEncoding()) -> AudioError? {
            #expect(throws: AudioError.self) {
                _ = try media.create(
                    folder[name], sampleRate: 44100, channelCount: channels, original: nil, encoding: encoding,
                    tags: [:])
            }
        }
        #expect(error("a.xyz")?.kind == .usage)
        #expect(error("noextension")?.kind == .usage)
        #expect(error("a.mp3", channels: 6)?.cause == "MP3 holds at most 2 channels, not 6")
        #expect(error("a.flac", encoding: MediaEncoding(sampleFormat: .float32))?.kind == .usage)
        #expect(error("missing/a.wav")?.kind == .cannotCreate)
        #expect(try folder.names == [])
        let sink = try media.create(folder["a.wav"], sampleRate: 8000, channelCount: 1)
        #expect(throws: AudioError.self) {
            try sink.write(Waveform(sampleRate: 8000, mono: [0, .nan])); try sink.finish()
        }
    }
}
