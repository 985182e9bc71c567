import AudioCore

/// How a figure is to be taken.
enum Mark: String, Comparable, Sendable {
    case good
    /// Nothing to be proud of, nothing to worry about.
    case quiet
    case attention

    static func < (a: Mark, b: Mark) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .good: 0
        case .quiet: 1
        case .attention: 2
        }
    }

    /// Said beside the sign, for those who do not see it.
    var words: String {
        switch self {
        case .good: "good"
        case .quiet: "fair"
        case .attention: "needs attention"
        }
    }
}

/// A figure of one turn: how it is read from the report, what it means, and from where on it is good or worth a look.
struct TurnMeasure: Sendable {
    enum Direction: Sendable {
        case lowIsGood
        case highIsGood
        /// Near nothing is good; the sign only says which way.
        case nearZeroIsGood
    }

    let name: String
    let unit: String
    let digits: Int
    let direction: Direction
    /// At least as good as this is good; worse than `attention` needs attention.
    let good: Double
    let attention: Double
    /// What it is, for the table of all figures.
    let explanation: String
    let value: @Sendable (Report.Turn) -> Double?
    /// What it says of a turn for which it was measured.
    let sentence: @Sendable (Double, Report.Turn) -> String

    func mark(_ value: Double) -> Mark {
        let (badness, good, attention) =
            switch direction {
            case .lowIsGood: (value, good, attention)
            case .highIsGood: (-value, -good, -attention)
            case .nearZeroIsGood: (abs(value), good, attention)
            }
        if badness <= good { return .good }
        return badness > attention ? .attention : .quiet
    }

    /// "up to 25 ms", "0.85 or more", "within 1 dB".
    func limit(_ value: Double) -> String {
        let text = PlainNumber.decimal(value, digits: digits) + unit
        switch direction {
        case .lowIsGood: return "up to \(text)"
        case .highIsGood: return "\(text) or more"
        case .nearZeroIsGood: return "within \(text)"
        }
    }

    /// "over 60 ms".
    var attentionLimit: String {
        let text = PlainNumber.decimal(attention, digits: digits) + unit
        return direction == .highIsGood ? "under \(text)" : "over \(text)"
    }
}
