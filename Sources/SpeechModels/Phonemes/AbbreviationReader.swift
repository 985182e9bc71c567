/// Abbreviations, symbols and units.
enum AbbreviationReader {
    private static let abbreviations: [String: [String]] = [
        "mr": ["mister"], "mrs": ["missus"], "ms": ["miz"], "prof": ["professor"], "jr": ["junior"],
        "sr": ["senior"], "etc": ["et", "cetera"], "vs": ["versus"], "e.g": ["for", "example"],
        "i.e": ["that", "is"], "approx": ["approximately"], "dept": ["department"], "inc": ["incorporated"],
        "ltd": ["limited"], "corp": ["corporation"], "gov": ["governor"], "sen": ["senator"],
        "rep": ["representative"], "gen": ["general"], "col": ["colonel"], "capt": ["captain"], "lt": ["lieutenant"],
        "sgt": ["sergeant"], "rev": ["reverend"], "hon": ["honorable"], "mt": ["mount"], "ft": ["fort"],
        "ave": ["avenue"], "blvd": ["boulevard"], "rd": ["road"], "hwy": ["highway"], "apt": ["apartment"],
        "est": ["established"], "fig": ["figure"], "vol": ["volume"], "esq": ["esquire"], "messrs": ["messers"],
        "jan": ["january"], "feb": ["february"], "aug": ["august"], "sept": ["september"], "sep": ["september"],
        "oct": ["october"], "nov": ["november"], "dec": ["december"], "tues": ["tuesday"], "thurs": ["thursday"],
        "fri": ["friday"], "mon": ["monday"],
    ]
    /// Abbreviations that are so even without a dot.
    private static let dotless: Set<String> = [
        "mr", "mrs", "ms", "prof", "jr", "sr", "etc", "vs", "approx", "dept", "ltd", "capt", "sgt", "blvd", "hwy",
        "thurs",
    ]
    private static let symbols: [String: [[String]]] = [
        "&": [["and"]], "+": [["plus"], ["and"]], "=": [["equals"]], "@": [["at"]], "%": [["percent"]],
        "$": [["dollars"], ["dollar"]], "£": [["pounds"]], "€": [["euros"]], "#": [["number"], ["hashtag"]],
        "°": [["degrees"]], "×": [["times"], ["by"]], "÷": [["divided", "by"]], "<": [["less", "than"]],
        ">": [["greater", "than"]], "/": [["slash"], ["or"]], "§": [["section"]],
        "½": [["a", "half"], ["one", "half"]],
        "¼": [["a", "quarter"]], "¾": [["three", "quarters"]], "©": [["copyright"]], "~": [["about"]],
    ]
    /// Unit -> one, many.
    static let units: [String: (one: [String], many: [String])] = [
        "km": (["kilometer"], ["kilometers"]), "m": (["meter"], ["meters"]), "cm": (["centimeter"], ["centimeters"]),
        "mm": (["millimeter"], ["millimeters"]), "kg": (["kilogram"], ["kilograms"]), "g": (["gram"], ["grams"]),
        "mg": (["milligram"], ["milligrams"]), "lb": (["pound"], ["pounds"]), "lbs": (["pound"], ["pounds"]),
        "oz": (["ounce"], ["ounces"]), "ft": (["foot"], ["feet"]), "in": (["inch"], ["inches"]),
        "mi": (["mile"], ["miles"]), "mph": (["mile", "per", "hour"], ["miles", "per", "hour"]),
        "km/h": (["kilometer", "per", "hour"], ["kilometers", "per", "hour"]),
        "kph": (["kilometer", "per", "hour"], ["kilometers", "per", "hour"]),
        "hz": (["hertz"], ["hertz"]), "khz": (["kilohertz"], ["kilohertz"]), "mhz": (["megahertz"], ["megahertz"]),
        "ghz": (["gigahertz"], ["gigahertz"]), "kb": (["kilobyte"], ["kilobytes"]),
        "mb": (["megabyte"], ["megabytes"]), "gb": (["gigabyte"], ["gigabytes"]), "tb": (["terabyte"], ["terabytes"]),
        "ml": (["milliliter"], ["milliliters"]), "l": (["liter"], ["liters"]), "w": (["watt"], ["watts"]),
        "kw": (["kilowatt"], ["kilowatts"]), "v": (["volt"], ["volts"]), "db": (["decibel"], ["decibels"]),
        "sec": (["second"], ["seconds"]), "secs": (["second"], ["seconds"]), "min": (["minute"], ["minutes"]),
        "mins": (["minute"], ["minutes"]), "hr": (["hour"], ["hours"]), "hrs": (["hour"], ["hours"]),
        "ms": (["millisecond"], ["milliseconds"]), "sq": (["square"], ["square"]), "yr": (["year"], ["years"]),
        "yrs": (["year"], ["years"]), "°c": (["degree", "celsius"], ["degrees", "celsius"]),
        "°f": (["degree", "fahrenheit"], ["degrees", "fahrenheit"]), "°": (["degree"], ["degrees"]),
        "%": (["percent"], ["percent"]), "k": (["thousand"], ["thousand"]), "bn": (["billion"], ["billion"]),
        "x": (["times"], ["times"]), "\"": (["inch"], ["inches"]), "'": (["foot"], ["feet"]),
        "am": (["A", "M"], ["A", "M"]), "pm": (["P", "M"], ["P", "M"]),
    ]
    /// Units that stand apart from their number without looking like another word.
    private static let apart: Set<String> = [
        "km", "cm", "mm", "kg", "mg", "lb", "lbs", "oz", "ft", "mph", "km/h", "kph", "hz", "khz", "mhz", "ghz", "kb",
        "mb", "gb", "tb", "ml", "kw", "db", "sec", "secs", "min", "mins", "hr", "hrs", "yrs", "bn", "°c", "°f",
    ]

