import AudioCore
import Foundation
import MediaIO
import Testing

@Suite("Files that cannot be read", .enabled(if: MediaFolder.hasProgram, "needs the ffmpeg program"))
struct BadMediaTests {
    private func error(_ file: URL) -> AudioError? {
        #expect(throws: AudioError.self) { _ = try readAll(file) }
    }

    @Test("Missing, a folder, empty, unreadable")
    func noFile() throws {
        let folder = try MediaFolder()
        #expect(error(folder["none.mp3"])?.cause == "there is no such file")
        #expect(error(folder["none.mp3"])?.kind == .noInput)
        #expect(error(folder.url)?.kind == .noInput)
        try Data().write(to: folder["empty.mp3"])
        #expect(error(folder["empty.mp3"])?.kind == .badData)
        #expect(error(folder["empty.mp3"])?.cause == "the file is empty")
        #expect(error(URL(fileURLWithPath: "/dev/null"))?.kind == .noInput)
    }

    @Test("Text, pictures, random bytes and silent films")
    func notAudio() throws {
        let folder = try MediaFolder()
        try Data(String(repeating: "This is no audio.\n", count: 500).utf8).write(to: folder["a.txt"])
        try Data(String(repeating: "This is no audio.\n", count: 500).utf8).write(to: folder["a.wav"])
        try Data("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\ntone.wav\n#EXT-X-ENDLIST\n".utf8).write(
            to: folder["a.m3u8"])
        try Data("ffconcat version 1.0\nfile tone.wav\n".utf8).write(to: folder["a.ffconcat"])
        _ = try folder.makeTones("tone.wav", frames: 44100)
        var seed: UInt64 = 1
        let bytes = (0..<50000).map { _ -> UInt8 in
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: seed >> 33)
        }
        try Data(bytes).write(to: folder["random.mp3"])
        try folder.ffmpeg(["-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=1", "-frames:v", "1", "a.jpg"])
        try folder.ffmpeg(["-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=1", "-c:v", "mpeg4", "a.mp4"])
        for name in ["a.txt", "a.wav", "a.m3u8", "a.ffconcat", "random.mp3", "a.jpg", "a.mp4"] {
            #expect(error(folder[name])?.kind == .badData, "\(name)")
        }
        #expect(error(folder["a.mp4"])?.cause == "it holds pictures but no audio")
    }

    @Test("No samples")
    func noSamples() throws {
        let folder = try MediaFolder()
        let whole = try Data(contentsOf: folder.makeTones("a.wav", frames: 100, arguments: ["-bitexact"]))
        try whole.prefix(44).write(to: folder["header.wav"])
        #expect(error(folder["header.wav"])?.kind == .badData)
    }

    @Test("Encrypted")
    func encrypted() throws {
        let folder = try MediaFolder()
        let key = String(repeating: "0123456789abcdef", count: 2)
        _ = try folder.makeTones(
            "cenc.mp4", frames: 44100,
            arguments: ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key, "-encryption_kid", key])
        var bytes = try Data(contentsOf: folder.makeTones("a.m4a", frames: 44100))
        let tag = try #require(bytes.lastRange(of: Data("mp4a".utf8)))
        for name in ["drms", "aavd"] {
            bytes.replaceSubrange(tag, with: Data(name.utf8))
            try bytes.write(to: folder["\(name).m4a"])
        }
        for name in ["cenc.mp4", "drms.m4a", "aavd.m4a"] {
            #expect(error(folder[name])?.kind == .badData, "\(name)")
            #expect(
                error(folder[name])?.cause.contains("encrypted") == true,
                "\(name): \(String(describing: error(folder[name])))")
        }
    }

    @Test("A codec nobody knows")
    func unknownCodec() throws {
        let folder = try MediaFolder()
        var bytes = try Data(contentsOf: folder.makeTones("a.wav", frames: 1000, arguments: ["-bitexact"]))
        bytes.replaceSubrange(20..<22, with: [0x39, 0x7A])
        try bytes.write(to: folder["b.wav"])
        let failure = error(folder["b.wav"])
        #expect(failure?.kind == .badData)
        #expect(failure?.cause.contains("cannot be decoded") == true, "\(String(describing: failure))")
    }

    /// Formats, and whether their frames carry checksums so that any broken bit is found.
    @Test(
        "A file whose end is cut off is read as far as it goes, and says so",
        arguments: ["a.wav", "a.flac", "a.mp3", "a.m4a", "a.ogg", "a.aiff", "a.mka"])
    func cutOff(_ name: String) throws {
        let folder = try MediaFolder()
        let codec = name == "a.mka" ? ["-c:a", "flac"] : name == "a.m4a" ? ["-movflags", "faststart"] : []
        let whole = try Data(contentsOf: folder.makeTones(name, frames: 44100 * 10, arguments: codec))
        try whole.prefix(whole.count * 6 / 10).write(to: folder["cut-" + name])
        let source = try FFmpegMedia().open(folder["cut-" + name])
        let sound = try readAll(source)
        #expect((3.0...9).contains(sound.seconds), "\(sound.seconds) s")
        #expect(source.damage != nil, "\(String(describing: source.expectedFrames)) \(sound.frameCount)")
        let decibels = signalToErrorDecibels(
            tone(0, frames: sound.frameCount - 4096, sampleRate: 44100), sound.channels[0])
        #expect(decibels > 15, "what was read is sound: \(decibels) dB")
    }

    @Test("An MP4 whose index is cut off is refused")
    func cutIndex() throws {
        let folder = try MediaFolder()
        let whole = try Data(contentsOf: folder.makeTones("a.m4a", frames: 44100 * 3))
        try whole.prefix(whole.count / 2).write(to: folder["b.m4a"])
        #expect(error(folder["b.m4a"])?.kind == .badData)
    }

    /// Minutes of noise, and the same file with a few hundred bytes in its middle overwritten.
    private func damaged(_ name: String, arguments: [String], in folder: MediaFolder) throws -> (whole: URL, URL) {
        let source = "anoisesrc=r=48000:c=pink:a=0.3:seed=1:d=150,aformat=channel_layouts=stereo"
        try folder.ffmpeg(["-f", "lavfi", "-i", source] + arguments + [name])
        var bytes = try Data(contentsOf: folder[name])
        var place = bytes.count / 2..<bytes.count / 2 + 300
        if name.hasSuffix(".mkv") {
            // Broken lengths of blocks would take a whole cluster along: only what lies inside a packet is overwritten.
            let packets = try folder.ffprobe(["-show_entries", "packet=pos,size", "-of", "csv=p=0", name])
            let entries = packets.split(separator: "\n").map { $0.split(separator: ",").compactMap { Int($0) } }
            let packet = try #require(entries.first { $0.count == 2 && max($0[0], $0[1]) > place.lowerBound })
            let (start, size) = (packet.max() ?? 0, packet.min() ?? 0)
            place = start + size / 4..<start + size * 3 / 4
        }
        bytes.replaceSubrange(place, with: [UInt8](repeating: 0x5A, count: place.count))
        try bytes.write(to: folder["damaged-" + name])
        return (folder[name], folder["damaged-" + name])
    }

    @Test(
        "A broken packet in the middle becomes silence, and everything else is where and what it was",
        arguments: [
            ("a.mp3", ["-b:a", "128k"]), ("vbr.mp3", ["-q:a", "4"]), ("plain.mp3", ["-write_xing", "0"]),
            ("a.m4a", []), ("a.aac", []), ("a.mkv", ["-c:a", "aac"]), ("a.flac", []), ("a.mka", ["-c:a", "flac"]),
            ("a.ogg", []), ("a.opus", []), ("a.wma", []),
        ])
    func repaired(_ name: String, _ arguments: [String]) throws {
        let folder = try MediaFolder()
        let (wholeFile, damagedFile) = try damaged(name, arguments: arguments, in: folder)
        let whole = try readAll(wholeFile)
        let source = try FFmpegMedia().open(damagedFile)
        let sound = try readAll(source)
        #expect((0.005...1.4).contains(source.repairedSeconds), "\(source.repairedSeconds) s")
        #expect(source.damage == nil)
        #expect(sound.frameCount == whole.frameCount, "\(sound.frameCount) of \(whole.frameCount) frames")
        let differing = whole.channels[0].indices.filter {
            $0 < sound.frameCount && whole.channels[0][$0] != sound.channels[0][$0]
        }
        let first = try #require(differing.first)
        let last = try #require(differing.last)
        #expect(abs(Double(first) / Double(sound.sampleRate) - 75) < 3)
        // A bit reservoir and windows that overlap carry damage a little further.
        #expect(Double(last - first) / Double(sound.sampleRate) < source.repairedSeconds + 0.5)
        let silent = sound.channels[0][first...last].count { $0 == 0 }
        #expect(Double(silent) / Double(sound.sampleRate) > source.repairedSeconds * 0.9)
    }

    @Test("A whole file is not repaired", arguments: ["a.mp3", "a.m4a", "a.aac", "a.mkv", "a.flac", "a.ogg", "a.wma"])
    func sound(_ name: String) throws {
        let folder = try MediaFolder()
        let source = try FFmpegMedia().open(folder.makeTones(name, frames: 44100))
        _ = try readAll(source)
        #expect(source.repairedSeconds == 0)
    }

    @Test("What is broken too often is refused with the first place")
    func brokenTooOften() throws {
        let folder = try MediaFolder()
        var bytes = try Data(contentsOf: damaged("a.m4a", arguments: [], in: folder).whole)
        // A hundred places, each in one of 7032 packets or in two.
        for index in 0..<100 {
            let at = bytes.count / 10 + index * bytes.count / 200
            bytes.replaceSubrange(at..<at + 200, with: [UInt8](repeating: 0x5A, count: 200))
        }
        try bytes.write(to: folder["b.m4a"])
        let failure = error(folder["b.m4a"])
        #expect(failure?.kind == .badData)
        #expect(failure?.cause.hasPrefix("it is broken at ") == true, "\(String(describing: failure))")
    }

    /// As hosts do that put advertisements in.
    @Test("MP3 files that were joined are read to the end")
    func joined() throws {
        let folder = try MediaFolder()
        let first = try Data(
            contentsOf: folder.makeTones(
                "a.mp3", frames: 44100 * 3, arguments: ["-metadata", "title=An advertisement"]))
        let second = try Data(
            contentsOf: folder.makeTones("b.mp3", frames: 44100 * 5, arguments: ["-metadata", "title=The programme"]))
        try (first + second).write(to: folder["c.mp3"])
        let source = try FFmpegMedia().open(folder["c.mp3"])
        let sound = try readAll(source)
        #expect(sound.frameCount >= 44100 * 8 && sound.frameCount < 44100 * 8 + 6 * 1152)
        #expect(source.damage == nil && source.repairedSeconds == 0)
        #expect(sound.frameCount == (try folder.decodedFrames("c.mp3", channels: 2)))
    }

    @Test(
        "A file that is broken in the middle is refused with the place",
        arguments: ["a.flac", "a.mka", "a.ogg", "a.m4a", "a.mp3"])
    func broken(_ name: String) throws {
        let folder = try MediaFolder()
        let codec = name == "a.mka" ? ["-c:a", "flac"] : []
        var bytes = try Data(contentsOf: folder.makeTones(name, frames: 44100 * 30, arguments: codec))
        let middle = bytes.count / 2
        let size = max(20_000, bytes.count / 20)
        bytes.replaceSubrange(middle..<middle + size, with: [UInt8](repeating: 0x5A, count: size))
        try bytes.write(to: folder["broken-" + name])
        let failure = error(folder["broken-" + name])
        #expect(failure?.kind == .badData)
        let words = failure?.cause.split(separator: " ") ?? []
        let place = words.firstIndex(of: "at").flatMap { words.indices.contains($0 + 1) ? Double(words[$0 + 1]) : nil }
        #expect(place.map { (10.0...20).contains($0) } == true, "\(String(describing: failure))")
    }
}
