/// Endings of English words, in letters and in phonemes.
struct EnglishInflection: Sendable {
    let accent: EnglishAccent

    enum Ending: Sendable {
        case plural
        case past
        case progressive
    }

    /// The spellings a word may have had before its ending, the likeliest first: "cities" -> "city".
    static func stems(of word: String) -> [(stem: String, ending: Ending)] {
        var stems: [(String, Ending)] = []
        func add(_ dropped: Int, _ added: String, _ ending: Ending) {
            let stem = String(word.dropLast(dropped)) + added
            if stem.count >= 2 { stems.append((stem, ending)) }
        }
        if word.hasSuffix("'s") {
            add(2, "", .plural)
        } else if word.hasSuffix("s'") {
            add(1, "", .plural)
            add(2, "", .plural)
        } else if word.hasSuffix("s"), !word.hasSuffix("ss"), word.count > 2 {
            add(1, "", .plural)
            if word.hasSuffix("es") { add(2, "", .plural) }
            if word.hasSuffix("ies") { add(3, "y", .plural) }
        } else if word.hasSuffix("ed"), word.count > 3 {
            add(1, "", .past)
            add(2, "", .past)
            if word.hasSuffix("ied") { add(3, "y", .past) }
            if isDoubled(word.dropLast(2)) { add(3, "", .past) }
        } else if word.hasSuffix("ing"), word.count > 4 {
            add(3, "", .progressive)
            add(3, "e", .progressive)
            if isDoubled(word.dropLast(3)) { add(4, "", .progressive) }
        }
        return stems
    }

    private static func isDoubled(_ stem: Substring) -> Bool {
        let end = stem.suffix(2)
        return end.count == 2 && end.first == end.last
    }

    func add(_ ending: Ending, to stem: String) -> String {
        guard let last = stem.last else { return stem }
        let weak = accent == .american ? "ᵻ" : "ɪ"
        switch ending {
        case .plural:
            if "ptkfθ".contains(last) { return stem + "s" }
            return stem + ("szʃʒʧʤ".contains(last) ? weak + "z" : "z")
        case .past:
            if "pkfθʃsʧ".contains(last) { return stem + "t" }
            if last == "d" { return stem + weak + "d" }
            return last == "t" ? flapped(stem) + weak + "d" : stem + "d"
        case .progressive:
            return (last == "t" ? flapped(stem) : stem) + "ɪŋ"
        }
    }

    /// American "t" between vowels: "waiting" -> wˈAɾɪŋ.
    private func flapped(_ stem: String) -> String {
        guard accent == .american, let before = stem.dropLast().last, EnglishInflection.vowels.contains(before) else {
            return stem
        }
        return stem.dropLast() + "ɾ"
    }

    static let vowels = Set("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻɐ")
}
