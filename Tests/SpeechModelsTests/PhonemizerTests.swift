import AudioCore
import Foundation
import Synchronization
import Testing

@testable import SpeechModels

/// Pretends to be the program and counts how often it is called.
private final class CountingPronouncer: UnknownWordPronouncer {
    let calls = Mutex<[[String]]>([])
    func ipa(of words: [String], accent: EnglishAccent) throws -> [String] {
        calls.withLock { $0.append(words) }
        return words.map { _ in "blˈa^ɪk" }
    }
}

@Suite(
    .enabled(
        if: InstalledModels.have("misaki-en/us_gold.json", "misaki-en/gb_gold.json"),
        "the dictionaries misaki-en are not installed"))
struct PhonemizerTests {
    private let lexicons = InstalledModels.folder.appending(path: "misaki-en")
    private static let shared = EnglishPhonemizer(
        lexiconFolder: InstalledModels.folder.appending(path: "misaki-en"))

    private func spoken(_ text: String, language: String = "en") throws -> String {
        try PhonemizerTests.shared.readings(of: text.split(separator: " ").map(String.init), language: language)
            .compactMap(\.first).joined().map { $0.phonemes + $0.punctuation }.joined(separator: " ")
    }

    @Test(
        "Words are spoken as misaki writes them",
        arguments: [
            ("the cat", "ðə kˈæt"), ("the apple", "ði ˈæpᵊl"), ("an hour", "ɐn ˈWəɹ"), ("to eat", "tʊ ˈit"),
            ("to win", "tə wˈɪn"), ("I used to run", "ˌI jˈust tə ɹˈʌn"), ("the use of it", "ðə jˈus ʌv ɪt"),
            ("to use it", "tə jˈuz ɪt"), ("water", "wˈɔTəɹ"), ("forty", "fˈɔɹTi"), ("the BBC", "ðə bˌibˌisˈi"),
            ("NASA", "nˈæsə"), ("Mr. Smith", "mˈɪstəɹ smˈɪθ"), ("it's", "ɪts"), ("I'm", "ˌIm"), ("um", "ˈʌm"),
            ("uh", "ˈʌ"),
            ("read a book", "ɹˈid ɐ bˈʊk"), ("I have read it", "ˌI hæv ɹˈɛd ɪt"), ("Hello, you.", "həlˈO, ju."),
            ("goin' home", "ɡˈOɪn hˈOm"), ("that'd be", "ðætəd bˈi"), ("$5", "fˈIv dˈɑləɹz"),
        ])
    func words(text: String, expected: String) throws {
        #expect(try spoken(text) == expected)
    }

    @Test("British words have no r where the British say none")
    func british() throws {
        #expect(try spoken("the car park", language: "en-GB") == "ðə kˈɑː pˈɑːk")
        #expect(try spoken("over", language: "en-GB") == "ˈQvə")
    }

    @Test(
        "Words that are in no dictionary are made from their stems",
        arguments: [("podcasts'", "s"), ("googled", "d"), ("blogging", "ɪŋ"), ("Smith's", "s"), ("churches'", "ᵻz")])
    func inflections(word: String, ending: String) throws {
        #expect(try spoken(word).hasSuffix(ending))
    }

    @Test("Endings follow the sound before them")
    func endings() {
        let american = EnglishInflection(accent: .american)
        #expect(american.add(.plural, to: "kˈæt") == "kˈæts")
        #expect(american.add(.plural, to: "dˈɔɡ") == "dˈɔɡz")
        #expect(american.add(.plural, to: "bˈʌs") == "bˈʌsᵻz")
        #expect(american.add(.past, to: "wˈɔk") == "wˈɔkt")
        #expect(american.add(.past, to: "nˈid") == "nˈidᵻd")
        #expect(american.add(.progressive, to: "wˈAt") == "wˈAɾɪŋ")
        #expect(EnglishInflection(accent: .british).add(.plural, to: "bˈʌs") == "bˈʌsɪz")
    }

    @Test("Everything that is spoken stands in Kokoro's vocabulary")
    func vocabulary() throws {
        #expect(try spoken(PhonemizerTests.longText).split(separator: " ").count > 100)
        let file = InstalledModels.folder.appending(path: "kokoro-82m/vocab.json")
        try #require(FileManager.default.fileExists(atPath: file.path))
        let vocabulary = try #require(
            try JSONDecoder().decode([String: [String: Int]].self, from: Data(contentsOf: file))["vocab"])
        for symbol in KokoroAlphabet.phonemes { #expect(vocabulary[String(symbol)] != nil, "\(symbol)") }
        for language in ["en-US", "en-GB"] {
            for character in try spoken(PhonemizerTests.longText, language: language) {
                #expect(vocabulary[String(character)] != nil, "\(character)")
            }
        }
    }

