/// Pronounces words that no dictionary has.
public protocol UnknownWordPronouncer: Sendable {
    /// - Returns: phonemes in the International Phonetic Alphabet, one string a word; vowels with a glide are joined
    ///   by "^": "a^ɪ".
    func ipa(of words: [String], accent: EnglishAccent) throws -> [String]
}

/// English words by espeak-ng.
public struct EspeakPronouncer: UnknownWordPronouncer {
    private let program: EspeakProgram

    public init() { program = EspeakProgram() }

    /// What reads unknown words and other languages, with its version; nil where it is not installed.
    public static var version: String? { EspeakProgram().version }

    /// - Parameter searchPath: folders to look for the program in, separated by ":".
    init(searchPath: String) { program = EspeakProgram(searchPath: searchPath) }

    public func ipa(of words: [String], accent: EnglishAccent) throws -> [String] {
        let plain = words.map { $0.filter { $0.isLetter || $0 == "'" } }
        return try program.ipa(of: plain, voice: accent == .american ? "en-us" : "en-gb") {
            "it is in no dictionary, and \($0), which reads such words, is not installed"
        }
    }
}
