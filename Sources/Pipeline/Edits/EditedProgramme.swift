import AudioCore

/// A programme as a person corrected it: who speaks when, what is said, and what shall become of it.
public struct EditedProgramme: Sendable, Equatable {
    public private(set) var transcript: Transcript
    public private(set) var diarization: Diarization
    /// What speakers are called, where a person said so.
    public private(set) var names: [SpeakerID: String] = [:]
    /// The take of each turn that has not the first, by `Passage.id`.
    public private(set) var takes: [Int: Int] = [:]
    public private(set) var stretches: [Edit.Stretch] = []
    /// The next new turn's number.
    private var nextPassage: Int
    /// Ids that new speakers may not have.
    private var usedSpeakers: Set<SpeakerID>

    /// - Parameters:
    ///   - transcript, diarization: as they were found.
    ///   - subject: what errors call the changes.
    public init(
        transcript: Transcript, diarization: Diarization, edits: [Edit] = [], subject: String = "edits.json"
    ) throws {
        self.transcript = transcript
        self.diarization = diarization
        nextPassage = (transcript.passages.map(\.id).max() ?? -1) + 1
        usedSpeakers = Set(diarization.speakers).union(transcript.passages.map(\.speaker))
        for (index, edit) in edits.enumerated() {
            do { try apply(edit) } catch let fault as Fault {
                throw AudioError(
                    .badData, operation: "apply", subject: "\(subject), change \(index + 1)", cause: fault.cause,
                    mend: fault.mend)
            }
        }
    }

    /// Why a change does not fit.
    struct Fault: Error {
        var cause: String
        var mend = "mend it, or take the last change back with `hyperaudio edits undo`"
    }

    public mutating func apply(_ edit: Edit) throws {
        switch edit {
        case .line(let line): try apply(line)
        case .name(let name): try apply(name)
        case .merge(let merge): try apply(merge)
        case .assign(let assign): try apply(assign)
        case .edges(let edges): try apply(edges)
        case .take(let take): try apply(take)
        case .stretch(let stretch): try apply(stretch)
        }
    }

    // MARK: Who there is

    /// In order of first appearance.
    public var speakers: [SpeakerID] { diarization.speakers }

    /// Stretches that stay as they are, whoever speaks.
    var kept: [TimeSpan] { TimeSpan.union(stretches.filter { $0.policy == .keep }.map(\.span)) }

    public func passage(_ id: Int) -> Passage? { transcript.passages.first { $0.id == id } }

    /// The next id that no speaker has or had.
    public var freshSpeaker: SpeakerID {
        var index = 0
        while usedSpeakers.contains(SpeakerID(index: index)) { index += 1 }
        return SpeakerID(index: index)
    }

    private func index(of passage: Int) throws -> Int {
        if let index = transcript.passages.firstIndex(where: { $0.id == passage }) { return index }
        let near = transcript.passages.map(\.id).nearest(to: passage)
        throw Fault(
            cause: "there is no turn \(passage)"
                + (near.isEmpty
                    ? ": nobody says anything"
                    : "; the nearest are \(near.map(String.init).joined(separator: ", "))"))
    }

    private func check(_ speaker: SpeakerID) throws {
        guard !speakers.contains(speaker) else { return }
        throw Fault(cause: "there is no \(speaker); there are \(speakers.map(\.name).joined(separator: ", "))")
    }

    private func check(_ span: TimeSpan) throws {
        guard span.isPlausible, span.start >= 0, span.end > span.start else {
            throw Fault(cause: "\(span.start) to \(span.end) s is no stretch of time")
        }
    }

    /// On channels of their own people cannot become one another: their sound lies elsewhere.
    private func checkChannels(_ a: SpeakerID, _ b: SpeakerID) throws {
        guard let one = diarization.channels[a], let other = diarization.channels[b], one != other else { return }
        throw Fault(cause: "\(a) is heard on channel \(one + 1) and \(b) on channel \(other + 1)")
    }

    // MARK: Changes

    private mutating func apply(_ line: Edit.Line) throws {
        let index = try index(of: line.passage)
        let passage = transcript.passages[index]
        if let was = line.was, was != passage.text {
            throw Fault(
                cause: "turn \(line.passage) read \"\(was.shortened)\" when it was changed and reads "
                    + "\"\(passage.text.shortened)\" now",
                mend: "give the options with which it was transcribed then, or `hyperaudio edits clear`")
        }
        transcript.passages[index].words = EditedLine.words(line.text, over: passage)
    }

