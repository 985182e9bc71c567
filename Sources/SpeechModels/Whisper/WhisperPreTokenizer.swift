/// GPT-2's cutting of text before byte pairs are merged:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
enum WhisperPreTokenizer {
    private enum Class { case space, letter, number, other }

    private static func classify(_ scalar: Unicode.Scalar) -> Class {
        if scalar.properties.isWhitespace { return .space }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return .other
        }
    }

    private static let contractions: [[Unicode.Scalar]] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"]
        .map { Array($0.unicodeScalars) }

    static func pieces(of text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var pieces: [String] = []
        var at = 0
        while at < scalars.count {
            let end = endOfPiece(scalars, from: at)
            var piece = String.UnicodeScalarView()
            piece.append(contentsOf: scalars[at..<end])
            pieces.append(String(piece))
            at = end
        }
        return pieces
    }

    private static func endOfPiece(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
        for contraction in contractions where scalars[start...].starts(with: contraction) {
            return start + contraction.count
        }
        let hasSpace = scalars[start] == " " && start + 1 < scalars.count
        let first = hasSpace ? start + 1 : start
        let kind = classify(scalars[first])
        if kind != .space {
            var end = first + 1
            while end < scalars.count, classify(scalars[end]) == kind { end += 1 }
            return end
        }
        var end = start
        while end < scalars.count, classify(scalars[end]) == .space { end += 1 }
        // The last blank before a word belongs to the word, unless it is the only one.
        return end < scalars.count && end - start > 1 ? end - 1 : end
    }
}
