import AudioCore
import Foundation
import MediaIO
import Testing

/// A format that the `ffmpeg` program writes, and what comes back.
struct WrittenFormat: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String]
    /// Frames that may be missing or too many, where the container does not say how many there are.
    var slack = 0
    /// True where sound comes back at the place where it was.
    var isAligned = true
    var leastDecibels: Double
    var testDescription: String { name }

    static let all = [
        WrittenFormat(name: "a.wav", arguments: ["-c:a", "pcm_s16le"], leastDecibels: 80),
        WrittenFormat(name: "b.wav", arguments: ["-c:a", "pcm_s24le"], leastDecibels: 120),
        WrittenFormat(name: "c.wav", arguments: ["-c:a", "pcm_s32le"], leastDecibels: 120),
        WrittenFormat(name: "d.wav", arguments: ["-c:a", "pcm_f32le"], leastDecibels: 120),
        WrittenFormat(name: "e.wav", arguments: ["-c:a", "pcm_f64le"], leastDecibels: 120),
        WrittenFormat(name: "f.wav", arguments: ["-c:a", "pcm_u8"], leastDecibels: 40),
        WrittenFormat(name: "g.wav", arguments: ["-c:a", "pcm_mulaw"], leastDecibels: 30),
        WrittenFormat(name: "rf64.wav", arguments: ["-rf64", "always"], leastDecibels: 80),
        WrittenFormat(name: "a.aiff", arguments: [], leastDecibels: 80),
        WrittenFormat(name: "a.flac", arguments: [], leastDecibels: 80),
        WrittenFormat(name: "b.flac", arguments: ["-sample_fmt", "s32"], leastDecibels: 120),
        WrittenFormat(name: "alac.m4a", arguments: ["-c:a", "alac"], leastDecibels: 80),
        WrittenFormat(name: "a.wv", arguments: [], leastDecibels: 80),
        WrittenFormat(name: "a.mp3", arguments: ["-b:a", "192k"], leastDecibels: 30),
        WrittenFormat(name: "vbr.mp3", arguments: ["-q:a", "2"], leastDecibels: 30),
        WrittenFormat(name: "a.m4a", arguments: ["-b:a", "192k"], leastDecibels: 24),
        WrittenFormat(name: "a.mp4", arguments: ["-b:a", "192k"], leastDecibels: 24),
        WrittenFormat(name: "a.ogg", arguments: ["-c:a", "libvorbis", "-q:a", "5"], leastDecibels: 30),
        WrittenFormat(name: "a.mka", arguments: ["-c:a", "flac"], leastDecibels: 80),
        WrittenFormat(
            name: "b.mkv", arguments: ["-c:a", "aac", "-b:a", "192k"], slack: 2048, isAligned: false, leastDecibels: 0),
        WrittenFormat(name: "a.aac", arguments: ["-b:a", "192k"], slack: 2048, isAligned: false, leastDecibels: 0),
        WrittenFormat(name: "a.wma", arguments: ["-b:a", "192k"], slack: 4096, isAligned: false, leastDecibels: 0),
    ]
}

@Suite("Reading media", .enabled(if: MediaFolder.hasProgram, "needs the ffmpeg program"))
struct MediaReaderTests {
    @Test("Every format gives as many samples as went in, where they were", arguments: WrittenFormat.all)
    func exactLength(_ format: WrittenFormat) throws {
        let folder = try MediaFolder()
        let frames = 70001
        let file = try folder.makeTones(format.name, frames: frames, arguments: format.arguments)
        let source = try FFmpegMedia().open(file)
        let sound = try readAll(source)
        #expect(source.format.sampleRate == 44100)
        #expect(sound.channels.count == 2)
        #expect(abs(sound.frameCount - frames) <= format.slack, "\(sound.frameCount) frames")
        #expect(source.damage == nil)
        guard format.isAligned else { return }
        for channel in 0..<2 {
            let decibels = signalToErrorDecibels(
                tone(channel, frames: frames, sampleRate: 44100), sound.channels[channel])
            #expect(decibels > format.leastDecibels, "channel \(channel): \(decibels) dB")
        }
    }

    /// What neither the container nor the codec tells (how much the encoder put before and behind) nobody can cut away.
    @Test(
        "Where the length is not known, it is what ffmpeg decodes",
        arguments: [
            ("a.aac", []), ("b.mkv", ["-c:a", "aac"]), ("a.wma", []), ("plain.mp3", ["-write_xing", "0"]),
            ("a.ac3", []), ("a.mp2", []), ("a.flv", ["-c:a", "aac"]), ("a.ts", ["-c:a", "aac"]),
            ("a.avi", ["-c:a", "libmp3lame"]), ("m.mkv", ["-c:a", "libmp3lame"]),
        ])
    func unknownLength(_ name: String, _ arguments: [String]) throws {
        let folder = try MediaFolder()
        let source = try FFmpegMedia().open(folder.makeTones(name, frames: 70001, arguments: arguments))
        #expect(try readAll(source).frameCount == folder.decodedFrames(name, channels: 2))
        #expect(source.damage == nil && source.repairedSeconds == 0)
    }