    /// - Parameter core: the word without punctuation at its end.
    static func readings(_ core: String, endsInDot: Bool, around: WordSurroundings) -> [[ReadingPart]]? {
        let lower = core.lowercased()
        if let symbol = symbols[lower] { return symbol.map(ReadingPart.words) }
        if apart.contains(lower), NumberReader.isNumber(around.previousWritten), let unit = units[lower] {
            let isOne = ["1", "one", "a"].contains(around.previous)
            return [ReadingPart.words(isOne ? unit.one : unit.many)]
        }
        if let title = titleOrPlace(lower, endsInDot: endsInDot, around: around) { return title }
        guard endsInDot || dotless.contains(lower) || lower.contains("."), let words = abbreviations[lower] else {
            return nil
        }
        if !endsInDot, lower == "ms", core != "Ms" { return nil }
        if lower == "no" { return nil }
        if lower == "e.g" || lower == "i.e" {
            return [ReadingPart.words(words), [.letters(core.replacing(".", with: "").uppercased())]]
        }
        // A sentence may end in "rep." or "gen." too, where the word is meant.
        let isPlain = ["rep", "col", "mon", "gen", "est", "fig", "rev", "hon", "dec", "oct"].contains(lower)
        if isPlain, around.isLast || core == lower { return nil }
        return [ReadingPart.words(words)]
    }

    /// Dr., St. and No. mean different things before and behind a name.
    private static func titleOrPlace(_ lower: String, endsInDot: Bool, around: WordSurroundings) -> [[ReadingPart]]? {
        let beforeName = around.nextWritten.first?.isUppercase == true
        let behindName = around.previousWritten.first?.isUppercase == true
        func either(_ first: String, _ second: String) -> [[ReadingPart]] {
            [[ReadingPart(first)], [ReadingPart(second)]]
        }
        switch lower {
        case "dr" where endsInDot || beforeName:
            return behindName && !beforeName ? either("drive", "doctor") : either("doctor", "drive")
        case "st" where endsInDot || beforeName:
            return behindName && !beforeName ? either("street", "saint") : either("saint", "street")
        case "no" where endsInDot && around.nextWritten.first?.isNumber == true:
            return either("number", "no")
        default: return nil
        }
    }
}
