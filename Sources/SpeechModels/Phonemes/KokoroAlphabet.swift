/// The International Phonetic Alphabet as espeak-ng writes it -> the alphabet Kokoro was trained on.
public enum KokoroAlphabet {
    /// Everything a pronunciation may hold.
    static let phonemes = Set("AIOQWYTabdefhijklmnpstuvwzæðŋɐɑɒɔəɛɜɡɪɹɾʃʊʌʒʔʤʧːˈˌθᵊᵻ")

    /// True for vowels and consonants: no stress, length, space or punctuation.
    public static func isSound(_ symbol: Character) -> Bool { phonemes.contains(symbol) && !"ˈˌː".contains(symbol) }

    /// Longer ones first.
    private static let common: [(String, String)] = [
        ("n\u{329}", "ᵊn"), ("l\u{329}", "ᵊl"), ("m\u{329}", "ᵊm"), ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"),
        ("t^ʃ", "ʧ"),
        ("e^ɪ", "A"), ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("t^s", "ts"), ("d^z", "dz"), ("ʲ", ""), ("x", "k"), ("ç", "h"),
        ("ɬ", "l"),
        ("r", "ɹ"), ("g", "ɡ"), ("\u{303}", ""), ("ɫ", "l"), ("y", "i"), ("ø", "ɜ"), ("œ", "ɜ"), ("ɲ", "nj"),
        ("β", "b"),
        ("ɣ", "ɡ"), ("ʁ", "ɹ"),
    ]
    private static let american: [(String, String)] = [
        ("o^ʊ", "O"), ("ɜː", "ɜɹ"), ("ɚ", "əɹ"), ("i^ə", "iə"), ("ɪ^ə", "iə"), ("ː", ""), ("ɐ", "ə"), ("e", "A"),
        ("o", "ɔ"), ("a", "æ"), ("ɒ", "ɑ"), ("ɜɹɹ", "ɜɹ"), ("əɹɹ", "əɹ"),
    ]
    private static let british: [(String, String)] = [
        ("ə^ʊ", "Q"), ("o^ʊ", "Q"), ("e^ə", "ɛː"), ("i^ə", "ɪə"), ("ɚ", "ə"), ("ɐ", "ə"), ("ɾ", "t"), ("e", "ɛ"),
        ("o", "ɔ"), ("ᵻ", "ɪ"), ("æ", "a"), ("ʔ", "t"),
    ]

    static func phonemes(ipa: String, accent: EnglishAccent) -> String {
        var text = ipa
        for (from, to) in common + (accent == .american ? american : british) { text = text.replacing(from, with: to) }
        return final(text.replacing("^", with: ""), accent: accent)
    }

    /// What misaki does last: the American flap is "T", the glottal stop a "t".
    static func final(_ text: String, accent: EnglishAccent) -> String {
        let spelled = text.replacing("ɾ", with: "T").replacing("ʔ", with: "t")
        return spelled.filter { phonemes.contains($0) }
    }
}