    private mutating func apply(_ name: Edit.Name) throws {
        try check(name.speaker)
        guard name.name != name.speaker.name else {
            names[name.speaker] = nil
            return
        }
        guard !name.name.allSatisfy(\.isWhitespace), !name.name.contains(where: \.isNewline) else {
            throw Fault(cause: "a name must have letters and no line breaks")
        }
        let taken = speakers.first { $0 != name.speaker && ($0.name == name.name || names[$0] == name.name) }
        if let taken {
            throw Fault(
                cause: "\(taken) is called \"\(name.name)\" already",
                mend: "choose another name, or merge the two with `hyperaudio speakers merge`")
        }
        names[name.speaker] = name.name
    }

    private mutating func apply(_ merge: Edit.Merge) throws {
        try check(merge.speaker)
        try check(merge.into)
        guard merge.speaker != merge.into else { throw Fault(cause: "\(merge.speaker) cannot be merged with itself") }
        try checkChannels(merge.speaker, merge.into)
        for index in diarization.turns.indices where diarization.turns[index].speaker == merge.speaker {
            diarization.turns[index].speaker = merge.into
        }
        for index in transcript.passages.indices where transcript.passages[index].speaker == merge.speaker {
            transcript.passages[index].speaker = merge.into
        }
        for index in stretches.indices where stretches[index].speaker == merge.speaker {
            stretches[index].speaker = merge.into
        }
        diarization.voicePrints[merge.speaker] = nil
        diarization.channels[merge.speaker] = nil
        names[merge.speaker] = nil
        settleTurns(of: merge.into)
    }

    private mutating func apply(_ assign: Edit.Assign) throws {
        try check(assign.from)
        guard assign.from != assign.to else { throw Fault(cause: "the turns are \(assign.to)'s already") }
        try assign.spans.forEach(check)
        try checkChannels(assign.from, assign.to)
        let spans = TimeSpan.union(assign.spans)
        let isNew = !speakers.contains(assign.to)
        var turns: [SpeakerTurn] = []
        for turn in diarization.turns {
            let parts = turn.speaker == assign.from ? turn.span.inside(spans) : []
            guard !parts.isEmpty else {
                turns.append(turn)
                continue
            }
            turns += turn.span.minus(parts).map { SpeakerTurn(speaker: turn.speaker, span: $0, confidence: 1) }
            turns += parts.map { SpeakerTurn(speaker: assign.to, span: $0, confidence: 1) }
        }
        guard turns.contains(where: { $0.speaker == assign.to }), turns != diarization.turns else {
            throw Fault(cause: "\(assign.from) does not speak there")
        }
        diarization.turns = turns
        if isNew { diarization.channels[assign.to] = diarization.channels[assign.from] }
        transcript.passages = transcript.passages.flatMap { passage in
            passage.speaker == assign.from ? divided(passage, spans, to: assign.to) : [passage]
        }
        usedSpeakers.insert(assign.to)
        sortPassages()
        settleTurns(of: assign.to)
        if !speakers.contains(assign.from) {
            diarization.voicePrints[assign.from] = nil
            diarization.channels[assign.from] = nil
            names[assign.from] = nil
        }
    }

    /// A passage of which the stretches are another person's, in parts. The first part keeps the number.
    private mutating func divided(_ passage: Passage, _ spans: [TimeSpan], to speaker: SpeakerID) -> [Passage] {
        var whole = passage
        whole.speaker = speaker
        if passage.span.minus(spans).reduce(0, { $0 + $1.seconds }) < 0.02 { return [whole] }
        guard !passage.span.inside(spans).isEmpty else { return [passage] }
        let cuts = spans.flatMap { [$0.start, $0.end] }.filter { passage.span.start < $0 && $0 < passage.span.end }
        let bounds = [passage.span.start] + cuts + [passage.span.end]
        var parts: [Passage] = []
        for (start, end) in zip(bounds, bounds.dropFirst()) {
            var part = passage
            part.span = TimeSpan(start: start, end: end)
            part.speaker = spans.contains { $0.contains((start + end) / 2) } ? speaker : passage.speaker
            part.words = passage.words.filter { word in
                let middle = (word.span.start + word.span.end) / 2
                // Words may lie a little outside their passage.
                return (start == passage.span.start || start <= middle) && (end == passage.span.end || middle < end)
            }
            if !part.words.isEmpty { parts.append(part) }
        }
        for index in parts.indices.dropFirst() {
            parts[index].id = nextPassage
            nextPassage += 1
        }
        return parts.isEmpty ? [passage] : parts
    }

