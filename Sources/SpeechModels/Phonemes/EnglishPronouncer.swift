import Synchronization

/// What stands around a spoken word.
struct PhraseContext: Sendable {
    /// The words before and after, lower case; empty at the edges.
    var previous = ""
    var next = ""
    /// First sound of the next word; nil at the end of a phrase.
    var nextSound: Character?
}

/// Turns single words into phonemes: function words, dictionary, endings, and a program for the rest.
final class EnglishPronouncer: Sendable {
    let accent: EnglishAccent
    let lexicon: PronunciationLexicon
    private let inflection: EnglishInflection
    private let unknownWords: any UnknownWordPronouncer
    /// What the program said, by word in lower case.
    private let cache = Mutex<[String: String]>([:])

    private static let determiners: Set<String> = [
        "a", "an", "the", "this", "my", "your", "his", "her", "our", "their", "its", "some", "any", "no", "of", "in",
        "each", "every", "another", "new", "good", "long", "world",
    ]
    private static let beforeVerbs: Set<String> = [
        "to", "will", "would", "can", "could", "should", "must", "may", "might", "do", "does", "did", "don't", "didn't",
        "doesn't", "can't", "won't", "couldn't", "wouldn't", "i", "you", "we", "they", "let's", "i'll", "you'll",
        "we'll", "they'll", "he'll", "she'll", "it'll", "who", "please", "not", "never", "always",
    ]
    private static let thirdPersons: Set<String> = ["he", "she", "it", "who", "everybody", "nobody", "someone"]
    private static let beforeParticiples: Set<String> = [
        "have", "has", "had", "was", "were", "is", "are", "been", "be", "being", "i've", "we've", "you've", "they've",
        "he's", "she's", "it's", "well", "got", "gets", "get", "haven't", "hasn't", "hadn't",
    ]

    init(accent: EnglishAccent, lexicon: PronunciationLexicon, unknownWords: any UnknownWordPronouncer) {
        self.accent = accent
        self.lexicon = lexicon
        self.unknownWords = unknownWords
        inflection = EnglishInflection(accent: accent)
    }

    /// True where dictionary and rules suffice.
    func isKnown(_ word: String) -> Bool { lookUp(word, PhraseContext()) != nil }

    /// Asks the program for all words that it will be needed for, at once.
    func prepare(_ parts: [ReadingPart]) throws {
        var wanted: [String] = []
        for part in parts {
            if let word = unknown(part), !wanted.contains(word) { wanted.append(word) }
        }
        let missing = cache.withLock { cache in wanted.filter { cache[$0] == nil } }
        guard !missing.isEmpty else { return }
        let spoken = try unknownWords.ipa(of: missing, accent: accent)
        cache.withLock { cache in
            for (word, ipa) in zip(missing, spoken) {
                cache[word] = KokoroAlphabet.phonemes(ipa: ipa, accent: accent)
            }
        }
    }

    /// The word that the program must be asked for; nil where dictionary and rules suffice.
    private func unknown(_ part: ReadingPart) -> String? {
        switch part.manner {
        case .word: return isKnown(part.text) ? nil : part.text.lowercased()
        case .letters: return nil
        case .fragment(let whole, _):
            guard whole == nil, part.text.contains(where: { "aeiouy".contains($0) }) else { return nil }
            return part.text
        }
    }

    /// - Returns: phonemes in Kokoro's alphabet; empty for what makes no sound.
    func phonemes(_ part: ReadingPart, _ context: PhraseContext) -> String {
        let spoken: String
        switch part.manner {
        case .word:
            spoken = lookUp(part.text, context) ?? cached(part.text.lowercased())
        case .letters(let ending):
            spoken = letters(part.text, ending: ending)
        case .fragment(let whole, let schwa):
            spoken = fragment(part.text, of: whole, schwa: schwa)
        }
        return KokoroAlphabet.final(spoken, accent: accent)
    }

    private func cached(_ word: String) -> String { cache.withLock { $0[word] ?? "" } }

    // MARK: words

    private func lookUp(_ word: String, _ context: PhraseContext) -> String? {
        if let reduced = functionWord(word, context) { return reduced }
        if let entry = lexicon.entry(word) { return entry.phonemes(parts(of: word.lowercased(), context)) }
        let lower = word.lowercased()
        if let contracted = contraction(lower, context) { return contracted }
        for (stem, ending) in EnglishInflection.stems(of: lower) {
            if let entry = lexicon.entry(stem) ?? lexicon.entry(String(word.prefix(stem.count))),
                let spoken = entry.phonemes(ending == .plural ? parts(of: stem, context) : ["VERB"])
            {
                return inflection.add(ending, to: spoken)
            }
        }
        return nil
    }

    /// The small words that change with what follows.
    private func functionWord(_ word: String, _ context: PhraseContext) -> String? {
        let vowelFollows = context.nextSound.map(EnglishInflection.vowels.contains)
        let isAmerican = accent == .american
        switch word.lowercased() {
        case "the": return vowelFollows == true ? "ði" : "ðə"
        case "a" where word == "a" || context.nextSound != nil: return "ɐ"
        case "an": return "ɐn"
        case "i": return "ˌI"
        case "am" where vowelFollows != nil: return "ɐm"
        case "in" where vowelFollows == nil: return "ˈɪn"
        case "to":
            guard let vowelFollows else { return isAmerican ? "tu" : "tuː" }
            return vowelFollows ? "tʊ" : "tə"
        case "uh": return "ˈʌ"
        case "um": return "ˈʌm"
        case "mm", "hm", "mmm", "hmm", "hmmm": return word.first?.lowercased() == "h" ? "hˈʌm" : "ˈʌm"
        case "mhm", "mm-hmm", "mm-hm", "mmhmm", "uh-hum": return "ˌʌmhˈʌm"
        case "uh-huh": return "ˌʌhˈʌ"
        case "miz": return "mˈɪz"
        case "er": return isAmerican ? "ˈɜɹ" : "ˈɜː"
        case "erm": return isAmerican ? "ˈɜɹm" : "ˈɜːm"
        default: return nil
        }
    }

