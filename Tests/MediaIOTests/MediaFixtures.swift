import AudioCore
import Foundation
import MediaIO
import Testing

/// A folder that vanishes with the test, and the `ffmpeg` program to fill it.
final class MediaFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("media-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    subscript(_ name: String) -> URL { url.appendingPathComponent(name) }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } }

    static let hasProgram = ["/usr/bin/ffmpeg", "/usr/local/bin/ffmpeg", "/opt/homebrew/bin/ffmpeg"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    struct ProgramFailure: Error {
        var arguments: [String]
        var said: String
    }

    /// Runs `ffmpeg` in the folder.
    func ffmpeg(_ arguments: [String]) throws { _ = try run("ffmpeg", ["-v", "error", "-y", "-nostdin"] + arguments) }

    /// Runs `ffprobe` in the folder and returns what it prints.
    func ffprobe(_ arguments: [String]) throws -> String { try run("ffprobe", ["-v", "error"] + arguments) }

    /// How many frames `ffmpeg` itself decodes.
    func decodedFrames(_ name: String, channels: Int) throws -> Int {
        try ffmpeg(["-i", name, "-f", "f32le", name + ".raw"])
        let bytes = try FileManager.default.attributesOfItem(atPath: self[name + ".raw"].path)[.size] as? Int
        return (bytes ?? 0) / (4 * channels)
    }

    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = url
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw ProgramFailure(arguments: arguments, said: said) }
        return said
    }

    /// Sines of 300, 400, 500 ... Hz, one a channel, at half of full scale.
    func makeTones(
        _ name: String, frames: Int, sampleRate: Int = 44100, channels: Int = 2, arguments: [String] = []
    ) throws -> URL {
        let tones = (0..<channels).map { "0.5*sin(2*PI*\(300 + 100 * $0)*t)" }.joined(separator: "|")
        let source = "aevalsrc='\(tones)':s=\(sampleRate):d=\(Double(frames) / Double(sampleRate) + 1)"
        try ffmpeg(["-f", "lavfi", "-i", source, "-af", "atrim=end_sample=\(frames)"] + arguments + [name])
        return self[name]
    }
}

/// What `makeTones` put into a channel.
func tone(_ channel: Int, frames: Int, sampleRate: Int) -> [Float] {
    (0..<frames).map {
        Float(0.5 * sin(2 * .pi * Double(300 + 100 * channel) * Double($0) / Double(sampleRate)))
    }
}

/// Everything a source holds.
func readAll(_ source: any MediaSource) throws -> Waveform {
    var channels = [[Float]](repeating: [], count: source.format.channelCount)
    while let block = try source.read() {
        for channel in channels.indices { channels[channel] += block.channels[channel] }
    }
    return Waveform(sampleRate: source.format.sampleRate, channels: channels)
}

func readAll(_ file: URL) throws -> Waveform { try readAll(FFmpegMedia().open(file)) }

/// 10 log10(energy of a / energy of a - b), over the frames both have.
func signalToErrorDecibels(_ a: [Float], _ b: [Float]) -> Double {
    var energy = 0.0
    var error = 1e-30
    for (x, y) in zip(a, b) {
        energy += Double(x) * Double(x)
        error += (Double(x) - Double(y)) * (Double(x) - Double(y))
    }
    return 10 * log10(energy / error)
}
