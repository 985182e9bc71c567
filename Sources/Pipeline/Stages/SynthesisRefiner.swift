import AudioCore

/// Finds out what was really said where the transcript leaves it open: how a number was read, and whether the recognizer
/// dropped an "um". Each question is put to a few words around the place, whose two versions are locked and compared.
struct SynthesisRefiner {
    let synthesizer: any SpeechSynthesizer
    let timingLock: TimingLock
    let voice: Voice
    /// For each written word its readings, the conventional one first.
    let readings: [[[SpokenWord]]]
    let fillers: [SpokenWord]
    let track: PhoneticTrack
    let silence: SilenceMask

    /// Words to either side of the place in question.
    private static let contextWords = 3
    /// By how much an unconventional reading must be cheaper (distance x 5 ms): 0.005 of the mean over 7 s, within which
    /// readings were measured to be told apart by chance.
    private static let readingMargin = 7.0
    /// By how much a filler must lower the cost, and how well it must fit itself. (Measured: of ten so inserted, seven
    /// were in the human transcript and two more were probably said.)
    private static let fillerGain = 8.0
    private static let fillerCost = 0.75
    private static let fillerFrames = 4
    private static let mostPlaces = 3
    private static let mostReadings = 6
    /// What makes a place suspect: sound where the words pause, or a neighbour that is stretched or does not fit.
    private static let unmaskedSeconds = 0.08
    private static let stretchedLog = 0.45
    private static let suspectCost = 0.7

    /// - Returns: the stretch's words with cheaper readings; nil where the conventional ones are best.
    func cheaperReadings(_ stretch: LockedStretch) throws -> [SpokenWord]? {
        let words = stretch.words
        var replaced: [Int: [SpokenWord]] = [:]
        for source in Set(words.map(\.source)).sorted() where source >= 0 {
            let candidates = readings[source].prefix(Self.mostReadings)
            guard candidates.count > 1, let first = words.firstIndex(where: { $0.source == source }),
                let last = words.lastIndex(where: { $0.source == source })
            else { continue }
            let excerpt = excerpt(around: first..<last + 1, of: stretch)
            var best = (cost: Double.infinity, index: 0)
            for (index, candidate) in candidates.enumerated() {
                guard let lock = try lock(excerpt.before + candidate + excerpt.after, excerpt) else { continue }
                let cost = lock.pathCost + (index == 0 ? 0 : Self.readingMargin)
                if cost < best.cost { best = (cost, index) }
            }
            if best.index > 0 { replaced[source] = candidates[candidates.startIndex + best.index] }
        }
        guard !replaced.isEmpty else { return nil }
        var result: [SpokenWord] = []
        for word in words {
            guard let reading = replaced[word.source] else {
                result.append(word)
                continue
            }
            if result.last?.source != word.source { result += reading }
        }
        return result
    }

    /// - Parameter offset: how many readings further on than the present one.
    /// - Returns: the stretch's words, the ambiguous ones read otherwise; nil where there are none.
    func words(of stretch: LockedStretch, readingOn offset: Int) -> [SpokenWord]? {
        var result: [SpokenWord] = []
        var isOther = false
        for (index, word) in stretch.words.enumerated() {
            let candidates = readings.indices.contains(word.source) ? readings[word.source] : []
            guard candidates.count > 1 else {
                result.append(word)
                continue
            }
            let isFirst = index == 0 || stretch.words[index - 1].source != word.source
            guard isFirst else { continue }
            let present = stretch.words[index...].prefix { $0.source == word.source }.map(\.phonemes)
            let place = candidates.firstIndex { $0.map(\.phonemes) == present } ?? 0
            result += candidates[(place + offset) % candidates.count]
            isOther = true
        }
        return isOther ? result : nil
    }

