import AudioCore
import Foundation

/// The espeak-ng program: a process, never linked (it is under the GPL).
struct EspeakProgram: Sendable {
    /// Lines a process gets at once; far below what a command line may hold.
    private static let linesAtOnce = 400
    private let searchPath: [String]
    private var program: String? {
        searchPath.map { $0 + "/espeak-ng" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// - Parameter searchPath: folders to look for the program in, separated by ":"; nil: the environment's.
    init(searchPath: String? = nil) {
        let path = searchPath ?? ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        self.searchPath = path.split(separator: ":").map(String.init)
    }

    /// - Parameters:
    ///   - lines: without punctuation, which would cut them; each is read by itself.
    ///   - voice: espeak-ng's name of a language: "en-us".
    ///   - need: what becomes of the lines without the program, for the sentence that says it is missing.
    /// - Returns: phonemes in the International Phonetic Alphabet, words parted by spaces, one string a line; sounds that
    ///   are one are joined by "^": "a^ɪ".
    func ipa(of lines: [String], voice: String, need: (String) -> String) throws -> [String] {
        guard let first = lines.first else { return [] }
        guard let program else {
            throw AudioError(
                .unavailable, operation: "pronounce", subject: "\"\(first)\"", cause: need("the program espeak-ng"),
                mend: "apt-get install espeak-ng")
        }
        return try stride(from: 0, to: lines.count, by: Self.linesAtOnce).flatMap { start in
            try run(program, Array(lines[start..<min(lines.count, start + Self.linesAtOnce)]), voice: voice)
        }
    }

    /// "eSpeak NG text-to-speech: 1.51 ..."; nil where it is not installed or does not say.
    var version: String? {
        guard let program, let said = try? output(of: program, ["--version"]), said.status == 0 else { return nil }
        return said.lines.first
    }

    /// Each line is a sentence of its own: espeak-ng writes one line a sentence.
    private func run(_ program: String, _ lines: [String], voice: String) throws -> [String] {
        let text = lines.map { " " + $0 + ".\n" }.joined()
        let spoken = try output(of: program, ["-q", "--ipa", "--tie=^", "-v", voice, text])
        guard spoken.status == 0, spoken.lines.count == lines.count else {
            throw failure("it gave \(spoken.lines.count) lines for \(lines.count) (exit \(spoken.status))")
        }
        return spoken.lines
    }

    private func output(of program: String, _ arguments: [String]) throws -> (lines: [String], status: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw failure("it could not be started: \(error.localizedDescription)")
        }
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        return (lines, process.terminationStatus)
    }

    private func failure(_ cause: String) -> AudioError {
        AudioError(
            .unavailable, operation: "run", subject: "espeak-ng", cause: cause,
            mend: "apt-get install --reinstall espeak-ng")
    }
}
