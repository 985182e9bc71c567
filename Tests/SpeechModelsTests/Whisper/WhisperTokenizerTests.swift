import Foundation
import Testing

@testable import SpeechModels

@Suite(.enabled(if: InstalledModels.have("whisper-base/tokenizer.json"), "whisper-base is not installed"))
struct WhisperTokenizerTests {
    let tokenizer: WhisperTokenizer

    init() throws {
        tokenizer = try WhisperTokenizer(InstalledModels.folder.appending(path: "whisper-base/tokenizer.json"))
    }

    /// Tokens of Hugging Face tokenizers 0.23.3 with the same file.
    @Test(arguments: [
        (" Hello, world!", [2425, 11, 1002, 0]),
        (
            " It's 42.5% naïve café — don't you'll",
            [467, 311, 14034, 13, 20, 4, 1667, 15487, 303, 25118, 3466, 500, 380, 291, 603]
        ),
        ("   two  spaces\n\nand tabs\t x", [220, 220, 732, 220, 7673, 198, 198, 474, 20743, 197, 2031]),
        (" 日本語のテスト、です。", [220, 27311, 31348, 2972, 22985, 40498, 1231, 4767, 1543]),
        (" Kubernetes Tchaikovsky's", [23145, 314, 4413, 1035, 5179, 25810, 311]),
    ])
    func encodesLikeTheReference(_ text: String, _ tokens: [Int]) {
        #expect(tokenizer.encode(text) == tokens)
        #expect(tokenizer.decode(tokens) == text)
    }

    @Test func knowsTheControlTokens() {
        #expect(tokenizer.languageTokens["en"] == 50259 && tokenizer.languageTokens["de"] == 50261)
        #expect(tokenizer.languageTokens.count == 99)
        #expect(tokenizer.firstTimestamp == 50364)
        #expect(tokenizer.decode([50258, 2425, 50364, 11]) == " Hello,")
    }

    @Test func wordsKeepTheirTokensTogether() {
        let words = WhisperWords.split(
            tokenizer.encode(" It's naïve, Kubernetes."), tokenizer: tokenizer, language: "en")
        #expect(words.map(\.text) == [" It's", " naïve", ",", " Kubernetes", "."])
        #expect(words.reduce(0) { $0 + $1.count } == tokenizer.encode(" It's naïve, Kubernetes.").count)
        // A character of several tokens is not cut.
        let signs = WhisperWords.split(tokenizer.encode(" 語🎉"), tokenizer: tokenizer, language: "ja")
        #expect(signs.map(\.text).joined() == " 語🎉" && signs.allSatisfy { !$0.text.contains("\u{FFFD}") })
    }

    @Test func segmentsAreCutAtTimestamps() {
        func time(_ seconds: Double) -> Int { tokenizer.firstTimestamp + Int((seconds * 50).rounded()) }
        let text = tokenizer.encode(" Hello")
        let open = WhisperSegment.cut(
            [time(0)] + text + [time(1), time(2)] + text + [time(3), time(3)], tokenizer: tokenizer, windowSeconds: 9)
        #expect(open.segments.map(\.span.start) == [0, 2] && open.segments.map(\.span.end) == [1, 3])
        #expect(open.seconds == 3 && !open.isClosed)
        let closed = WhisperSegment.cut([time(0)] + text + [time(4)], tokenizer: tokenizer, windowSeconds: 9)
        #expect(closed.isClosed && closed.seconds == 9 && closed.segments.map(\.span.end) == [4])
    }

    @Test func aDamagedFileIsRefused() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "tokenizer-\(UUID().uuidString).json")
        try Data("{\"model\": 1}".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(throws: (any Error).self) { try WhisperTokenizer(file) }
    }
}
