import Foundation

/// Numbers as people read them in a sentence, always in the same language.
enum PlainNumber {
    /// 7430400 -> "7,430,400".
    static func count(_ value: Int) -> String {
        var text = ""
        for (index, digit) in String(abs(value)).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// With a real minus sign, and none before what rounds to zero.
    static func decimal(_ value: Double, digits: Int) -> String {
        let text = String(format: "%.\(digits)f", abs(value))
        return (value < 0 && text.contains { "123456789".contains($0) } ? "\u{2212}" : "") + text
    }

    static func whole(_ value: Double) -> String { decimal(value, digits: 0) }

    /// 0...1 -> "94 %"; nothing that is not all is called 100 %, nothing that is something 0 %.
    static func percent(_ share: Double) -> String {
        let rounded = Int((100 * share).rounded())
        if rounded == 100 && share < 1 { return decimal(min(99.9, 100 * share), digits: 1) + " %" }
        if rounded == 0 && share > 0 { return decimal(max(0.1, 100 * share), digits: 1) + " %" }
        return "\(rounded) %"
    }

    /// 83.42 -> "1:23.4"; 3683.4 -> "1:01:23.4".
    static func clock(_ seconds: Double) -> String {
        let tenths = Int((10 * seconds).rounded())
        let (hours, minutes) = (tenths / 36000, tenths / 600 % 60)
        let rest = String(format: "%02d.%d", tenths / 10 % 60, tenths % 10)
        return hours > 0 ? String(format: "%d:%02d:", hours, minutes) + rest : "\(minutes):" + rest
    }

    /// 83.42 -> "1:23": for axes.
    static func shortClock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60)
            : String(format: "%d:%02d", minutes, whole % 60)
    }

    /// 0.7 -> "0.7 s"; 83 -> "1 min 23 s".
    static func duration(_ seconds: Double) -> String {
        if seconds < 0.05 { return "under 0.1 s" }
        if seconds < 9.95 { return decimal(seconds, digits: 1) + " s" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min" + (whole % 60 > 0 ? " \(whole % 60) s" : "") }
        return "\(whole / 3600) h" + (whole / 60 % 60 > 0 ? " \(whole / 60 % 60) min" : "")
    }

    /// "1 turn", "2 turns".
    static func things(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(self.count(count)) \(count == 1 ? one : many ?? one + "s")"
    }
}
