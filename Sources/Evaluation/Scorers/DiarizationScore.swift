import AudioCore

/// Who-speaks-when against the truth: the diarization error rate and its parts (NIST RT-09, as `pyannote.metrics`
/// computes it), and who got the speech of one person alone.
///
/// Times are exact: nothing is put on a grid. Turns of one speaker that touch or overlap count once. The pairing of
/// found with true speakers is the one that shares the most scored time (Hungarian method).
public struct DiarizationScore: Sendable, Equatable {
    /// Seconds of reference speech and of what went wrong, each person's counted by itself.
    public struct Parts: Sendable, Equatable {
        public var total = 0.0
        public var missed = 0.0
        public var falseAlarm = 0.0
        public var confused = 0.0
        /// One reference speaker, nobody else; of that: any speech found; the right person found.
        public var solo = 0.0
        public var soloFound = 0.0
        public var soloRight = 0.0

        public var errors: Double { missed + falseAlarm + confused }
    }

    /// The reference speaker each found speaker stands for; those that stand for nobody are missing.
    public let mapping: [SpeakerID: SpeakerID]
    /// One for each stretch from the beginning of a reference turn to that of the next; what comes before the first
    /// belongs to it.
    public let stretches: [Parts]

    public var parts: Parts {
        stretches.reduce(into: Parts()) { sum, one in
            sum.total += one.total
            sum.missed += one.missed
            sum.falseAlarm += one.falseAlarm
            sum.confused += one.confused
            sum.solo += one.solo
            sum.soloFound += one.soloFound
            sum.soloRight += one.soloRight
        }
    }

    /// Nil without reference speech.
    public var errorRate: Double? {
        let parts = parts
        return parts.total > 0 ? parts.errors / parts.total : nil
    }

    /// - Parameters:
    ///   - collarSeconds: left out on *each* side of every reference edge (`pyannote.metrics` takes both sides' sum).
    ///   - countsOverlap: false leaves out what the reference gives to several people.
    public init(
        reference: [SpeakerTurn], hypothesis: [SpeakerTurn], collarSeconds: Double = 0, countsOverlap: Bool = true
    ) {
        let truth = SpeakerLanes(reference)
        let guess = SpeakerLanes(hypothesis)
        let collars = Self.collars(truth, seconds: collarSeconds)
        let onsets = truth.lanes.flatMap { $0.map(\.start) }.sorted()
        let edges = (truth.edges + guess.edges + collars.flatMap { [$0.start, $0.end] }).sorted()
        let moments = zip(edges, edges.dropFirst()).filter { $0 < $1 }.map { TimeSpan(start: $0, end: $1) }
        var (atTruth, atGuess) = (truth.cursor, guess.cursor)
        var collar = collars[...]
        var pieces: [(seconds: Double, truth: [Int], guess: [Int], stretch: Int)] = []
        var shared = Matrix(rows: guess.speakers.count, columns: truth.speakers.count)
        var stretch = 0
        for moment in moments {
            let middle = (moment.start + moment.end) / 2
            while stretch + 1 < onsets.count, onsets[stretch + 1] <= moment.start { stretch += 1 }
            while let first = collar.first, first.end <= middle { collar = collar.dropFirst() }
            if let first = collar.first, first.start <= middle { continue }
            let (real, found) = (atTruth.active(at: middle), atGuess.active(at: middle))
            if real.isEmpty && found.isEmpty || !countsOverlap && real.count > 1 { continue }
            pieces.append((moment.seconds, real, found, stretch))
            for row in found { for column in real { shared[row, column] += Float(moment.seconds) } }
        }
        let partners = Assignment(maximizing: shared).columns
        mapping = Dictionary(
            uniqueKeysWithValues: partners.enumerated().compactMap { row, column in
                guard let column, shared[row, column] > 0 else { return nil }
                return (guess.speakers[row], truth.speakers[column])
            })
        var stretches = [Parts](repeating: Parts(), count: max(1, onsets.count))
        for piece in pieces {
            let right = piece.guess.count { row in partners[row].map(piece.truth.contains) ?? false }
            let (real, found) = (piece.truth.count, piece.guess.count)
            stretches[piece.stretch].add(seconds: piece.seconds, real: real, found: found, right: right)
        }
        self.stretches = stretches
    }

    /// What lies within `seconds` of a reference edge, in order, without overlaps.
    private static func collars(_ truth: SpeakerLanes, seconds: Double) -> [TimeSpan] {
        guard seconds > 0 else { return [] }
        return TimeSpan.union(truth.edges.map { TimeSpan(start: $0 - seconds, end: $0 + seconds) })
    }
}

extension DiarizationScore.Parts {
    /// - Parameters: how many people speak, how many were found to, and how many of these are the right ones.
    fileprivate mutating func add(seconds: Double, real: Int, found: Int, right: Int) {
        total += seconds * Double(real)
        missed += seconds * Double(max(0, real - found))
        falseAlarm += seconds * Double(max(0, found - real))
        confused += seconds * Double(min(real, found) - right)
        guard real == 1 else { return }
        solo += seconds
        soloFound += found > 0 ? seconds : 0
        soloRight += right > 0 ? seconds : 0
    }
}

/// Turns sorted by speaker, each speaker's joined where they touch.
private struct SpeakerLanes {
    /// In order of first appearance.
    let speakers: [SpeakerID]
    /// [speakers][spans], in order, without overlaps.
    let lanes: [[TimeSpan]]

    init(_ turns: [SpeakerTurn]) {
        let spoken = turns.filter { $0.span.seconds > 0 }
        speakers = Diarization(turns: spoken.sorted { $0.span.start < $1.span.start }).speakers
        let bySpeaker = Dictionary(grouping: spoken, by: \.speaker)
        lanes = speakers.map { TimeSpan.union((bySpeaker[$0] ?? []).map(\.span)) }
    }

    var edges: [Double] { lanes.flatMap { $0.flatMap { [$0.start, $0.end] } } }

    var cursor: Cursor { Cursor(lanes: lanes, next: [Int](repeating: 0, count: lanes.count)) }

    /// Walks through time, forwards only.
    struct Cursor {
        let lanes: [[TimeSpan]]
        var next: [Int]

        mutating func active(at time: Double) -> [Int] {
            lanes.indices.filter { lane in
                while next[lane] < lanes[lane].count, lanes[lane][next[lane]].end <= time { next[lane] += 1 }
                return next[lane] < lanes[lane].count && lanes[lane][next[lane]].start <= time
            }
        }
    }
}
