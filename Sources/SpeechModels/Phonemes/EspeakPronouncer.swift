import AudioCore
import Foundation

/// Pronounces words that no dictionary has.
public protocol UnknownWordPronouncer: Sendable {
    /// - Returns: phonemes in the International Phonetic Alphabet, one string a word; vowels with a glide are joined
    ///   by "^": "a^ɪ".
    func ipa(of words: [String], accent: EnglishAccent) throws -> [String]
}

/// The espeak-ng program: a process, never linked (it is under the GPL).
public struct EspeakPronouncer: UnknownWordPronouncer {
    /// Words a process gets at once; far below what a command line may hold.
    private static let wordsAtOnce = 400
    private let searchPath: [String]

    public init() {
        self.init(searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    }

    /// - Parameter searchPath: folders to look for the program in, separated by ":".
    init(searchPath: String) {
        self.searchPath = searchPath.split(separator: ":").map(String.init)
    }

    public func ipa(of words: [String], accent: EnglishAccent) throws -> [String] {
        guard let first = words.first else { return [] }
        let program = searchPath.map { $0 + "/espeak-ng" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let program else {
            throw AudioError(
                .unavailable, operation: "pronounce", subject: "\"\(first)\"",
                cause: "it is in no dictionary, and the program espeak-ng, which reads such words, is not installed",
                mend: "apt-get install espeak-ng")
        }
        var all: [String] = []
        for start in stride(from: 0, to: words.count, by: EspeakPronouncer.wordsAtOnce) {
            let some = Array(words[start..<min(words.count, start + EspeakPronouncer.wordsAtOnce)])
            all += try run(program, some, accent: accent)
        }
        return all
    }

    /// Each word is a sentence of its own: espeak-ng writes one line a sentence.
    private func run(_ program: String, _ words: [String], accent: EnglishAccent) throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: program)
        let text = words.map { " " + $0.filter { $0.isLetter || $0 == "'" } + ".\n" }.joined()
        process.arguments = [
            "-q", "--ipa", "--tie=^", "-v", accent == .american ? "en-us" : "en-gb", text,
        ]
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
        guard process.terminationStatus == 0, lines.count == words.count else {
            throw failure("it gave \(lines.count) lines for \(words.count) words (exit \(process.terminationStatus))")
        }
        return lines
    }

    private func failure(_ cause: String) -> AudioError {
        AudioError(
            .unavailable, operation: "run", subject: "espeak-ng", cause: cause,
            mend: "apt-get install --reinstall espeak-ng")
    }
}