    /// - Returns: the stretch's words with fillers that were heard; nil where none was.
    func withFillers(_ stretch: LockedStretch) throws -> [SpokenWord]? {
        guard !fillers.isEmpty else { return nil }
        var inserted: [Int: SpokenWord] = [:]
        for place in suspectPlaces(stretch) {
            let excerpt = excerpt(around: place..<place, of: stretch)
            guard let plain = try lock(excerpt.before + excerpt.after, excerpt) else { continue }
            var best = (cost: plain.pathCost - Self.fillerGain, filler: SpokenWord?.none)
            for filler in fillers {
                guard let lock = try lock(excerpt.before + [filler] + excerpt.after, excerpt) else { continue }
                let own = lock.words[excerpt.before.count]
                if lock.pathCost <= best.cost, own.cost <= Self.fillerCost, own.frames.count >= Self.fillerFrames {
                    best = (lock.pathCost, filler)
                }
            }
            inserted[place] = best.filler
        }
        guard !inserted.isEmpty else { return nil }
        return stretch.words.indices.flatMap { index in
            (inserted[index].map { [$0] } ?? []) + [stretch.words[index]]
        } + (inserted[stretch.words.count].map { [$0] } ?? [])
    }

    /// Indices of words before which a filler may have been said, the likeliest first.
    private func suspectPlaces(_ stretch: LockedStretch) -> [Int] {
        let words = stretch.lock.words
        var places: [(score: Double, index: Int)] = []
        for index in 0...words.count {
            let start = index > 0 ? words[index - 1].span.end : 0
            let end = index < words.count ? words[index].span.start : stretch.material.seconds
            let gap = TimeSpan(start: start, end: max(start, end))
            let sounding = gap.seconds - silence.silentSeconds(in: gap)
            let neighbours = [index - 1, index].filter(words.indices.contains).map { words[$0] }
            let stretched = neighbours.map { max(0, $0.durationRatioLog - Self.stretchedLog) }.max() ?? 0
            let unfit = neighbours.map { max(0, $0.cost - Self.suspectCost) }.max() ?? 0
            guard sounding >= Self.unmaskedSeconds || stretched > 0 || unfit > 0 else { continue }
            places.append((sounding + 0.3 * stretched + 0.3 * unfit, index))
        }
        return places.sorted { $0.score > $1.score }.prefix(Self.mostPlaces).map(\.index)
    }

    /// A few words and the recording of them.
    private struct Excerpt {
        var before: [SpokenWord]
        var after: [SpokenWord]
        var track: PhoneticTrack
        var silence: SilenceMask
        var seconds: Double
    }

    private func excerpt(around range: Range<Int>, of stretch: LockedStretch) -> Excerpt {
        let words = stretch.words
        let first = max(0, range.lowerBound - Self.contextWords)
        let end = min(words.count, range.upperBound + Self.contextWords)
        let aligned = stretch.lock.words
        let hop = track.hopSeconds
        let startSeconds = first == 0 ? 0 : max(0, aligned[first].span.start - 0.05)
        let endSeconds = end == words.count ? stretch.material.seconds : aligned[end - 1].span.end + 0.05
        let frames =
            Int(
                startSeconds / hop)..<max(
                Int(startSeconds / hop) + 1, min(track.features.rows, Int((endSeconds / hop).rounded(.up))))
        let step = Int((hop / SilenceMask.hopSeconds).rounded())
        return Excerpt(
            before: Array(words[first..<range.lowerBound]), after: Array(words[range.upperBound..<end]),
            track: track.slice(frames), silence: silence.slice(frames.lowerBound * step..<frames.upperBound * step),
            seconds: Double(frames.count) * hop)
    }

    private func lock(_ words: [SpokenWord], _ excerpt: Excerpt) throws -> Lock? {
        guard !words.isEmpty else { return nil }
        let plan = try synthesizer.plan(words, voice: voice)
        return timingLock.align(plan, to: excerpt.track, silence: excerpt.silence, seconds: excerpt.seconds)
    }
}
