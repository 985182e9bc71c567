import Foundation

/// What an option's value may be.
public enum OptionKind: Sendable, Equatable {
    /// true or false.
    case truth
    /// One of several words.
    case choice([String])
    case whole(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// A number with its unit; the range is in the first unit.
    case quantity(OptionUnit, ClosedRange<Double>)
    case text
    /// A folder; relative to the file that names it, else to the current folder.
    case folder

    /// Reads a value.
    /// - Returns: nil where the text is none; `wish` says what was expected.
    func value(of text: String) -> OptionValue? {
        switch self {
        case .truth: ["true": true, "false": false][text].map(OptionValue.truth)
        case .choice(let words): words.contains(text) ? .text(text) : nil
        case .whole(let range): Int(text).flatMap { range.contains($0) ? .whole($0) : nil }
        case .number(let range): Double(text).flatMap { range.contains($0) ? .number($0) : nil }
        case .quantity(let unit, let range):
            unit.value(of: text).flatMap { range.contains($0) ? .number($0) : nil }
        case .text, .folder: text.isEmpty ? nil : .text(text)
        }
    }

    /// What is expected, as a noun: "a whole number, 1 to 20".
    var wish: String {
        switch self {
        case .truth: "true or false"
        case .choice(let words): Self.list(words)
        case .whole(let range): "a whole number, \(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            "a number, \(OptionValue.text(of: range.lowerBound)) to \(OptionValue.text(of: range.upperBound))"
        case .quantity(let unit, let range):
            unit.example + ", \(OptionValue.text(of: range.lowerBound)) to \(OptionValue.text(of: range.upperBound)) "
                + unit.symbol
        case .text: "a text"
        case .folder: "a folder"
        }
    }

    /// The same where there is little room.
    var range: String {
        switch self {
        case .truth: "true, false"
        case .choice(let words): words.joined(separator: ", ")
        case .whole(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            "\(OptionValue.text(of: range.lowerBound)) to \(OptionValue.text(of: range.upperBound))"
        case .quantity(let unit, let range):
            "\(OptionValue.text(of: range.lowerBound)) to \(OptionValue.text(of: range.upperBound)) \(unit.symbol)"
        case .text: "text"
        case .folder: "folder"
        }
    }

    /// Why a text is no value of this kind: "it has no unit", "it is out of range".
    func fault(of text: String) -> String {
        switch self {
        case .quantity(let unit, _) where unit.lacksUnit(text): "it has no unit"
        case .quantity(let unit, _) where unit.value(of: text) != nil: "it is out of range"
        case .quantity: "it is no number with a unit of this option"
        case .whole where Int(text) != nil, .number where Double(text) != nil: "it is out of range"
        case .whole: "it is no whole number"
        case .number: "it is no number"
        case .truth: "it is neither true nor false"
        case .choice: "there is no such choice"
        case .text, .folder: "it is empty"
        }
    }

    /// How a value of this kind is written.
    func text(of value: OptionValue) -> String {
        switch (self, value) {
        case (.quantity(let unit, _), .number(let number)): "\(OptionValue.text(of: number)) \(unit.symbol)"
        case (_, .truth(let value)): "\(value)"
        case (_, .whole(let value)): "\(value)"
        case (_, .number(let value)): OptionValue.text(of: value)
        case (_, .text(let value)): value
        case (_, .unset): ""
        }
    }

    private static func list(_ words: [String]) -> String {
        words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
}

/// A value on its way between text and settings. Quantities are in their first unit.
public enum OptionValue: Sendable, Equatable {
    /// Nothing was chosen: the program finds out by itself, or does without.
    case unset
    case truth(Bool)
    case whole(Int)
    case number(Double)
    case text(String)

    /// 25.0 -> "25", 0.35 -> "0.35".
    static func text(of number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}
