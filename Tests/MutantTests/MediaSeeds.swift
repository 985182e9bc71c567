import AudioCore
import Foundation
import MediaIO

/// A second of sound in every format that this FFmpeg writes, with tags.
enum MediaSeeds {
    static let files: [(name: String, bytes: [UInt8])] = {
        let names = [
            "a.wav", "a.flac", "a.mp3", "a.m4a", "a.ogg", "a.opus", "a.aiff", "a.mka", "a.webm", "a.wv", "a.aac",
        ]
        return names.compactMap { name in
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)-\(name)")
            defer { try? FileManager.default.removeItem(at: file) }
            do {
                let sink = try FFmpegMedia().create(
                    file, sampleRate: 44100, channelCount: 2, tags: ["title": "Töne", "artist": "Anna"])
                try sink.write(Waveform(sampleRate: 44100, channels: [tone(300), tone(457)]))
                try sink.finish()
                return (name, Array(try Data(contentsOf: file)))
            } catch { return nil }
        }
    }()

    private static func tone(_ hertz: Double) -> [Float] {
        (0..<44100).map { Float(0.4 * sin(2 * .pi * hertz * Double($0) / 44100)) }
    }
}

/// What FFmpeg does with a file.
func readMedia(_ file: URL, with media: FFmpegMedia) throws {
    let source = try media.open(file)
    var frames = 0
    while let block = try source.read() {
        frames += block.frameCount
        // A file of a second that gives an hour does not end.
        guard frames < 48000 * 3600 else { throw EndlessMedia() }
    }
}

struct EndlessMedia: Error {}
