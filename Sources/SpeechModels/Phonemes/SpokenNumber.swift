/// Numbers as English words.
enum SpokenNumber {
    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = [
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ]
    private static let scales: [(Int, String)] = [
        (1_000_000_000_000, "trillion"), (1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"),
    ]
    private static let irregularOrdinals = [
        "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
        "twelve": "twelfth",
    ]

    /// 1205 -> "one thousand two hundred five", or with "and" before the last tens: "... two hundred and five".
    static func cardinal(_ number: Int, and usesAnd: Bool = false) -> [String] {
        guard number != 0 else { return ["zero"] }
        var rest = number
        var words: [String] = []
        for (scale, name) in scales where rest >= scale {
            words += cardinal(rest / scale, and: usesAnd) + [name]
            rest %= scale
        }
        if rest >= 100 {
            words += [small[rest / 100], "hundred"]
            rest %= 100
        }
        guard rest > 0 else { return words }
        if usesAnd, !words.isEmpty { words.append("and") }
        if rest < 20 { return words + [small[rest]] }
        words.append(tens[rest / 10])
        return rest % 10 == 0 ? words : words + [small[rest % 10]]
    }

    /// 21 -> "twenty first".
    static func ordinal(_ number: Int, and usesAnd: Bool = false) -> [String] {
        ordinal(of: cardinal(number, and: usesAnd))
    }

    private static func ordinal(of cardinal: [String]) -> [String] {
        guard let last = cardinal.last else { return [] }
        let word: String
        if let irregular = irregularOrdinals[last] {
            word = irregular
        } else if last.hasSuffix("y") {
            word = last.dropLast() + "ieth"
        } else if last.hasSuffix("t") {
            word = last + "h"
        } else {
            word = last + "th"
        }
        return cardinal.dropLast() + [word]
    }

    /// "038" -> "zero three eight", or with "oh" for each zero.
    static func digits(_ text: some StringProtocol, oh: Bool = false) -> [String] {
        text.compactMap(\.wholeNumberValue).map { $0 == 0 && oh ? "oh" : small[$0] }
    }

    /// Two digits as one says them in a year or a time: "06" -> "oh six", "00" -> "hundred", "42" -> "forty two".
    static func pair(_ text: some StringProtocol, zeros: [String] = ["hundred"]) -> [String] {
        guard let number = Int(text) else { return [] }
        if number == 0 { return zeros }
        return text.first == "0" ? ["oh"] + cardinal(number) : cardinal(number)
    }

    /// A plural of a spoken number: "nineteen nineties", "fifties", "sixes".
    static func plural(_ words: [String]) -> [String] {
        guard let last = words.last else { return [] }
        let word: String
        if last.hasSuffix("y") {
            word = last.dropLast() + "ies"
        } else if last.hasSuffix("x") {
            word = last + "es"
        } else {
            word = last + "s"
        }
        return words.dropLast() + [word]
    }

    /// The ways four digits are read without a comma, the conventional one first.
    static func fourDigits(_ text: String) -> [[String]] {
        guard let number = Int(text), text.count == 4 else { return [] }
        let head = text.prefix(2)
        let tail = text.suffix(2)
        if text.first == "0" { return [digits(text, oh: true), digits(text)] }
        let paired = cardinal(number / 100) + pair(tail)
        let whole = cardinal(number)
        let single = digits(text, oh: true)
        let wholeAnd = cardinal(number, and: true)
        if number % 1000 == 0 { return [whole, digits(text), single] }
        if (2000..<2010).contains(number) { return [whole, wholeAnd, cardinal(Int(head) ?? 0) + pair(tail), single] }
        let isYear = (1010..<2100).contains(number)
        let readings = isYear ? [paired, whole, wholeAnd, single] : [paired, single, whole, wholeAnd]
        guard number >= 2100, number % 100 != 0, text.dropFirst().first != "0" || tail.first != "0" else {
            return readings
        }
        return [whole, paired, wholeAnd, single]
    }

    /// The ways a run of digits is read without a comma, the conventional one first.
    static func readings(_ text: String, usesAnd: Bool) -> [[String]] {
        guard let number = Int(text), text.count <= 15 else { return [digits(text), digits(text, oh: true)] }
        let whole = cardinal(number, and: usesAnd)
        let other = cardinal(number, and: !usesAnd)
        switch text.count {
        case 1: return number == 0 ? [["zero"], ["oh"]] : [whole]
        case _ where text.first == "0": return [digits(text), digits(text, oh: true)]
        case 2: return [whole, digits(text)]
        case 3:
            let paired = cardinal(number / 100) + pair(text.suffix(2), zeros: ["hundred"])
            return [whole, other, paired, digits(text), digits(text, oh: true)]
        case 4: return fourDigits(text)
        case 5, 6: return [whole, other, digits(text), digits(text, oh: true), pairs(text)]
        default: return [digits(text), digits(text, oh: true), pairs(text), whole]
        }
    }

    /// Digits two by two, an odd one first: "90210" -> "nine oh two ten".
    private static func pairs(_ text: String) -> [String] {
        var rest = text[...]
        var words: [String] = []
        if rest.count % 2 == 1 { words += digits(rest.prefix(1)); rest = rest.dropFirst() }
        while !rest.isEmpty {
            words += pair(rest.prefix(2), zeros: ["oh", "oh"])
            rest = rest.dropFirst(2)
        }
        return words
    }
}
