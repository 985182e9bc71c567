import AudioCore

/// How surely a piece's words were found in its recording.
struct SynthesisVerdict {
    let words: [LockedWord]
    /// Those that were found.
    let stretches: [LockedStretch]
    /// Some of the piece was not.
    let isPartial: Bool

    /// A lock that is no more than this below rejection is worth a flag.
    private static let uncertainMargin = 0.03
    /// Words of less confidence are worth a flag, even where they are spoken.
    private static let doubtfulConfidence = 0.15
    /// A word that costs more was perhaps not said where it stands.
    private static let uncertainWordCost = 0.85

    /// What is worth a look.
    var flags: [ReplacementFlag] {
        var flags: [ReplacementFlag] = []
        let unfit = words.count { $0.cost > Self.uncertainWordCost }
        if isPartial || stretches.contains(where: isUncertain) || unfit * 5 > words.count {
            flags.append(.lockUncertain)
        }
        if words.contains(where: { $0.confidence < Self.doubtfulConfidence }) { flags.append(.wordUncertain) }
        if stretches.contains(where: \.holdsFillers) { flags.append(.fillersRestored) }
        return flags
    }

    private func isUncertain(_ stretch: LockedStretch) -> Bool {
        let lock = stretch.lock
        return lock.score > Lock.rejectionScore(words: lock.words.count) - Self.uncertainMargin
    }

    /// The stretches' scores, weighed by their length.
    var score: Double? {
        let seconds = stretches.reduce(0) { $0 + $1.material.seconds }
        guard seconds > 0 else { return nil }
        return stretches.reduce(0) { $0 + $1.lock.score * $1.material.seconds } / seconds
    }
}