    @Test("Opus comes back at 48 kHz, without its pre-skip")
    func opus() throws {
        let folder = try MediaFolder()
        let file = try folder.makeTones("a.opus", frames: 70001, sampleRate: 48000, arguments: ["-b:a", "192k"])
        let sound = try readAll(file)
        #expect(sound.sampleRate == 48000)
        #expect(sound.frameCount == 70001)
        #expect(signalToErrorDecibels(tone(0, frames: 70001, sampleRate: 48000), sound.channels[0]) > 20)
    }

    @Test("Any rate", arguments: [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 192_000])
    func rates(_ sampleRate: Int) throws {
        let folder = try MediaFolder()
        for name in ["a.wav", "a.flac"] + (sampleRate <= 48000 ? ["a.mp3", "a.m4a"] : []) {
            let frames = sampleRate + 17
            let sound = try readAll(folder.makeTones(name, frames: frames, sampleRate: sampleRate))
            #expect(sound.sampleRate == sampleRate, "\(name)")
            #expect(sound.frameCount == frames, "\(name)")
        }
    }

    @Test("One to eight channels, in order", arguments: 1...8)
    func channels(_ count: Int) throws {
        let folder = try MediaFolder()
        for name in ["a.wav", "a.flac", "a.mka"] {
            let sound = try readAll(
                folder.makeTones(
                    name, frames: 20011, channels: count, arguments: ["-c:a", name == "a.wav" ? "pcm_s16le" : "flac"]))
            #expect(sound.channels.count == count)
            for channel in 0..<min(count, sound.channels.count) {
                let decibels = signalToErrorDecibels(
                    tone(channel, frames: 20011, sampleRate: 44100), sound.channels[channel])
                #expect(decibels > 80, "\(name), channel \(channel)")
            }
        }
    }

    @Test("The sound of a film is read, its pictures are not")
    func film() throws {
        let folder = try MediaFolder()
        _ = try folder.makeTones("tone.wav", frames: 88200)
        for name in ["a.mp4", "a.mkv"] {
            try folder.ffmpeg([
                "-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=2", "-i", "tone.wav", "-c:v", "mpeg4", "-c:a",
                "aac",
                name,
            ])
            let source = try FFmpegMedia().open(folder[name])
            #expect(source.format.codec == "aac")
            #expect(abs(try readAll(source).frameCount - 88200) <= (name == "a.mp4" ? 0 : 2048))
        }
    }

    @Test("The format tells rate, depth, codec and container")
    func format() throws {
        let folder = try MediaFolder()
        let media = FFmpegMedia()
        let wave = try media.open(folder.makeTones("a.wav", frames: 5000, arguments: ["-c:a", "pcm_s24le"])).format
        #expect(wave.isLossless && wave.bitDepth == 24 && !wave.isFloat)
        #expect(wave.container == "wav" && wave.codec == "pcm_s24le")
        let float = try media.open(folder.makeTones("f.wav", frames: 5000, arguments: ["-c:a", "pcm_f32le"])).format
        #expect(float.isLossless && float.bitDepth == 32 && float.isFloat)
        let flac = try media.open(folder.makeTones("a.flac", frames: 5000, arguments: ["-sample_fmt", "s16"])).format
        #expect(flac.isLossless && flac.bitDepth == 16 && flac.codec == "flac")
        let compressed = try media.open(folder.makeTones("a.mp3", frames: 44100, arguments: ["-b:a", "160k"])).format
        #expect(!compressed.isLossless && compressed.bitDepth == nil && compressed.bitRate == 160_000)
    }

    @Test("Names with blanks, umlauts and colons, and names that look like options")
    func names() throws {
        let folder = try MediaFolder()
        let plain = try folder.makeTones("a.wav", frames: 5000)
        for name in ["Gespräch am Dienstag.wav", "10:30 %d talk.wav", "-i.wav", "https:.wav"] {
            try FileManager.default.copyItem(at: plain, to: folder[name])
            #expect(try readAll(folder[name]).frameCount == 5000)
        }
    }

    @Test("A WAV that was streamed, its header without a length")
    func streamedHeader() throws {
        let folder = try MediaFolder()
        var bytes = try Data(contentsOf: folder.makeTones("a.wav", frames: 5000, arguments: ["-bitexact"]))
        let data = try #require(bytes.firstRange(of: Data("data".utf8)))
        bytes.replaceSubrange(data.upperBound..<data.upperBound + 4, with: [255, 255, 255, 255])
        bytes.replaceSubrange(4..<8, with: [255, 255, 255, 255])
        try bytes.write(to: folder["b.wav"])
        let source = try FFmpegMedia().open(folder["b.wav"])
        #expect(try readAll(source).frameCount == 5000)
        #expect(source.damage == nil)
    }
}
