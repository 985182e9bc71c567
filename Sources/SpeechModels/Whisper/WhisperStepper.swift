/// A decoder that is fed tokens and says what may come next; it remembers what it was fed.
protocol WhisperStepper: AnyObject {
    /// Entries of one row of logits.
    var vocabularyCount: Int { get }
    /// Tokens that fit: prompt and text together.
    var contextCount: Int { get }
    /// Forgets everything but the audio.
    func reset() throws
    /// Continues several texts at once by equally many tokens.
    /// - Parameters:
    ///   - tokens: [texts, count], row by row.
    ///   - texts: how many texts go on.
    ///   - parents: for each of them the text of the step before that it continues, [texts]; ignored at the beginning.
    ///   - rows: rows of `tokens` (row by row) after which a prediction is wanted.
    /// - Returns: logits, [rows, vocabularyCount].
    func advance(_ tokens: [Int], texts: Int, parents: [Int], rows: [Int]) throws -> [Float]
}
