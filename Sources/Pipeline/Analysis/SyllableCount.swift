import AudioCore

/// How many syllables and phonemes words have when they are spoken as the dictionary says.
struct SyllableCount: Sendable, Equatable {
    var syllables = 0
    var phonemes = 0

    /// Vowels of the synthesizer's alphabet: the International Phonetic Alphabet's, and capitals for English diphthongs.
    private static let vowels: Set<Character> = [
        "A", "I", "O", "Q", "W", "Y", "a", "e", "i", "o", "u", "y", "ø", "œ", "ɐ", "ɑ", "ɒ", "ɔ", "ə", "ɚ", "ɛ", "ɜ",
        "ɨ",
        "ɪ", "ɯ", "ɤ", "ʊ", "ʌ", "æ", "ᵊ", "ᵻ",
    ]
    /// Stress, length and the like are no sounds of their own.
    private static let marks: Set<Character> = ["ˈ", "ˌ", "ː", "ʰ", "ʲ", "̃", "ᵝ", "↓", "→", "↗", "↘"]
    /// Languages in which a vowel letter is a syllable; counted against hand labels in English only.
    static let languages: Set<String> = ["en"]

    init(syllables: Int = 0, phonemes: Int = 0) {
        self.syllables = syllables
        self.phonemes = phonemes
    }

    init(_ spoken: [SpokenWord]) {
        for word in spoken {
            for symbol in word.phonemes where !Self.marks.contains(symbol) {
                phonemes += 1
                if Self.vowels.contains(symbol) { syllables += 1 }
            }
        }
    }

    /// - Returns: nil where the words cannot be counted: none, or in a language for which it was not tried.
    init?(of passage: Passage, phonemizer: any Phonemizer) throws {
        guard Self.languages.contains(passage.language), phonemizer.languages.contains(passage.language),
            !passage.words.isEmpty
        else { return nil }
        let readings = try phonemizer.readings(of: passage.words.map(\.text), language: passage.language)
        self.init(readings.flatMap { $0.first ?? [] })
        if syllables == 0 { return nil }
    }
}
