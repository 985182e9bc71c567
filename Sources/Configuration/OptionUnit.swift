/// What a quantity is measured in. A value is written with its unit, so that nobody takes seconds for milliseconds.
public enum OptionUnit: Sendable, Equatable {
    case seconds
    case megabytes
    case decibels
    /// True peak, dB re full scale.
    case decibelsTruePeak

    /// Units that can be written, and how many of the first one each is.
    var symbols: [(name: String, scale: Double)] {
        switch self {
        case .seconds: [("s", 1), ("ms", 0.001), ("min", 60), ("h", 3600)]
        case .megabytes: [("MB", 1), ("GB", 1000)]
        case .decibels: [("dB", 1)]
        case .decibelsTruePeak: [("dBTP", 1)]
        }
    }

    /// The unit that values are shown in.
    var symbol: String { symbols[0].name }

    /// An example of something in this unit: "a time such as 0.5 s".
    var example: String {
        switch self {
        case .seconds: "a time such as 0.5 s, 500 ms or 2 min"
        case .megabytes: "an amount such as 1500 MB or 2 GB"
        case .decibels: "a ratio such as 10 dB"
        case .decibelsTruePeak: "a true peak such as -1 dBTP"
        }
    }

    /// - Returns: in the first unit; nil where the text is no number followed by one of the units.
    func value(of text: String) -> Double? {
        guard let number = number(text) else { return nil }
        let rest = text.dropFirst(number.digits).drop { $0 == " " }
        guard let unit = symbols.first(where: { $0.name == rest }) else { return nil }
        // Thousandths are divided by, so that 500 ms is 0.5 s to the last bit.
        return unit.scale < 1 ? number.value / (1 / unit.scale).rounded() : number.value * unit.scale
    }

    /// True where a number stands without its unit.
    func lacksUnit(_ text: String) -> Bool { number(text)?.digits == text.count }

    private func number(_ text: String) -> (value: Double, digits: Int)? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || "+-.".contains($0)) }
        guard let value = Double(digits), value.isFinite else { return nil }
        return (value, digits.count)
    }
}
