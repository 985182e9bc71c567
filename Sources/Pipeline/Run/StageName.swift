/// The six stages, in order, and the steps beside them.
public enum StageName: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    case preprocessor
    case separator
    case diarizer
    case recognizer
    /// Finds when each word is said, where exact times are asked for.
    case wordTimes
    case synthesizer
    case reconstructor
    /// Writes the programme in the format that was asked for.
    case output
    /// Measures what was done.
    case report

    /// The stages proper.
    public static let six: [StageName] = [
        .preprocessor, .separator, .diarizer, .recognizer, .synthesizer, .reconstructor,
    ]

    /// What the main job takes.
    public static let replacing: [StageName] = six + [.output, .report]
}
