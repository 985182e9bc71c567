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

    /// Sounds of other languages are written as one letter where Kokoro has one.
    private static let international: [(String, String)] = [
        ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^z", "ʣ"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("o^ʊ", "O"), ("ə^ʊ", "Q"), ("t^s", "ʦ"),
        ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("g", "ɡ"), ("ɫ", "l"),
    ]
    /// Kokoro's letters beyond English, with length, nasality and aspiration.
    private static let foreign = Set("ceoqruxyɕçɖɚɟɣɤɥɨɯɰɳɲɴøɸœɻʁɽʂʈʋχʎʣʥʦʨβɒʝʰʲ")

    /// Languages other than English.
    static func phonemes(ipa: String) -> String {
        var text = ipa
        // Words of another language are announced: "(^e^n)".
        while let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") {
            text.removeSubrange(open...close)
        }
        for (from, to) in international { text = text.replacing(from, with: to) }
        let known = text.unicodeScalars.filter {
            $0 == "\u{303}" || phonemes.contains(Character($0)) || foreign.contains(Character($0))
        }
        return String(String.UnicodeScalarView(known))
    }

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
