/// Counts how two texts differ, word by word: the one place that says which differences of writing count.
///
/// The report judges with it what a recognizer hears of the new voice.
public enum TranscriptErrors {
    /// The words that are compared: lower case, typographic apostrophes made plain, hyphens and all other punctuation
    /// blanks, apostrophes kept inside words only. Numbers stay as they are written: "42" is not "forty-two".
    public static func words(of text: String) -> [String] {
        let plain = text.lowercased().map { character -> Character in
            switch character {
            case "’", "‘", "'": "'"
            default: character.isLetter || character.isNumber ? character : " "
            }
        }
        return String(plain).split(separator: " ").compactMap { word in
            let bare = word.drop { $0 == "'" }
            let end = bare.lastIndex { $0 != "'" }
            return end.map { String(bare[...$0]) }
        }
    }

    /// How the hypothesis departs from the reference; `errorRate` is the word error rate.
    public static func alignment(reference: String, hypothesis: String) -> SequenceAlignment {
        SequenceAlignment(reference: words(of: reference), hypothesis: words(of: hypothesis))
    }
}
