import AudioCore
import Pipeline

/// A word as it is compared, with where it begins and ends.
///
/// Words are normalised by `TranscriptErrors.words(of:)`: lower case, no punctuation. A written word that becomes
/// several ("forty-two") knows only where the first begins and the last ends.
struct ComparedWord: Sendable, Equatable {
    var text: String
    var onset: Double?
    var offset: Double?

    static func words(of text: String, span: TimeSpan?) -> [ComparedWord] {
        let parts = TranscriptErrors.words(of: text)
        return parts.indices.map { index in
            ComparedWord(
                text: parts[index], onset: index == 0 ? span?.start : nil,
                offset: index == parts.count - 1 ? span?.end : nil)
        }
    }
}

/// Words against the true ones: error rates, and how far the words that are right lie from where they were said.
public struct WordScore: Sendable {
    /// Errors in one true passage; insertions belong to the passage of the true word before them.
    public struct Passage: Sendable, Equatable {
        public var words = 0
        public var substitutions = 0
        public var deletions = 0
        public var insertions = 0

        public var errors: Int { substitutions + deletions + insertions }
    }

    /// One for each true passage, in order.
    public let passages: [Passage]
    /// Of the words that are right, how much later than the truth they begin and end, seconds; only where both say so.
    public let onsetErrors: [Double]
    public let offsetErrors: [Double]
    /// Letters that differ, blanks between words counted, and letters there are.
    public let characterErrors: Int
    public let characters: Int

    public var wordErrorRate: Double? {
        let words = passages.reduce(0) { $0 + $1.words }
        return words > 0 ? Double(passages.reduce(0) { $0 + $1.errors }) / Double(words) : nil
    }

    /// - Parameters:
    ///   - truth: in order of time.
    ///   - heard: in order of time.
    public init(truth: [TruePassage], heard: [Word]) {
        let reference = truth.enumerated().flatMap { index, passage in
            passage.words.flatMap { ComparedWord.words(of: $0.text, span: $0.span) }.map { (passage: index, word: $0) }
        }
        let hypothesis = heard.flatMap { ComparedWord.words(of: $0.text, span: $0.span) }
        let alignment = SequenceAlignment(
            reference: reference.map(\.word.text), hypothesis: hypothesis.map(\.text))
        var passages = [Passage](repeating: Passage(), count: truth.count)
        var (onsets, offsets): ([Double], [Double]) = ([], [])
        var current = reference.first?.passage ?? 0
        for step in alignment.steps {
            switch step {
            case .match(let r, let h):
                current = reference[r].passage
                passages[current].words += 1
                let (true_, found) = (reference[r].word, hypothesis[h])
                if let a = true_.onset, let b = found.onset { onsets.append(b - a) }
                if let a = true_.offset, let b = found.offset { offsets.append(b - a) }
            case .substitution(let r, _):
                current = reference[r].passage
                passages[current].words += 1
                passages[current].substitutions += 1
            case .deletion(let r):
                current = reference[r].passage
                passages[current].words += 1
                passages[current].deletions += 1
            case .insertion:
                guard passages.indices.contains(current) else { continue }
                passages[current].insertions += 1
            }
        }
        self.passages = passages
        (onsetErrors, offsetErrors) = (onsets, offsets)
        let letters = Array(reference.map(\.word.text).joined(separator: " ").unicodeScalars)
        characters = letters.count
        characterErrors = SequenceAlignment.errors(
            reference: letters, hypothesis: Array(hypothesis.map(\.text).joined(separator: " ").unicodeScalars))
    }
}
