import Foundation

extension [Word] {
    /// What is said in one go: runs of words with no pause of `pauseSeconds` or longer between them, in order.
    public func phrases(pauseSeconds: Double = 0.2) -> [Range<Int>] {
        var phrases: [Range<Int>] = []
        for index in indices {
            if let last = phrases.last, self[index].span.start - self[index - 1].span.end < pauseSeconds {
                phrases[phrases.count - 1] = last.lowerBound..<index + 1
            } else {
                phrases.append(index..<index + 1)
            }
        }
        return phrases
    }

    /// The geometric mean of the words' confidences, 0...1; 1 without words. One word that the recognizer all but
    /// excluded pulls it down much further than a mean would go.
    public var jointConfidence: Double {
        guard !isEmpty else { return 1 }
        return exp(reduce(0) { $0 + log(Swift.max($1.confidence, 1e-3)) } / Double(count))
    }
}
