/// Written numbers of every kind -> the ways they may have been said.
struct NumberReader {
    let around: WordSurroundings
    private var usesAnd: Bool { around.accent == .british }

    private static let months: [String: Int] = Dictionary(
        uniqueKeysWithValues: zip(monthNames, 1...12))
    private static let monthNames = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    private static let currencies: [Character: (one: String, many: String, cent: String, cents: String)] = [
        "$": ("dollar", "dollars", "cent", "cents"), "£": ("pound", "pounds", "penny", "pence"),
        "€": ("euro", "euros", "cent", "cents"), "¥": ("yen", "yen", "sen", "sen"),
    ]
    private static let magnitudes: Set<String> = ["hundred", "thousand", "million", "billion", "trillion", "grand"]
    private static let fractionNames: [Int: (one: String, many: String)] = [
        2: ("half", "halves"), 3: ("third", "thirds"), 4: ("quarter", "quarters"), 5: ("fifth", "fifths"),
        6: ("sixth", "sixths"), 8: ("eighth", "eighths"), 10: ("tenth", "tenths"), 16: ("sixteenth", "sixteenths"),
    ]

    static func isNumber(_ written: String) -> Bool {
        guard let last = written.last, last.isNumber else { return false }
        return written.allSatisfy { $0.isNumber || ".,$£€+-".contains($0) }
    }

    /// - Returns: nil where the word is no number.
    func readings(_ core: String) -> [[String]]? {
        guard core.contains(where: \.isNumber) else { return magnitude(core) }
        var text = core
        if text.first == "'" { text.removeFirst() }
        if let first = text.first, text.count > 1, "-+#~".contains(first) {
            let name = first == "-" ? "minus" : first == "+" ? "plus" : first == "#" ? "number" : "about"
            guard let rest = readings(String(text.dropFirst())) else { return nil }
            if first == "#" { return rest.map { [name] + $0 } + rest.prefix(1).map { ["hashtag"] + $0 } }
            return rest.map { [name] + $0 } + (first == "-" ? rest.prefix(1).map { ["negative"] + $0 } : [])
        }
        if let first = text.first, let currency = NumberReader.currencies[first] {
            return money(String(text.dropFirst()), currency)
        }
        return plain(text) ?? decimal(text) ?? ordinal(text) ?? decade(text) ?? time(text) ?? fraction(text)
            ?? date(text) ?? dashed(text) ?? withUnit(text)
    }

    /// "million" behind "$3": "million dollars".
    private func magnitude(_ core: String) -> [[String]]? {
        guard NumberReader.magnitudes.contains(core.lowercased()), let first = around.previousWritten.first,
            let currency = NumberReader.currencies[first]
        else { return nil }
        return [[core.lowercased(), currency.many]]
    }

    // MARK: whole numbers

    private func plain(_ text: String) -> [[String]]? {
        guard let number = NumberReader.whole(text) else { return nil }
        if text.contains(",") {
            var readings = [
                SpokenNumber.cardinal(number, and: usesAnd), SpokenNumber.cardinal(number, and: !usesAnd),
            ]
            if (1100..<10000).contains(number), number % 100 == 0, number % 1000 != 0 {
                readings.append(SpokenNumber.cardinal(number / 100) + ["hundred"])
            }
            return readings
        }
        if let day = day(number) { return day }
        if text.count == 4, (1010..<2100).contains(number) || text.first == "0" || number % 100 != 0 {
            let readings = SpokenNumber.readings(text, usesAnd: usesAnd)
            // A time on the 24 hour clock is read in pairs too.
            return number % 100 == 0 ? readings + [SpokenNumber.cardinal(number / 100) + ["hundred"]] : readings
        }
        return SpokenNumber.readings(text, usesAnd: usesAnd)
    }