    private mutating func apply(_ edges: Edit.Edges) throws {
        let index = try index(of: edges.passage)
        try check(edges.span)
        var passage = transcript.passages[index]
        guard edges.span.overlap(with: passage.span) > 0 else {
            throw Fault(cause: "turn \(passage.id) lies from \(passage.span.start) to \(passage.span.end) s")
        }
        let neighbour = transcript.passages.first {
            $0.id != passage.id && $0.speaker == passage.speaker && $0.span.overlap(with: edges.span) > 0.02
        }
        if let neighbour {
            throw Fault(cause: "it would reach into turn \(neighbour.id) of the same speaker")
        }
        let old = passage.span
        var own: [TimeSpan] = []
        diarization.turns = diarization.turns.flatMap { turn -> [SpeakerTurn] in
            let inside = turn.speaker == passage.speaker ? turn.span.inside([old]) : []
            guard !inside.isEmpty else { return [turn] }
            own += inside
            return turn.span.minus(inside).map {
                SpeakerTurn(speaker: turn.speaker, span: $0, confidence: turn.confidence)
            }
        }
        var kept = own.flatMap { $0.inside([edges.span]) }.sorted { $0.start < $1.start }
        if kept.isEmpty { kept = [edges.span] }
        // The outermost ones follow the edges outwards.
        if edges.span.start < old.start { kept[0].start = edges.span.start }
        if edges.span.end > old.end { kept[kept.count - 1].end = edges.span.end }
        let speaker = passage.speaker
        diarization.turns += kept.map { SpeakerTurn(speaker: speaker, span: $0, confidence: 1) }
        settleTurns(of: speaker)
        passage.span = edges.span
        passage.words = passage.words.compactMap { word in
            var word = word
            guard edges.span.contains((word.span.start + word.span.end) / 2) else { return nil }
            word.span = TimeSpan(
                start: max(word.span.start, edges.span.start), end: min(word.span.end, edges.span.end))
            return word
        }
        transcript.passages[index] = passage
        sortPassages()
    }

    private mutating func apply(_ take: Edit.Take) throws {
        _ = try index(of: take.passage)
        guard SynthesisTake.numbers.contains(take.take) else {
            throw Fault(
                cause: "there is no take \(take.take)",
                mend: "choose one from \(SynthesisTake.numbers.lowerBound) to \(SynthesisTake.numbers.upperBound)")
        }
        takes[take.passage] = take.take == 1 ? nil : take.take
    }

    private mutating func apply(_ stretch: Edit.Stretch) throws {
        try check(stretch.span)
        if let speaker = stretch.speaker { try check(speaker) }
        stretches.append(stretch)
    }

    // MARK: Order

    private mutating func sortPassages() {
        transcript.passages.sort { ($0.span.start, $0.id) < ($1.span.start, $1.id) }
    }

    /// Turns in order; what of one speaker's overlaps is one turn.
    private mutating func settleTurns(of speaker: SpeakerID) {
        var settled: [SpeakerTurn] = []
        let own = diarization.turns(of: speaker).sorted { $0.span.start < $1.span.start }
        for turn in own {
            if let last = settled.last, turn.span.start < last.span.end {
                settled[settled.count - 1].span.end = max(last.span.end, turn.span.end)
                settled[settled.count - 1].confidence = min(last.confidence, turn.confidence)
            } else {
                settled.append(turn)
            }
        }
        diarization.turns = (diarization.turns.filter { $0.speaker != speaker } + settled).sorted {
            ($0.span.start, $0.speaker, $0.span.end) < ($1.span.start, $1.speaker, $1.span.end)
        }
    }
}

extension TimeSpan {
    /// What of the stretch lies in any of `others`, in order.
    func inside(_ others: [TimeSpan]) -> [TimeSpan] {
        TimeSpan.union(others).compactMap { other in
            let part = TimeSpan(start: max(start, other.start), end: min(end, other.end))
            return part.seconds > 0 ? part : nil
        }
    }
}

extension TimeSpan {
    /// Seconds between two stretches; 0 where they meet.
    func distance(to other: TimeSpan) -> Double { max(0, other.start - end, start - other.end) }
}

extension String {
    /// The first words, for a sentence.
    var shortened: String { count <= 40 ? self : prefix(38) + "…" }
}
