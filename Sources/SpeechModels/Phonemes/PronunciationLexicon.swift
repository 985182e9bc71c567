import Files
import Foundation

/// How a word is said; words that depend on their part of speech have several entries.
enum Pronunciation: Sendable {
    case one(String)
    /// Part of speech ("DEFAULT", "VERB", "NOUN", "VBD", "None" at the end of a phrase) -> phonemes.
    case byPartOfSpeech([String: String])

    /// - Parameter parts: parts of speech that fit, the best first.
    func phonemes(_ parts: [String]) -> String? {
        switch self {
        case .one(let phonemes): return phonemes
        case .byPartOfSpeech(let entries):
            for part in parts { if let phonemes = entries[part] { return phonemes } }
            return entries["DEFAULT"] ?? entries.min { $0.key < $1.key }?.value
        }
    }

    var isEmpty: Bool {
        switch self {
        case .one(let phonemes): phonemes.isEmpty
        case .byPartOfSpeech(let entries): entries.isEmpty
        }
    }
}

/// misaki's dictionaries for one accent: the hand-checked words ("gold"), then the rest ("silver").
struct PronunciationLexicon: Sendable {
    private let gold: [String: Pronunciation]
    private let silver: [String: Pronunciation]

    /// - Parameter folder: holds `us_gold.json` and `us_silver.json`, or `gb_...`.
    init(folder: URL, accent: EnglishAccent) throws {
        let prefix = accent == .american ? "us" : "gb"
        gold = try PronunciationLexicon.read(folder.appending(path: "\(prefix)_gold.json"))
        silver = try PronunciationLexicon.read(folder.appending(path: "\(prefix)_silver.json"))
    }

    private static func read(_ file: URL) throws -> [String: Pronunciation] {
        let mapped = try MappedFile(file)
        var parser = LexiconParser(bytes: mapped.bytes.assumingMemoryBound(to: UInt8.self))
        guard let entries = parser.dictionary() else {
            throw FileError(.badData, file, "read", "it is not a dictionary of pronunciations")
        }
        return entries
    }

    /// The word as written, in lower case, or with a capital.
    func entry(_ word: String) -> Pronunciation? {
        let lower = word.lowercased()
        let spellings = word == lower ? [word, lower.capitalizedFirst] : [word, lower, lower.capitalizedFirst]
        for dictionary in [gold, silver] {
            for spelling in spellings {
                if let entry = dictionary[spelling], !entry.isEmpty { return entry }
            }
        }
        return nil
    }

    /// True where the word stands in the dictionary exactly as written.
    func holdsExactly(_ word: String) -> Bool { gold[word] != nil || silver[word] != nil }
}

extension String {
    /// "smith" -> "Smith".
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
