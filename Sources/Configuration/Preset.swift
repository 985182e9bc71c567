/// Options that belong together, under one name.
public enum Preset: String, Sendable, CaseIterable {
    /// As fast as it goes: to see what will come out.
    case draft
    /// The defaults.
    case balanced
    /// As careful as it goes.
    case best

    /// What it changes, as in a configuration file.
    public var values: [(option: String, text: String)] {
        switch self {
        case .draft:
            [
                ("recognizer.beams", "1"), ("recognizer.retries", "1"), ("synthesizer.restore-fillers", "false"),
                ("report.listens", "false"), ("transcript.quick", "true"),
            ]
        case .balanced: []
        case .best:
            [
                ("recognizer.beams", "8"), ("recognizer.patience", "2"), ("report.quality-hop", "1 s"),
                ("report.yardstick", "60 s"),
            ]
        }
    }

    public var summary: String {
        switch self {
        case .draft:
            "the recognizer takes the likeliest word at each step, dropped fillers are not looked for, word "
                + "times are the recognizer's, and networks do not judge the new speech"
        case .balanced: "the defaults, which all published measurements were made with"
        case .best: "the recognizer weighs more readings of every passage, and the judges look at everything"
        }
    }
}
