import AudioCore

/// A stretch of a piece whose words were found in the recording.
struct LockedStretch {
    var material: SynthesisMaterial
    var plan: SpeechPlan
    var lock: Lock

    var words: [SpokenWord] { plan.words }
    /// Fillers that the transcript does not have.
    var holdsFillers: Bool { words.contains { $0.source < 0 } }
}

/// Finds a piece's words in its recording: tries again where that fails, and settles how ambiguous words are read.
struct SynthesisLocker {
    enum Outcome {
        case locked(LockedStretch)
        /// These written words could not be found.
        case failed(Range<Int>)
    }

    let synthesizer: any SpeechSynthesizer
    let extractor: any PhoneticFeatureExtractor
    let voice: Voice
    let options: VoiceSynthesizerOptions
    let take: SynthesisTake
    /// As the transcript has them.
    let written: [Word]
    /// For each written word its readings, the conventional one first.
    let readings: [[[SpokenWord]]]
    let fillers: [SpokenWord]

    private let timingLock: TimingLock

    /// A recording is halved at most so often.
    private static let mostHalvings = 2
    private static let shortestHalfSeconds = 1.5
    /// More of the words than this may not lie a second and more from where the recognizer heard them.
    private static let mostMisplaced = 1.0 / 3
    private static let misplacedSeconds = 1.0

    init(
        synthesizer: any SpeechSynthesizer, extractor: any PhoneticFeatureExtractor, voice: Voice,
        options: VoiceSynthesizerOptions, take: SynthesisTake = SynthesisTake(nil), written: [Word],
        readings: [[[SpokenWord]]], fillers: [SpokenWord]
    ) {
        self.synthesizer = synthesizer
        self.extractor = extractor
        self.voice = voice
        self.options = options
        self.take = take
        self.written = written
        self.readings = readings
        self.fillers = fillers
        timingLock = TimingLock(synthesizer)
    }

    func lock(_ material: SynthesisMaterial) throws -> [Outcome] {
        try lock(written.indices, in: material, halvings: 0)
    }

    private func lock(_ range: Range<Int>, in material: SynthesisMaterial, halvings: Int) throws -> [Outcome] {
        let words = range.flatMap { readings[$0].first ?? [] }
        guard !words.isEmpty else { return [] }
        let isTooLong = tokenCount(words) > synthesizer.longestPlan
        if !isTooLong {
            let features = lockFeatures(of: material)
            let plan = try synthesizer.plan(words, voice: voice)
            for source in [LockFeatures.Source.preferred, .other] {
                let track = try features.track(source)
                if let lock = align(plan, to: track, material), isSound(lock, plan, in: material) {
                    let stretch = LockedStretch(material: material, plan: plan, lock: lock)
                    return [.locked(try refine(stretch, range: range, track: track))]
                }
            }
            if let trimmed = trimmed(material, to: range) {
                let features = lockFeatures(of: trimmed)
                let track = try features.track(.preferred)
                if let lock = align(plan, to: track, trimmed), isSound(lock, plan, in: trimmed) {
                    let stretch = LockedStretch(material: trimmed, plan: plan, lock: lock)
                    return [.locked(try refine(stretch, range: range, track: track))]
                }
            }
        }
        guard isTooLong || halvings < Self.mostHalvings, let cut = halving(range, material) else {
            return [.failed(range)]
        }
        let left = material.part(TimeSpan(start: material.span.start, end: cut.time))
        let right = material.part(TimeSpan(start: cut.time, end: material.span.end))
        return try lock(range.lowerBound..<cut.word, in: left, halvings: halvings + 1)
            + lock(cut.word..<range.upperBound, in: right, halvings: halvings + 1)
    }

    private func lockFeatures(of material: SynthesisMaterial) -> LockFeatures {
        LockFeatures(
            extractor: extractor, material: material, options: options, listensElsewhere: take.listensElsewhere)
    }

    private func align(_ plan: SpeechPlan, to track: PhoneticTrack, _ material: SynthesisMaterial) -> Lock? {
        timingLock.align(plan, to: track, silence: material.silence, seconds: material.seconds)
    }

    /// Whether a lock may be used: its sounds fit better than any sounds would, and its words lie roughly where the
    /// recognizer heard them.
    private func isSound(_ lock: Lock, _ plan: SpeechPlan, in material: SynthesisMaterial) -> Bool {
        guard !lock.isRejected else { return false }
        let misplaced = zip(plan.words, lock.words).count { word, aligned in
            guard written.indices.contains(word.source) else { return false }
            let heard = written[word.source].span.start - material.span.start
            return abs(aligned.span.start - heard) > Self.misplacedSeconds
        }
        return Double(misplaced) <= Self.mostMisplaced * Double(plan.words.count)
    }