    /// A day of the month beside its month: "May 5".
    private func day(_ number: Int) -> [[String]]? {
        guard (1...31).contains(number) else { return nil }
        let ordinal = SpokenNumber.ordinal(number)
        let cardinal = SpokenNumber.cardinal(number)
        if NumberReader.months[around.previous] != nil { return [ordinal, cardinal, ["the"] + ordinal] }
        guard NumberReader.months[around.next] != nil, around.next != "may" && around.next != "march" else {
            return nil
        }
        return [["the"] + ordinal + ["of"], ordinal, cardinal, ordinal + ["of"]]
    }

    private static func whole(_ text: String) -> Int? {
        guard text.first?.isNumber == true, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ",") }) else {
            return nil
        }
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        guard groups.count == 1 || groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
        return Int(text.replacing(",", with: "")) ?? (groups.count == 1 ? Int.max : nil)
    }

    private func decimal(_ text: String) -> [[String]]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty, parts[1].allSatisfy({ $0.isASCII && $0.isNumber }) else {
            guard parts.count > 2, parts.allSatisfy({ Int($0) != nil }) else { return nil }
            return ["point", "dot"].map { name in
                Array(parts.map { SpokenNumber.cardinal(Int($0) ?? 0) }.joined(separator: [name]))
            }
        }
        let oh = SpokenNumber.digits(parts[1], oh: true)
        let digits = SpokenNumber.digits(parts[1])
        if parts[0].isEmpty { return [["point"] + digits, ["zero", "point"] + digits] }
        guard let number = NumberReader.whole(parts[0]) else { return nil }
        let whole = SpokenNumber.cardinal(number, and: usesAnd)
        var readings = [whole + ["point"] + digits]
        if number == 0 { readings += [["point"] + digits, ["oh", "point"] + digits] }
        if oh != digits { readings.append(whole + ["point"] + oh) }
        if parts[1].count == 2, let pair = Int(parts[1]), pair >= 10 {
            readings.append(whole + ["point"] + SpokenNumber.cardinal(pair))
        }
        return readings
    }

    private func ordinal(_ text: String) -> [[String]]? {
        let lower = text.lowercased()
        guard ["st", "nd", "rd", "th"].contains(lower.suffix(2)),
            let number = NumberReader.whole(
                String(lower.dropLast(2)))
        else { return nil }
        let plain = SpokenNumber.ordinal(number, and: usesAnd)
        let other = SpokenNumber.ordinal(number, and: !usesAnd)
        let withArticle = NumberReader.months[around.previous] != nil ? [["the"] + plain] : []
        return [plain] + withArticle + (other == plain ? [] : [other])
    }

    private func decade(_ text: String) -> [[String]]? {
        let stem = text.replacing("'", with: "")
        guard stem.hasSuffix("s"), let number = NumberReader.whole(String(stem.dropLast())) else { return nil }
        return SpokenNumber.readings(String(number), usesAnd: usesAnd).prefix(2).map(SpokenNumber.plural)
    }

    // MARK: times, fractions, dates

    private func time(_ text: String) -> [[String]]? {
        var clock = text.lowercased()
        var half: [String] = []
        for (ending, words) in [("am", ["A", "M"]), ("pm", ["P", "M"]), ("a.m", ["A", "M"]), ("p.m", ["P", "M"])]
        where clock.hasSuffix(ending) {
            clock = String(clock.dropLast(ending.count))
            half = words
        }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 || !half.isEmpty, parts.count <= 3, let hour = Int(parts[0]), hour < 100 else {
            return nil
        }
        let hours = parts[0].count > 1 && hour < 10 ? SpokenNumber.pair(parts[0]) : SpokenNumber.cardinal(hour)
        guard parts.count > 1 else { return [hours + half] }
        guard parts.dropFirst().allSatisfy({ Int($0) != nil }) else { return nil }
        if parts.count == 3 {
            return [parts.flatMap { SpokenNumber.pair($0, zeros: ["zero"]) }.filter { !$0.isEmpty } + half]
        }
        guard parts[1].count == 2 else {
            let second = SpokenNumber.cardinal(Int(parts[1]) ?? 0)
            return [hours + ["to"] + second, hours + second]
        }
        let saysHalf = !half.isEmpty || ["a.m", "p.m", "am", "pm"].contains(around.next)
        if parts[1] == "00" {
            let onTheHour = [hours + half, hours + ["o'clock"] + half, hours + ["hundred"] + half]
            return saysHalf || hour > 12 ? onTheHour : [onTheHour[1], onTheHour[0], onTheHour[2]]
        }
        let minutes = SpokenNumber.pair(parts[1])
        var readings = [hours + minutes + half]
        if parts[1] == "30" { readings.append(["half", "past"] + hours + half) }
        if parts[1] == "15" { readings.append(["quarter", "past"] + hours + half) }
        return readings
    }

    private func fraction(_ text: String) -> [[String]]? {
        let marks: [Character: (Int, Int)] = [
            "½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅛": (1, 8),
        ]
        if let last = text.last, let (top, bottom) = marks[last], let name = fractionName(top, bottom) {
            guard text.count > 1 else { return name }
            guard let whole = NumberReader.whole(String(text.dropLast())) else { return nil }
            let joined = top == 1 ? [["a"] + name[0].dropFirst()] + name : name
            return joined.map { SpokenNumber.cardinal(whole) + ["and"] + $0 }
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let top = Int(parts[0]), let bottom = Int(parts[1]) else { return nil }
        let apart = SpokenNumber.cardinal(top) + SpokenNumber.cardinal(bottom)
        let others = [apart, SpokenNumber.cardinal(top) + ["over"] + SpokenNumber.cardinal(bottom)]
        if top < bottom, let name = fractionName(top, bottom), bottom <= 10 || bottom == 16 { return name + others }
        var readings = others
        if (1...12).contains(top), (1...31).contains(bottom) {
            readings.insert([NumberReader.monthNames[top - 1]] + SpokenNumber.ordinal(bottom), at: 1)
        }
        return readings + [SpokenNumber.cardinal(top) + ["slash"] + SpokenNumber.cardinal(bottom)]
    }

    private func fractionName(_ top: Int, _ bottom: Int) -> [[String]]? {
        guard let name = NumberReader.fractionNames[bottom], top > 0 else { return nil }
        let plain = SpokenNumber.cardinal(top) + [top == 1 ? name.one : name.many]
        if top == 1 { return [plain, ["a", name.one]] }
        return bottom == 4 ? [plain, SpokenNumber.cardinal(top) + ["fourths"]] : [plain]
    }

    private func date(_ text: String) -> [[String]]? {
        let separator: Character = text.contains("/") ? "/" : "-"
        let parts = text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 3, parts.count == 3 else { return nil }
        let isIso = parts[0].count == 4
        let (year, first, second) = isIso ? (parts[0], numbers[1], numbers[2]) : (parts[2], numbers[0], numbers[1])
        let dayFirst = first > 12 || (around.accent == .british && !isIso && second <= 12)
        let (month, day) = dayFirst ? (second, first) : (first, second)
        guard (1...12).contains(month), (1...31).contains(day), year.count == 4 || year.count == 2 else { return nil }
        let years =
            year.count == 4 ? SpokenNumber.fourDigits(year)[0] : SpokenNumber.pair(year, zeros: ["two", "thousand"])
        let name = NumberReader.monthNames[month - 1]
        let spoken = [name] + SpokenNumber.ordinal(day) + years
        let british = ["the"] + SpokenNumber.ordinal(day) + ["of", name] + years
        let digits = numbers.prefix(2).flatMap { SpokenNumber.cardinal($0) } + years
        if isIso { return [spoken, british] }
        return dayFirst ? [british, spoken, digits] : [spoken, digits, british]
    }

    // MARK: joined by dashes

    /// Ranges, scores and telephone numbers.
    private func dashed(_ text: String) -> [[String]]? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1, parts.allSatisfy({ !$0.isEmpty && $0.contains(where: \.isNumber) }) else { return nil }
        let isDigits = parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } }
        if isDigits, parts.count > 2 || parts.last?.count == 4 && parts[0].count == 3 {
            return [false, true].map { oh in parts.flatMap { SpokenNumber.digits($0, oh: oh) } }
        }
        let each = parts.compactMap { NumberReader(around: around).readings($0)?.first }
        guard each.count == parts.count else { return nil }
        return [Array(each.joined(separator: ["to"])), Array(each.joined())]
    }

    // MARK: money and units

    private func money(
        _ text: String, _ currency: (one: String, many: String, cent: String, cents: String)
    ) -> [[String]]? {
        let digits = text.prefix { $0.isNumber || ".,".contains($0) }
        let rest = text.dropFirst(digits.count).lowercased()
        let scales = [
            "k": "thousand", "m": "million", "mm": "million", "b": "billion", "bn": "billion", "t": "trillion",
        ]
        if !rest.isEmpty {
            if let scale = scales[rest] {
                return readings(String(digits))?.prefix(3).map { $0 + [scale, currency.many] }
            }
            guard rest.hasPrefix("-") || rest.hasPrefix("/") else { return nil }
            guard rest.hasPrefix("-"), let low = readings(String(digits))?.first else { return nil }
            let high = rest.dropFirst().drop { NumberReader.currencies[$0] != nil }
            return money(String(high), currency)?.map { low + ["to"] + $0 }
        }
        // "$3 million": the money is named behind the magnitude.
        if NumberReader.magnitudes.contains(around.next) { return readings(String(digits)) }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let number = parts[0].isEmpty ? 0 : NumberReader.whole(parts[0]) else { return nil }
        if parts.count == 2, parts[1].count == 2, let cents = Int(parts[1]), cents > 0 {
            let minor = SpokenNumber.cardinal(cents) + [cents == 1 ? currency.cent : currency.cents]
            if number == 0 { return [minor, ["zero", "point"] + SpokenNumber.digits(parts[1]) + [currency.many]] }
            let whole = SpokenNumber.cardinal(number, and: usesAnd)
            let major = whole + [number == 1 ? currency.one : currency.many]
            return [major + ["and"] + minor, whole + SpokenNumber.pair(parts[1]), major + SpokenNumber.pair(parts[1])]
        }
        if parts.count == 2, parts[1].count != 2 {
            return decimal(String(digits))?.prefix(2).map { $0 + [currency.many] }
        }
        let name = number == 1 ? currency.one : currency.many
        let wholes =
            parts[0].contains(",") || parts[0].count < 4
            ? plain(parts[0]) ?? [] : [SpokenNumber.cardinal(number, and: usesAnd)] + SpokenNumber.fourDigits(parts[0])
        let spoken = number < 100 ? Array(wholes.prefix(1)) : wholes
        var readings = spoken.map { $0 + [name] }
        if number == 100 || number == 1000 {
            readings.append(["a"] + SpokenNumber.cardinal(number).dropFirst() + [name])
        }
        return readings
    }

    /// "10km", "50%", "30°C", "5'10\"".
    private func withUnit(_ text: String) -> [[String]]? {
        let feet = text.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
        if feet.count == 2, let whole = Int(feet[0]), let inches = Int(feet[1].replacing("\"", with: "")) {
            let pair = SpokenNumber.cardinal(whole) + SpokenNumber.cardinal(inches)
            return [pair, SpokenNumber.cardinal(whole) + ["foot"] + SpokenNumber.cardinal(inches)]
        }
        let digits = text.prefix { $0.isNumber || ".,-/:".contains($0) }
        let unit = text.dropFirst(digits.count)
        guard !digits.isEmpty, let names = AbbreviationReader.units[unit.lowercased()],
            let numbers = readings(String(digits))
        else { return nil }
        // One capital letter behind a number names a thing: "5G", "3D"; lower case is a unit.
        guard unit.count > 1 || unit.lowercased() == unit || unit == "K" else { return nil }
        let name = digits == "1" ? names.one : names.many
        var readings = numbers.prefix(3).map { $0 + name }
        if unit.lowercased() == "k" { readings.append(numbers[0] + ["K"]) }
        return readings
    }
}