    /// Parts of speech that the neighbours make likely, best first.
    private func parts(of word: String, _ context: PhraseContext) -> [String] {
        if word == "used" { return context.next == "to" ? ["VBD"] : ["DEFAULT"] }
        if word == "that" { return context.nextSound == nil ? ["DT"] : ["DEFAULT"] }
        if EnglishPronouncer.thirdPersons.contains(context.previous) { return ["VERB", "VBD"] }
        if word == "lead" || word == "close" || word == "live" {
            return EnglishPronouncer.beforeVerbs.contains(context.previous) ? ["VERB"] : ["DEFAULT"]
        }
        if EnglishPronouncer.beforeParticiples.contains(context.previous) { return ["VBN", "VBD", "ADJ"] }
        var parts: [String] = context.nextSound == nil ? ["None"] : []
        if EnglishPronouncer.beforeVerbs.contains(context.previous) {
            parts.append("VERB")
        } else if EnglishPronouncer.determiners.contains(context.previous) {
            parts.append("NOUN")
        }
        return parts
    }

    /// "there'll", "goin'", "who'd've".
    private func contraction(_ word: String, _ context: PhraseContext) -> String? {
        if word.hasSuffix("in'"), let spoken = lookUp(String(word.dropLast()) + "g", context), spoken.hasSuffix("ŋ") {
            return spoken.dropLast() + "n"
        }
        for clitic in ["n't", "'ll", "'ve", "'re", "'d", "'m"] where word.hasSuffix(clitic) && word.count > clitic.count
        {
            guard let stem = lookUp(String(word.dropLast(clitic.count)), context), let last = stem.last else {
                continue
            }
            let isOpen = EnglishInflection.vowels.contains(last)
            switch clitic {
            case "n't": return stem + "ᵊnt"
            case "'ll": return stem + (isOpen ? "l" : "ᵊl")
            case "'ve": return stem + (isOpen ? "v" : "əv")
            case "'re": return stem + (accent == .american ? "əɹ" : "ə")
            case "'d": return stem + ("td".contains(last) ? "əd" : "d")
            default: return stem + "m"
            }
        }
        return nil
    }

    // MARK: letters and fragments

    /// The last letter carries the stress: "BBC" -> bˌibˌisˈi.
    private func letters(_ text: String, ending: String) -> String {
        let names = text.compactMap { lexicon.entry(String($0).uppercased())?.phonemes(["DEFAULT"]) }
        guard let last = names.last else { return "" }
        let spelled = names.dropLast().map { $0.replacing("ˈ", with: "ˌ") }.joined() + last
        switch ending {
        case "s": return inflection.add(.plural, to: spelled)
        case "d": return inflection.add(.past, to: spelled)
        case "ll": return spelled + "ᵊl"
        default: return spelled
        }
    }

    private static let onsets: [(String, String)] = [
        ("sch", "sk"), ("tch", "ʧ"), ("wh", "w"), ("th", "θ"), ("sh", "ʃ"), ("ch", "ʧ"), ("ph", "f"), ("gh", "ɡ"),
        ("kn", "n"), ("wr", "ɹ"), ("ck", "k"), ("qu", "kw"), ("b", "b"), ("c", "k"), ("d", "d"), ("f", "f"), ("g", "ɡ"),
        ("h", "h"), ("j", "ʤ"), ("k", "k"), ("l", "l"), ("m", "m"), ("n", "n"), ("p", "p"), ("q", "k"), ("r", "ɹ"),
        ("s", "s"), ("t", "t"), ("v", "v"), ("w", "w"), ("x", "ks"), ("y", "j"), ("z", "z"),
    ]

    /// The sounds that are there of a word that was broken off.
    private func fragment(_ text: String, of whole: String?, schwa: Bool) -> String {
        let hasVowel = text.contains { "aeiouy".contains($0) }
        if let whole, let spoken = lookUp(whole, PhraseContext()) {
            let sounds = spoken.filter { !"ˈˌ".contains($0) }
            let onset = sounds.prefix { !EnglishInflection.vowels.contains($0) }
            guard hasVowel else { return onset.prefix(onsetCount(text)) + (schwa ? "ə" : "") }
            let count = (sounds.count * text.count + whole.count - 1) / whole.count
            return "ˌ" + sounds.prefix(max(count, onset.count + 1))
        }
        guard !hasVowel else { return cached(text) }
        return onset(text) + (schwa ? "ə" : "")
    }

    private func onsetCount(_ text: String) -> Int { onset(text).count }

    /// Consonant letters -> their usual sounds.
    private func onset(_ text: String) -> String {
        var rest = text[...]
        var sounds = ""
        while !rest.isEmpty {
            if let (letters, sound) = EnglishPronouncer.onsets.first(where: { rest.hasPrefix($0.0) }) {
                sounds += sound
                rest = rest.dropFirst(letters.count)
            } else {
                rest = rest.dropFirst()
            }
        }
        return sounds
    }
}
