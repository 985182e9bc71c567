import AudioCore

/// Cuts a passage into pieces: around stretches where somebody else speaks, and in pauses.
struct SynthesisPlanner {
    let sources: SynthesisSources
    let options: VoiceSynthesizerOptions

    /// A chunk and its words, as indices into the passage.
    struct Chunk: Equatable {
        var treatment: SynthesisPiece.Treatment
        var words: Range<Int>
        var span: TimeSpan
    }

    /// Pauses from this length on are good places to cut.
    private static let cuttingPauseSeconds = 0.2
    private static let shortestChunkSeconds = 5.0
    /// A bound on what a plan holds, in letters: the synthesizer takes some 500 tokens.
    private static let mostLetters = 400
    /// What is heard beside the words of a part of a passage.
    private static let marginSeconds = 0.25

    func chunks(of passage: Passage) throws -> [Chunk] {
        guard !passage.words.isEmpty else { return [] }
        let pauses = try pauses(of: passage)
        return runs(of: passage, overlappedStretches(of: passage)).flatMap { run -> [Chunk] in
            guard run.treatment == .speak else { return [run] }
            return split(run, words: passage.words, pauses: pauses)
        }
    }

    /// A passage that stays as it is, in one chunk.
    func kept(_ passage: Passage) -> [Chunk] {
        guard !passage.words.isEmpty else { return [] }
        return [Chunk(treatment: .keepUnspoken, words: passage.words.indices, span: passage.span)]
    }

    private func overlappedStretches(of passage: Passage) -> [TimeSpan] {
        guard options.overlap != .replace else { return [] }
        return sources.others(than: passage.speaker, in: passage.span).filter {
            $0.seconds > options.shortOverlapSeconds
        }
    }

    /// Silences of the passage's vocals, in the programme's time.
    private func pauses(of passage: Passage) throws -> [TimeSpan] {
        let channel = sources.channel(of: passage.speaker)
        let samples = try sources.samples(of: sources.vocals, passage.span, channel: channel)
        let mask = SilenceMask(SpeechEnergy(samples, sampleRate: sources.vocals.sampleRate))
        return mask.pauses(atLeast: Self.cuttingPauseSeconds).map {
            TimeSpan(start: $0.start + passage.span.start, end: $0.end + passage.span.start)
        }
    }

    /// Stretches of a policy that concern a passage, joined.
    private func stretches(_ policies: [Edit.Stretch.Policy], of passage: Passage) -> [TimeSpan] {
        TimeSpan.union(sources.stretches.filter { policies.contains($0.policy) && $0.concerns(passage) }.map(\.span))
    }

    /// What a person wants of a part of a passage: where no new voice may be, and where nothing of the old one may stay.
    func wishes(of passage: Passage, in span: TimeSpan) -> (excluded: [TimeSpan], required: [TimeSpan]) {
        let excluded = span.inside(stretches([.keep, .mute], of: passage))
        return (excluded, span.inside(stretches([.replace], of: passage)).flatMap { $0.minus(excluded) })
    }

    /// What becomes of each word: what a person says, else what overlap says.
    private func treatments(of passage: Passage, _ overlapped: [TimeSpan]) -> [SynthesisPiece.Treatment] {
        let words = passage.words
        var isOverlapped = words.map { word -> Bool in
            let covered = overlapped.reduce(0) { $0 + $1.overlap(with: word.span) }
            return covered > 0.5 * max(word.span.seconds, 0.02)
        }
        takeFragments(of: words, into: &isOverlapped)
        let (kept, muted, replaced) = (
            stretches([.keep], of: passage), stretches([.mute], of: passage), stretches([.replace], of: passage)
        )
        return words.indices.map { index in
            let middle = (words[index].span.start + words[index].span.end) / 2
            if kept.contains(where: { $0.contains(middle) }) { return .keepChosen }
            if muted.contains(where: { $0.contains(middle) }) { return .muteChosen }
            if replaced.contains(where: { $0.contains(middle) }) { return .speak }
            guard isOverlapped[index] else { return .speak }
            return options.overlap == .mute ? .mute : .keepOverlapped
        }
    }