    private static let longText = """
        Well, on May 5, 2021 at 7:30 p.m. Dr. Kowalczyk-O'Brien paid $1,200.50 for 3.5 kg of Xylothorpe & Zürcher's \
        quinoa — um, wh- what? The U.S. and the BBC said 95% of CEOs don't read e.g. "Thucydides" (vol. IV)! Mm-hmm, \
        she'd've gone to 221B Baker St. in the 1890s; Nguyen Xi'an, uh, they're buildin' AI-powered MP3s... Henry VIII \
        liked to be-- to be the 1st. http://example.com costs €20, th- that's 1/2 of it. Hmm, a 5'10" man ran 10km at \
        30°C, 555-1234. The quick brown fox jumps over the lazy dog while judges vex the big sphinx of quartz. \
        Measure the pleasure of a vision, thin thick things, children choosing cheese, boys enjoying noise, out loud. \
        Years ago we were unsure about those azure beaches near the garage where Hugh and Joyce sang along.
        """

    @Test("One call of the program serves all unknown words, and none the second time")
    func oneCall() throws {
        let program = CountingPronouncer()
        let phonemizer = EnglishPhonemizer(lexiconFolder: lexicons, unknownWords: program)
        let words = ["Qwyxblat", "and", "Zzyzxian,", "Qwyxblat"]
        let first = try phonemizer.readings(of: words, language: "en")
        #expect(try phonemizer.readings(of: words, language: "en") == first)
        #expect(program.calls.withLock { $0 } == [["qwyxblat", "zzyzxian"]])
        #expect(first[2].first?.first?.phonemes == "blˈIk")
        #expect(first[2].first?.first?.punctuation == ",")
    }

    @Test("Without the program, dictionary words are spoken, and an unknown one says what to install")
    func programAbsent() throws {
        let phonemizer = EnglishPhonemizer(
            lexiconFolder: lexicons, unknownWords: EspeakPronouncer(searchPath: "/nonexistent"))
        #expect(try phonemizer.readings(of: ["hello"], language: "en").first?.isEmpty == false)
        do {
            _ = try phonemizer.readings(of: ["Qwyxblat"], language: "en")
            Issue.record("an unknown word was spoken without the program")
        } catch let error as AudioError {
            #expect(error.kind == .unavailable)
            #expect(error.description.contains("Qwyxblat".lowercased()))
            #expect(error.mend.contains("apt-get install espeak-ng"))
        }
    }

    @Test("The dot of an abbreviation ends no sentence, the dot of the last word does")
    func dots() throws {
        let words = ["Dr.", "Smith", "left", "at", "7", "p.m.", "sharp,", "etc."]
        let readings = try PhonemizerTests.shared.readings(of: words, language: "en")
        #expect(readings[0].first?.last?.punctuation == "")
        #expect(readings[5].first?.last?.punctuation == "")
        #expect(readings[7].first?.last?.punctuation == ".")
    }

    @Test("Each spoken word knows the written word it comes from")
    func sources() throws {
        let readings = try PhonemizerTests.shared.readings(of: ["In", "1406", "—", "we"], language: "en")
        #expect(readings[2].isEmpty)
        #expect(readings[1].count > 2)
        for (index, word) in readings.enumerated() {
            for reading in word { #expect(reading.allSatisfy { $0.source == index && !$0.phonemes.isEmpty }) }
            if let first = word.first, index == 1 { #expect(first.last?.punctuation == "—") }
        }
    }

    @Test("Text in capitals throughout is not spelled out")
    func capitals() throws {
        #expect(try spoken("THE CAT SAT ON THE MAT") == spoken("the cat sat on the mat"))
    }

    @Test("A dictionary is parsed with its escapes and parts of speech, and a broken one is refused")
    func parsing() throws {
        func parse(_ text: String) -> [String: Pronunciation]? {
            Array(text.utf8).withUnsafeBufferPointer { bytes in
                var parser = LexiconParser(bytes: bytes)
                return parser.dictionary()
            }
        }
        let text = #"{"a\"b": "k\u00e6t", "read": {"DEFAULT": "ɹˈid", "VBD": "ɹˈɛd", "NOUN": null}, "x": "y"}"#
        let entries = try #require(parse(text))
        #expect(entries.count == 3)
        #expect(entries["a\"b"]?.phonemes([]) == "kæt")
        #expect(entries["read"]?.phonemes(["NOUN", "VBD"]) == "ɹˈɛd")
        #expect(entries["read"]?.phonemes([]) == "ɹˈid")
        for broken in ["", "{", #"{"a"}"#, #"{"a": 1}"#, #"{"a": "b""#, #"["a"]"#, #"{"a": "b"} x"#] {
            #expect(parse(broken) == nil, "\(broken)")
        }
    }

    @Test("Another language is refused")
    func otherLanguage() {
        #expect(throws: AudioError.self) { try PhonemizerTests.shared.readings(of: ["guten"], language: "de") }
    }

    @Test("A broken-off word takes its sounds from the word that follows")
    func fragments() throws {
        let readings = try PhonemizerTests.shared.readings(of: ["th-", "the", "beca-", "because"], language: "en")
        #expect(readings[0].first?.first?.phonemes == "ð")
        #expect(readings[2].first?.first?.phonemes.contains("k") == true)
    }
}
