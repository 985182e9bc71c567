import AudioCore

/// What flags mean, in plain words.
extension ReplacementFlag {
    /// True where somebody had better listen.
    var asksForAttention: Bool {
        switch self {
        case .lockUncertain, .wordUncertain: true
        case .overlapKept, .keptOriginal, .languageUnspoken, .nothingToSay, .fillersRestored, .keptByChoice,
            .mutedByChoice:
            false
        }
    }

    var label: String {
        switch self {
        case .lockUncertain: "words hard to find"
        case .wordUncertain: "doubtful words"
        case .overlapKept: "somebody else speaks too"
        case .keptOriginal: "words not found"
        case .keptByChoice: "kept by choice"
        case .mutedByChoice: "silent by choice"
        case .languageUnspoken: "another language"
        case .nothingToSay: "no words"
        case .fillersRestored: "fillers restored"
        }
    }

    var sentence: String {
        switch self {
        case .lockUncertain:
            "The words were found in the recording, but not with certainty: timing may be off somewhere."
        case .wordUncertain: "The recognizer doubted a word: the new voice may say something else there."
        case .overlapKept: "Somebody else speaks at the same time; there the original stays."
        case .keptOriginal: "The words could not be found in the recording; the original stays."
        case .keptByChoice: "Somebody chose to leave it as it was."
        case .mutedByChoice: "Somebody chose to let the voice go silent here."
        case .languageUnspoken: "It is in a language that no voice speaks; the original stays."
        case .nothingToSay: "It holds no words that can be spoken; the original stays."
        case .fillersRestored:
            "The transcript had left out an \u{201C}uh\u{201D} or \u{201C}um\u{201D}; the new voice says it."
        }
    }
}

extension Report.Turn {
    /// Why it stayed the original, in half a sentence; nil where it did not.
    var reasonKept: String? {
        guard kept else { return nil }
        let reasons: [ReplacementFlag] = [
            .keptByChoice, .overlapKept, .languageUnspoken, .nothingToSay, .wordUncertain, .keptOriginal,
        ]
        return (reasons.first { flags.contains($0) } ?? .keptOriginal).label
    }
}
