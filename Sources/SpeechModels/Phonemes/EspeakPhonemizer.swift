import AudioCore

/// Text of languages other than English -> phonemes in Kokoro's alphabet, by espeak-ng, which its voices of these
/// languages were trained with. Numbers are read as espeak-ng reads them; no other readings are offered.
public struct EspeakPhonemizer: Phonemizer {
    /// ISO 639-1 -> espeak-ng's name. Languages that a recognizer understood when an English voice spoke them; French it did
    /// not, nor the Portuguese of Portugal (docs/measurements.md).
    private static let voices = ["es": "es", "it": "it", "pt": "pt-br"]
    private let program: EspeakProgram

    public var languages: [String] { Self.voices.keys.sorted() }

    public init() { program = EspeakProgram() }

    /// - Parameter searchPath: folders to look for the program in, separated by ":".
    init(searchPath: String) { program = EspeakProgram(searchPath: searchPath) }

    /// What recognizers drop in these languages has not been looked into.
    public func fillers(language: String) -> [SpokenWord] { [] }

    private struct Part {
        var source: Int
        var text: String
        var punctuation: String
    }

    public func readings(of words: [String], language: String) throws -> [[[SpokenWord]]] {
        guard let voice = Self.voices[String(language.lowercased().prefix { $0.isLetter })] else {
            throw AudioError(
                .usage, operation: "pronounce", subject: "text in \"\(language)\"",
                cause: "only \(languages.joined(separator: ", ")) can be spoken this way",
                mend: "choose a programme or a --language that is one of them")
        }
        let parts = words.enumerated().flatMap { index, word in
            WrittenWord(word).segments.map {
                Part(source: index, text: Self.plain($0.core), punctuation: $0.punctuation)
            }
        }.filter { !$0.text.isEmpty }
        let phonemes = try self.phonemes(of: parts, voice: voice)
        var readings = [[[SpokenWord]]](repeating: [], count: words.count)
        for (part, phonemes) in zip(parts, phonemes) where !phonemes.isEmpty {
            let word = SpokenWord(
                text: part.text, source: part.source, phonemes: phonemes, punctuation: part.punctuation)
            if readings[part.source].isEmpty {
                readings[part.source] = [[word]]
            } else {
                readings[part.source][0].append(word)
            }
        }
        return readings
    }

    /// Words sound different beside each other, so phrases are read whole; where espeak-ng runs words of a phrase
    /// together, so that it cannot be told which sound is whose, its words are read one by one.
    private func phonemes(of parts: [Part], voice: String) throws -> [String] {
        let phrases = Self.phrases(parts)
        let read = try ipa(of: phrases.map { $0.map { parts[$0].text }.joined(separator: " ") }, voice: voice)
        var phonemes = [String](repeating: "", count: parts.count)
        var alone: [Int] = []
        for (phrase, ipa) in zip(phrases, read) {
            let sounds = ipa.split(separator: " ")
            if sounds.count == phrase.count {
                for (index, sound) in zip(phrase, sounds) {
                    phonemes[index] = KokoroAlphabet.phonemes(ipa: String(sound))
                }
            } else {
                alone += phrase
            }
        }
        for (index, ipa) in zip(alone, try ipa(of: alone.map { parts[$0].text }, voice: voice)) {
            phonemes[index] = KokoroAlphabet.phonemes(ipa: ipa)
        }
        return phonemes
    }

    /// Up to each punctuation mark.
    private static func phrases(_ parts: [Part]) -> [[Int]] {
        var phrases: [[Int]] = []
        var current: [Int] = []
        for index in parts.indices {
            current.append(index)
            guard !parts[index].punctuation.isEmpty || index == parts.count - 1 else { continue }
            phrases.append(current)
            current = []
        }
        return phrases
    }

    private func ipa(of lines: [String], voice: String) throws -> [String] {
        try program.ipa(of: lines, voice: voice) { "\($0), which reads this language, is not installed" }
    }

    /// What would cut a line in two is left out.
    private static func plain(_ word: String) -> String {
        word.filter { $0.isLetter || $0.isNumber || "'-".contains($0) }
    }
}

/// Languages of several phonemizers.
public struct PhonemizerByLanguage: Phonemizer {
    private let phonemizers: [any Phonemizer]

    /// - Parameter phonemizers: the first that has a language speaks it; the first of all says what is wrong with others.
    public init(_ phonemizers: [any Phonemizer]) { self.phonemizers = phonemizers }

    public var languages: [String] { phonemizers.flatMap(\.languages) }

    public func readings(of words: [String], language: String) throws -> [[[SpokenWord]]] {
        guard let chosen = phonemizer(for: language) else {
            throw AudioError(
                .usage, operation: "pronounce", subject: "text in \"\(language)\"",
                cause: "only \(languages.joined(separator: ", ")) can be spoken",
                mend: "choose a programme or a --language that is one of them")
        }
        return try chosen.readings(of: words, language: language)
    }

    public func fillers(language: String) -> [SpokenWord] {
        phonemizer(for: language)?.fillers(language: language) ?? []
    }

    private func phonemizer(for language: String) -> (any Phonemizer)? {
        // "en-GB" is English, too.
        let plain = language.lowercased().prefix { $0.isLetter }
        return phonemizers.first { $0.languages.contains(String(plain)) }
    }
}