    /// The recording without what lies far before the first and after the last word; nil where that is little.
    private func trimmed(_ material: SynthesisMaterial, to range: Range<Int>) -> SynthesisMaterial? {
        let start = max(material.span.start, written[range.lowerBound].span.start - 0.2)
        let end = min(material.span.end, written[range.upperBound - 1].span.end + 0.2)
        guard start < end, material.span.seconds - (end - start) > 0.3 else { return nil }
        return material.part(TimeSpan(start: start, end: end))
    }

    /// Where a recording is cut in two: its longest pause with words on both sides, else the widest gap between words.
    private func halving(_ range: Range<Int>, _ material: SynthesisMaterial) -> (word: Int, time: Double)? {
        let limits = TimeSpan(
            start: material.span.start + Self.shortestHalfSeconds, end: material.span.end - Self.shortestHalfSeconds)
        func wordAfter(_ time: Double) -> Int {
            range.first { (written[$0].span.start + written[$0].span.end) / 2 >= time } ?? range.upperBound
        }
        let pauses = material.silence.pauses(atLeast: 0.1).map { pause in
            (length: pause.seconds, time: (pause.start + pause.end) / 2 + material.span.start)
        }
        let gaps = range.dropFirst().map { word in
            let (end, start) = (written[word - 1].span.end, written[word].span.start)
            return (length: start - end - 10, time: (start + end) / 2)
        }
        return (pauses + gaps).filter { limits.contains($0.time) }
            .map { (length: $0.length, word: wordAfter($0.time), time: $0.time) }
            .filter { $0.word > range.lowerBound && $0.word < range.upperBound }
            .max { $0.length < $1.length }
            .map { ($0.word, $0.time) }
    }

    /// Pads, a space a word, and what is written.
    private func tokenCount(_ words: [SpokenWord]) -> Int {
        words.reduce(4) { $0 + $1.phonemes.count + $1.punctuation.count + 1 }
    }

    /// Reads ambiguous words as they sounded, and restores fillers; the lock found first stays where that does not help.
    private func refine(_ stretch: LockedStretch, range: Range<Int>, track: PhoneticTrack) throws -> LockedStretch {
        let refiner = SynthesisRefiner(
            synthesizer: synthesizer, timingLock: timingLock, voice: voice, readings: readings, fillers: fillers,
            track: track, silence: stretch.material.silence)
        var best = stretch
        func tryOut(_ words: [SpokenWord]) throws -> Bool {
            guard tokenCount(words) <= synthesizer.longestPlan else { return false }
            let plan = try synthesizer.plan(words, voice: voice)
            guard let lock = align(plan, to: track, stretch.material), isSound(lock, plan, in: stretch.material),
                lock.pathCost < best.lock.pathCost
            else { return false }
            best = LockedStretch(material: stretch.material, plan: plan, lock: lock)
            return true
        }
        if let words = try refiner.cheaperReadings(best) { _ = try tryOut(words) }
        if options.restoresFillers {
            for _ in 0..<2 {
                guard let words = try refiner.withFillers(best), try tryOut(words) else { break }
            }
        }
        return try otherReading(of: best, track: track, refiner: refiner) ?? best
    }

    /// The stretch as the take reads its ambiguous words; nil where it has none, or the other reading does not fit.
    private func otherReading(
        of stretch: LockedStretch, track: PhoneticTrack, refiner: SynthesisRefiner
    ) throws -> LockedStretch? {
        guard take.readingOffset > 0, let words = refiner.words(of: stretch, readingOn: take.readingOffset),
            tokenCount(words) <= synthesizer.longestPlan
        else { return nil }
        let plan = try synthesizer.plan(words, voice: voice)
        guard let lock = align(plan, to: track, stretch.material), isSound(lock, plan, in: stretch.material) else {
            return nil
        }
        return LockedStretch(material: stretch.material, plan: plan, lock: lock)
    }
}

/// The phonetic features of a recording, from the programme or from the vocals; each is computed when it is asked for.
private struct LockFeatures {
    enum Source {
        case preferred
        case other
    }

    let extractor: any PhoneticFeatureExtractor
    let material: SynthesisMaterial
    let isDenoised: Bool

    init(
        extractor: any PhoneticFeatureExtractor, material: SynthesisMaterial, options: VoiceSynthesizerOptions,
        listensElsewhere: Bool
    ) {
        self.extractor = extractor
        self.material = material
        let usual =
            switch options.features {
            case .automatic: material.hasLoudBed
            case .raw: false
            case .denoised: true
            }
        isDenoised = usual != listensElsewhere
    }

    func track(_ source: Source) throws -> PhoneticTrack {
        let usesVocals = isDenoised == (source == .preferred)
        let samples = usesVocals ? material.vocals : material.raw
        return PhoneticTrack(try extractor.phoneticFeatures(of: samples), hopSeconds: extractor.hopSeconds)
    }
}