    /// Runs of words that are treated alike, with nothing between them that a person wants to be treated otherwise.
    private func runs(of passage: Passage, _ overlapped: [TimeSpan]) -> [Chunk] {
        let words = passage.words
        let treatments = treatments(of: passage, overlapped)
        let excluded = stretches([.keep, .mute], of: passage)
        func isParted(_ index: Int) -> Bool {
            let gap = TimeSpan(start: words[index - 1].span.end, end: words[index].span.start)
            return excluded.contains { gap.contains(($0.start + $0.end) / 2) }
        }
        var ranges: [Range<Int>] = []
        for index in words.indices {
            if let last = ranges.last, treatments[last.lowerBound] == treatments[index], !isParted(index) {
                ranges[ranges.count - 1] = last.lowerBound..<index + 1
            } else {
                ranges.append(index..<index + 1)
            }
        }
        let stretches = TimeSpan.union(overlapped + excluded)
        return ranges.map { range in
            let (first, last) = (words[range.lowerBound].span, words[range.upperBound - 1].span)
            let treatment = treatments[range.lowerBound]
            guard treatment == .speak else {
                return Chunk(
                    treatment: treatment, words: range,
                    span: TimeSpan(start: first.start, end: max(first.start, last.end)))
            }
            // A part of a passage ends where its neighbour's words or the other voice begin.
            var start = passage.span.start
            var end = passage.span.end
            if range.lowerBound > 0 {
                start = max(words[range.lowerBound - 1].span.end, first.start - Self.marginSeconds)
            }
            if range.upperBound < words.count {
                end = min(words[range.upperBound].span.start, last.end + Self.marginSeconds)
            }
            for stretch in stretches {
                if stretch.end <= first.start { start = max(start, stretch.end) }
                if stretch.start >= last.end { end = min(end, stretch.start) }
            }
            start = min(start, first.start)
            return Chunk(
                treatment: .speak, words: range, span: TimeSpan(start: start, end: max(end, last.end, start)))
        }
    }

    /// Lets scraps of phrases that are overlapped stay the original with them.
    private func takeFragments(of words: [Word], into isOverlapped: inout [Bool]) {
        guard options.overlap == .keep else { return }
        for phrase in words.phrases() where isOverlapped[phrase].contains(true) {
            for run in phrase.runs(where: { !isOverlapped[$0] }) {
                let seconds = words[run.upperBound - 1].span.end - words[run.lowerBound].span.start
                guard seconds < options.shortestFragmentSeconds else { continue }
                for word in run { isOverlapped[word] = true }
            }
        }
    }

    private func split(_ chunk: Chunk, words: [Word], pauses: [TimeSpan]) -> [Chunk] {
        let letters = words[chunk.words].reduce(0) { $0 + Self.letters($1.text) }
        guard chunk.span.seconds > options.longestChunkSeconds || letters > Self.mostLetters, chunk.words.count > 1
        else { return [chunk] }
        let cut = bestCut(chunk, words: words, pauses: pauses)
        var (left, right) = (chunk, chunk)
        left.words = chunk.words.lowerBound..<cut.word
        left.span.end = cut.time
        right.words = cut.word..<chunk.words.upperBound
        right.span.start = cut.time
        return split(left, words: words, pauses: pauses) + split(right, words: words, pauses: pauses)
    }

    /// The first word after the best place to cut, and when that is: in a long pause that lies where the recognizer, too,
    /// heard a gap, and not too near to either end.
    private func bestCut(_ chunk: Chunk, words: [Word], pauses: [TimeSpan]) -> (word: Int, time: Double) {
        let inside = (chunk.words.lowerBound + 1..<chunk.words.upperBound)
        func score(_ time: Double, length: Double, word: Int) -> Double {
            let shorter = min(time - chunk.span.start, chunk.span.end - time)
            let gap = (words[word - 1].span.end + words[word].span.start) / 2
            return min(length, 0.8) - abs(gap - time)
                + min(0, shorter - Self.shortestChunkSeconds) + 0.3 * shorter / chunk.span.seconds
        }
        var best: (score: Double, word: Int, time: Double)?
        for word in inside {
            let gap = TimeSpan(start: words[word - 1].span.end, end: words[word].span.start)
            let middle = (gap.start + gap.end) / 2
            let near = pauses.filter { abs(($0.start + $0.end) / 2 - middle) < 0.5 }
            let candidates =
                near.map { (time: ($0.start + $0.end) / 2, length: $0.seconds) } + [
                    // Where the recording does not pause, the recognizer's gap has to do, and is worth less.
                    (time: middle, length: min(0, gap.seconds - Self.cuttingPauseSeconds) - 0.2)
                ]
            for candidate in candidates
            where candidate.time > chunk.span.start && candidate.time < chunk.span.end {
                let value = score(candidate.time, length: candidate.length, word: word)
                if best.map({ value > $0.score }) ?? true { best = (value, word, candidate.time) }
            }
        }
        if let best { return (best.word, best.time) }
        let middle = (inside.lowerBound + inside.upperBound) / 2
        return (middle, min(max(words[middle].span.start, chunk.span.start), chunk.span.end))
    }

    /// About how many tokens a word takes; digits are spelt out.
    private static func letters(_ text: String) -> Int {
        text.reduce(1) { $0 + ($1.isNumber ? 6 : 1) }
    }
}

extension Range<Int> {
    /// The longest runs of neighbours for which a condition holds, in order.
    fileprivate func runs(where condition: (Int) -> Bool) -> [Range<Int>] {
        reduce(into: []) { runs, index in
            guard condition(index) else { return }
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
    }
}
