/// What a written word may have sounded like: numbers, abbreviations, initials, joined words, broken words.
struct WordReader: Sendable {
    /// Readings tried for one written word at most.
    static let mostReadings = 8
    let isKnown: @Sendable (String) -> Bool
    let isKnownExactly: @Sendable (String) -> Bool

    private static let chapterWords: Set<String> = [
        "chapter", "part", "act", "volume", "war", "section", "phase", "type", "book", "title", "scene", "mark", "bowl",
        "article", "level", "figure", "stage", "class", "grade", "episode", "season", "version", "apollo", "world",
    ]
    private static let ambiguousInitials: Set<String> = ["US", "IT", "AM", "PM", "OR", "IN", "AN", "PS", "PA", "ID"]
    /// Letters of these stand for words of a name: "AT&T".
    private static let joiners: [Character: String] = [
        "&": "and", "/": "slash", "@": "at", "+": "plus", "_": "underscore",
    ]

    /// - Returns: the readings, the conventional one first.
    func readings(_ segment: WrittenWord.Segment, around: WordSurroundings) -> [[ReadingPart]] {
        let core = around.isAllCapitals ? segment.core.lowercased() : segment.core
        if segment.isCutOff, core.count < 2 || !isKnown(core) {
            let whole = around.next.hasPrefix(core.lowercased()) && isKnown(around.next) ? around.next : nil
            let fragment = core.lowercased()
            let isVoiced = fragment.contains { "aeiouy".contains($0) }
            // A broken-off stop is only heard when something follows it.
            let schwas =
                isVoiced ? [false] : fragment.last.map("bdgkptcq".contains) == true ? [true, false] : [false, true]
            return schwas.map { [ReadingPart(fragment, .fragment(of: whole, schwa: $0))] }
        }
        let endsInDot = segment.punctuation == "."
        if let readings = AbbreviationReader.readings(core, endsInDot: endsInDot, around: around) { return readings }
        if let readings = NumberReader(around: around).readings(core) {
            return unique(readings.map { $0.map(WordReader.part) })
        }
        if let readings = roman(core, around: around) { return readings }
        if let readings = initials(core, around: around) { return readings }
        if let readings = joined(core, around: around) { return readings }
        return [[ReadingPart(core)]]
    }

    /// True where the dot belongs to an abbreviation and ends no sentence.
    func ownsDot(_ segment: WrittenWord.Segment, around: WordSurroundings) -> Bool {
        guard segment.punctuation == ".", !around.isLast else { return false }
        let core = segment.core
        if core.count == 1, core.first?.isUppercase == true { return core != "I" }
        let nextIsCapital = around.nextWritten.first?.isUppercase == true
        if core.contains("."), dotted(core) != nil || ["e.g", "i.e"].contains(core.lowercased()) {
            return !nextIsCapital
        }
        guard AbbreviationReader.readings(core, endsInDot: true, around: around) != nil else { return false }
        let endsSentences = ["etc", "inc", "ltd", "corp", "jr", "sr", "ave", "blvd", "rd", "hwy"]
        return !nextIsCapital || !endsSentences.contains(core.lowercased())
    }

    /// The halves of the day are letters; everything else is a word.
    private static func part(_ word: String) -> ReadingPart {
        word.count == 1 && word != "a" ? .letters(word) : ReadingPart(word)
    }

    private func unique(_ readings: [[ReadingPart]]) -> [[ReadingPart]] {
        var seen = Set<[ReadingPart]>()
        return Array(readings.filter { !$0.isEmpty && seen.insert($0).inserted }.prefix(WordReader.mostReadings))
    }

    // MARK: letters

    private func initials(_ core: String, around: WordSurroundings) -> [[ReadingPart]]? {
        if core.contains("."), let dotted = dotted(core) { return dotted }
        let (stem, ending) = withoutEnding(core)
        guard stem.count > 1, stem.allSatisfy({ $0.isUppercase && $0.isASCII }) else { return nil }
        let spelled = [ReadingPart.letters(stem, ending: ending)]
        let word = [ReadingPart(core)]
        if WordReader.ambiguousInitials.contains(stem) { return [spelled, [ReadingPart(core.lowercased())]] }
        if isKnownExactly(stem) { return [word, spelled] }
        if isKnown(stem.lowercased()) { return [word, spelled] }
        let vowels = stem.filter { "AEIOU".contains($0) }.count
        let soundsLikeWord = stem.count >= 4 && vowels > 0 && vowels < stem.count
        return soundsLikeWord ? [spelled, [ReadingPart(core.lowercased())]] : [spelled]
    }

    /// "CDs" -> "CD", "s"; "CEO's" -> "CEO", "s".
    private func withoutEnding(_ core: String) -> (String, String) {
        for ending in ["'s", "s'", "s", "'d", "'ll"] where core.hasSuffix(ending) {
            let stem = String(core.dropLast(ending.count))
            if stem.count > 1, stem.allSatisfy(\.isUppercase) { return (stem, ending.replacing("'", with: "")) }
        }
        return (core, "")
    }

