import AudioCore
import Foundation
import TestSupport
import Testing

@testable import MediaIO

/// Decoding in a process of its own: the same sound and the same sentences, and whatever becomes of the process is one.
@Suite struct DecoderChildTests {
    private static let isReady = BuiltProgram.url != nil && MediaFolder.hasProgram

    private func child(_ limits: DecodingLimits = DecodingLimits()) throws -> DecoderChild {
        DecoderChild(program: try #require(BuiltProgram.url), arguments: ["media-worker"], limits: limits)
    }

    /// What a reader says of a file: all that it gives, or why it gives nothing.
    private func account(_ media: FFmpegMedia, _ file: URL) throws -> (words: String, sound: Waveform?) {
        do {
            let source = try media.open(file)
            let (format, expected) = (source.format, source.expectedFrames)
            let sound = try readAll(source)
            #expect(try source.read() == nil)
            return ("\(format) \(expected ?? -1) \(source.damage ?? "") \(source.repairedSeconds)", sound)
        } catch let error as AudioError { return ("\(error.kind) \(error)", nil) }
    }

    @Test(.enabled(if: isReady, "needs the program and ffmpeg"))
    func theSameSoundAndTheSameSentences() throws {
        let folder = try MediaFolder()
        for name in ["a.wav", "a.flac", "a.mp3", "a.m4a", "a.ogg", "a.opus"] {
            let whole = try Data(contentsOf: folder.makeTones(name, frames: 100_000))
            try whole.prefix(whole.count * 2 / 3).write(to: folder["cut " + name])
            var broken = whole
            for at in whole.count / 2..<whole.count / 2 + 900 { broken[at] = 0x55 }
            try broken.write(to: folder["broken " + name])
        }
        try Data("no sound".utf8).write(to: folder["text.mp3"])
        try Data().write(to: folder["empty.mp3"])
        let (here, there) = (FFmpegMedia(), FFmpegMedia(decoder: try child()))
        for name in try folder.names + ["none.mp3"] {
            let (expected, found) = try (account(here, folder[name]), account(there, folder[name]))
            #expect(found.words == expected.words, "\(name)")
            #expect(found.sound == expected.sound, "\(name)")
        }
    }

    @Test(.enabled(if: isReady, "needs the program and ffmpeg"))
    func aNewFileTakesOverTheSameFromTheOriginal() throws {
        let folder = try MediaFolder()
        try folder.ffmpeg(["-f", "lavfi", "-i", "testsrc=size=32x32:rate=1:duration=1", "-frames:v", "1", "c.png"])
        _ = try folder.makeTones("tone.wav", frames: 44100)
        try Data(";FFMETADATA1\ntitle=Töne\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=One\n".utf8).write(
            to: folder["meta.txt"])
        try folder.ffmpeg([
            "-i", "tone.wav", "-i", "c.png", "-i", "meta.txt", "-map", "0", "-map", "1", "-map_metadata", "2",
            "-map_chapters", "2", "-c:v", "copy", "-disposition:v", "attached_pic", "original.mp3",
        ])
        for (name, media) in [("here.flac", FFmpegMedia()), ("there.flac", FFmpegMedia(decoder: try child()))] {
            let sink = try media.create(
                folder[name], sampleRate: 44100, channelCount: 2, original: folder["original.mp3"])
            try sink.write(readAll(folder["tone.wav"]))
            try sink.finish()
        }
        #expect(try Data(contentsOf: folder["here.flac"]) == Data(contentsOf: folder["there.flac"]))
        #expect(try Metadata(Demuxer(folder["there.flac"])).chapters.count == 1)
        let error = #expect(throws: AudioError.self) {
            _ = try FFmpegMedia(decoder: child()).create(
                folder["x.flac"], sampleRate: 44100, channelCount: 2, original: folder["meta.txt"])
        }
        #expect(error?.kind == .badData)
    }

    @Test(.enabled(if: isReady, "needs the program and ffmpeg"))
    func itIsBoundAndLeavesNothingBehind() throws {
        let folder = try MediaFolder()
        let file = try folder.makeTones("a.wav", frames: 2_000_000)
        var source: (any MediaSource)? = try FFmpegMedia(decoder: child()).open(file)
        let process = try #require(Self.children(of: getpid()).first)
        let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
        let soft = Dictionary(
            limits.split(separator: "\n").map { line in
                (
                    String(line.prefix(26)).trimmingCharacters(in: .whitespaces),
                    String(line.dropFirst(26).prefix { $0 != " " })
                )
            }, uniquingKeysWith: { first, _ in first })
        #expect(soft["Max file size"] == "0" && soft["Max core file size"] == "0" && soft["Max open files"] == "32")
        let memory = try #require(soft["Max address space"].flatMap { Int($0) })
        #expect(memory > 512 << 20 && memory < 4 << 30)
        #expect(try #require(soft["Max cpu time"].flatMap { Int($0) }) < 60)
        let variables = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/environ"))
        #expect(!String(decoding: variables, as: UTF8.self).contains("HOME="))
        // Left in the middle: the process is gone at once, and waited for.
        #expect(try source?.read() != nil)
        source = nil
        #expect(kill(process, 0) != 0)
    }

