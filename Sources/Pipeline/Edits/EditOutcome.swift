import AudioCore

/// What follows from changes: which turns are other ones now, and which of these will be spoken anew.
public struct EditOutcome: Sendable, Codable, Equatable {
    /// A turn that the same `replace` makes again.
    public struct Turn: Sendable, Codable, Equatable {
        public var turn: Int
        public var speaker: SpeakerID
        public var start: Double
        public var end: Double
    }

    /// Turns that changed, by number.
    public var changed: [Int]
    /// Those of speakers who have a new voice, in order.
    public var again: [Turn]

    /// - Parameter voices: of the last finished replacement.
    init(before: EditedProgramme, after: EditedProgramme, voices: [SpeakerID: String]) {
        func aspects(_ passage: Passage, in programme: EditedProgramme) -> Aspects {
            Aspects(
                passage: passage, take: programme.takes[passage.id],
                stretches: programme.stretches.filter { $0.concerns(passage) },
                others: programme.diarization.turns.filter {
                    $0.speaker != passage.speaker && $0.span.overlap(with: passage.span) > 0
                }.flatMap { $0.span.inside([passage.span]) })
        }
        let old = Dictionary(
            before.transcript.passages.map { ($0.id, aspects($0, in: before)) }, uniquingKeysWith: { first, _ in first }
        )
        let new = after.transcript.passages.filter { aspects($0, in: after) != old[$0.id] }
        let gone = Set(old.keys).subtracting(after.transcript.passages.map(\.id))
        changed = (new.map(\.id) + gone).sorted()
        again = new.filter { voices[$0.speaker] != nil }.map {
            Turn(turn: $0.id, speaker: $0.speaker, start: $0.span.start, end: $0.span.end)
        }
    }

    /// What determines a turn's new speech.
    private struct Aspects: Equatable {
        var passage: Passage
        var take: Int?
        var stretches: [Edit.Stretch]
        var others: [TimeSpan]
    }

    /// Seconds that are spoken anew.
    public var secondsAgain: Double { again.reduce(0) { $0 + $1.end - $1.start } }
}

extension Edit.Stretch {
    func concerns(_ passage: Passage) -> Bool {
        (speaker == nil || speaker == passage.speaker) && span.overlap(with: passage.span) > 0
    }
}