    /// "U.S" and "p.m" are spelled; "example.com" is not.
    private func dotted(_ core: String) -> [[ReadingPart]]? {
        var body = core
        var ending = ""
        if body.hasSuffix("'s") { body = String(body.dropLast(2)); ending = "s" }
        let parts = body.split(separator: ".").map(String.init)
        if parts.allSatisfy({ $0.count == 1 && $0.first?.isLetter == true }), !parts.isEmpty {
            return [[.letters(parts.joined().uppercased(), ending: ending)]]
        }
        guard parts.count > 1 else { return nil }
        let words = parts.map { part -> [ReadingPart] in
            ["com", "org", "net", "edu", "gov"].contains(part.lowercased()) || isKnown(part)
                ? [ReadingPart(part)] : pieces(part)
        }
        return [Array(words.joined(separator: [ReadingPart("dot")]))]
    }

    // MARK: Roman numerals

    private func roman(_ core: String, around: WordSurroundings) -> [[ReadingPart]]? {
        let (stem, ending) = core.hasSuffix("'s") ? (String(core.dropLast(2)), "'s") : (core, "")
        guard !stem.isEmpty, stem.allSatisfy({ "IVX".contains($0) }), let number = WordReader.value(roman: stem) else {
            return nil
        }
        let afterChapter = WordReader.chapterWords.contains(around.previous)
        let afterName = around.previousWritten.first?.isUppercase == true
        guard afterChapter || (afterName && stem.count > 1) else { return nil }
        func spoken(_ words: [String]) -> [ReadingPart] {
            ReadingPart.words(words.dropLast()) + [ReadingPart((words.last ?? "") + ending)]
        }
        let cardinal = spoken(SpokenNumber.cardinal(number))
        let ordinal = spoken(["the"] + SpokenNumber.ordinal(number))
        let letters = [ReadingPart.letters(stem, ending: ending.isEmpty ? "" : "s")]
        return afterChapter ? [cardinal, letters, ordinal] : [ordinal, cardinal, letters]
    }

    /// - Returns: nil for what is no well-formed numeral up to 39.
    static func value(roman: String) -> Int? {
        let ones = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
        for ten in 0...3 {
            for one in 0...9 where String(repeating: "X", count: ten) + ones[one] == roman { return 10 * ten + one }
        }
        return nil
    }

    // MARK: joined words

    private func joined(_ core: String, around: WordSurroundings) -> [[ReadingPart]]? {
        if isKnown(core) { return nil }
        if core.contains("-") {
            let parts = core.split(separator: "-").map(String.init)
            guard parts.count > 1 else { return parts.first.map { [[ReadingPart($0)]] } }
            let each = parts.map { part in
                readings(.init(core: part, punctuation: "", isCutOff: false), around: around)
            }
            let first = each.flatMap { $0[0] }
            // Only one ambiguous part is varied at a time.
            var all = [first]
            for (index, choices) in each.enumerated() {
                for choice in choices.dropFirst() {
                    all.append(each.indices.flatMap { $0 == index ? choice : each[$0][0] })
                }
            }
            return unique(all)
        }
        let parts = pieces(core)
        return parts.count > 1 ? [parts] : nil
    }

    /// Cuts at signs, at changes between letters and digits and at capitals inside: "MP3", "AT&T", "YouTube".
    private func pieces(_ core: String) -> [ReadingPart] {
        var parts: [ReadingPart] = []
        var current = ""
        func flush() {
            defer { current = "" }
            guard let first = current.first else { return }
            if first.isNumber {
                let spoken =
                    current.count == 2 || current.count == 1
                    ? SpokenNumber.cardinal(Int(current) ?? 0)
                    : SpokenNumber.readings(current, usesAnd: false).first ?? []
                parts +=
                    current.first == "0" && current.count > 1
                    ? ReadingPart.words(SpokenNumber.digits(current, oh: true)) : ReadingPart.words(spoken)
            } else if current.allSatisfy(\.isUppercase), current.count == 1 || !isKnownExactly(current) {
                parts.append(.letters(current))
            } else if current.count == 1, current != "a" {
                parts.append(.letters(current.uppercased()))
            } else {
                parts.append(ReadingPart(current))
            }
        }
        for character in core {
            if let name = WordReader.joiners[character] {
                flush()
                parts.append(ReadingPart(name))
                continue
            }
            guard character.isLetter || character.isNumber || character == "'" else {
                flush()
                continue
            }
            let last = current.last
            let turnsDigit = last.map { $0.isNumber != character.isNumber } ?? false
            let camel = last.map { $0.isLowercase && character.isUppercase && current.count > 1 } ?? false
            if character != "'", turnsDigit || (camel && splitsAtCapital(core)) { flush() }
            current.append(character)
        }
        flush()
        return parts
    }

    /// Names such as "McDonald" stay whole; "YouTube" is two words.
    private func splitsAtCapital(_ core: String) -> Bool {
        guard !core.hasPrefix("Mc"), !core.hasPrefix("Mac"), !core.contains("'") else { return false }
        return true
    }
}