    @Test(.enabled(if: isReady, "needs the program and ffmpeg"))
    func tooMuchMemoryIsSaid() throws {
        let folder = try MediaFolder()
        let file = try folder.makeTones("a.m4a", frames: 2_000_000)
        let media = FFmpegMedia(decoder: try child(DecodingLimits(memoryBytes: 0, processorSeconds: 30)))
        let error = #expect(throws: AudioError.self) { _ = try readAll(media.open(file)) }
        #expect(
            error?.kind == .badData && error?.cause == "decoding it takes more than 0 MB of memory",
            "\(error?.cause ?? "")")
    }

    /// A shell in the place of the decoder.
    private func error(ofProgram script: String) throws -> (any Error)? {
        let folder = try MediaFolder()
        try Data("x".utf8).write(to: folder["a.mp3"])
        let decoder = DecoderChild(program: URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", script])
        return #expect(throws: (any Error).self) { try FFmpegMedia(decoder: decoder).open(folder["a.mp3"]) }
    }

    @Test(arguments: [
        ("kill -SEGV $$", AudioError.Kind.badData, "its decoder died (signal 11)"),
        ("kill -ABRT $$", .badData, "its decoder died (signal 6)"),
        ("ulimit -S -t 1; while :; do :; done", .badData, "decoding a moment of it takes more than 30 s"),
        ("kill -KILL $$", .tryAgain, "its decoder was killed"),
        ("exit 3", .internal, "its decoder ended without a word (code 3)"),
        ("printf 12345", .internal, "its decoder ended without a word (code 0)"),
        ("head -c 100000 /dev/zero", .badData, "its decoder went mad"),
        // A failure of 4 GB; one that is no JSON; the end of what has not begun.
        ("printf '\\005\\0\\0\\0\\377\\377\\377\\377'; sleep 9", .badData, "its decoder went mad"),
        ("printf '\\005\\0\\0\\0\\004\\0\\0\\0nope'", .badData, "its decoder went mad"),
        ("printf '\\003\\0\\0\\0\\002\\0\\0\\0{}'", .badData, "its decoder went mad"),
    ])
    func anEndOfTheProcessIsASentence(_ script: String, _ kind: AudioError.Kind, _ cause: String) throws {
        let error = try #require(error(ofProgram: script) as? AudioError)
        #expect(error.kind == kind && error.cause.hasPrefix(cause), "\(error)")
        #expect(error.description.hasPrefix("Cannot read "))
    }

    @Test func anInterruptedProcessIsAnInterruption() throws {
        #expect(try error(ofProgram: "exit 130") is CancellationError)
    }

    @Test func soundThatCannotBeIsNotTaken() throws {
        func number(_ value: Int) -> String {
            (0..<4).map { String(format: "\\%03o", value >> (8 * $0) & 255) }.joined()
        }
        let fields = "\"container\":\"wav\",\"codec\":\"x\",\"isLossless\":true,\"isFloat\":false"
        func beginning(_ channels: Int, _ rate: Int) -> String {
            let json = "{\"format\":{\"channelCount\":\(channels),\"sampleRate\":\(rate),\(fields)}}"
            return "printf '" + number(1) + number(json.utf8.count) + "'; printf '%s' '\(json)'; "
        }
        for (channels, rate) in [(0, 44100), (64, 44100), (2, 0), (2, -1)] {
            #expect((try error(ofProgram: beginning(channels, rate)) as? AudioError)?.cause == "its decoder went mad")
        }
        // Ten bytes are no two channels.
        let folder = try MediaFolder()
        try Data("x".utf8).write(to: folder["a.mp3"])
        let script = beginning(2, 44100) + "printf '" + number(2) + number(10) + "0123456789'"
        let decoder = DecoderChild(program: URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", script])
        let source = try FFmpegMedia(decoder: decoder).open(folder["a.mp3"])
        #expect(#expect(throws: AudioError.self) { try source.read() }?.cause == "its decoder went mad")
    }

    @Test func aDecoderThatIsNotThereIsSaid() throws {
        let folder = try MediaFolder()
        try Data("x".utf8).write(to: folder["a.mp3"])
        let decoder = DecoderChild(program: folder["no program"], arguments: [])
        #expect(
            #expect(throws: AudioError.self) { try FFmpegMedia(decoder: decoder).open(folder["a.mp3"]) }?.operation
                == "start")
    }

    private static func children(of parent: pid_t) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            let words = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline"))) ?? Data()
            let state = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            let fields = state.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.dropFirst().first == "\(parent)"
                && String(decoding: words, as: UTF8.self).contains("media-worker")
        }
    }
}
