/// Who speaks when in one signal: from the segmenter's windows and the voices of short stretches to turns.
public struct SpeakerAttribution: Sendable {
    /// How it is done; defaults were measured.
    public struct Options: Sendable, Codable, Equatable {
        public var clustering = SpeakerClustering()
        public var fusion = SpeakerFusion()
        /// Shorter runs of activity are no speech.
        public var shortestRunSeconds = 0.2
        /// Runs of one person closer than this are one turn, unless somebody else speaks in the gap. Against truth with
        /// pauses cut out, 0.5 s finds 2-3 % more of the speech and costs 1-3 points of error without collar; 0.8 s
        /// costs more than it finds.
        public var joinedGapSeconds = 0.5
        /// Turns are wider by this on each side as far as nobody else speaks there. The segmenter hears soft beginnings and
        /// ends late: 0.135 s gives 2 % more of the speech to the right person. On podcasts it costs 2.8 points of error
        /// without collar and gains 0.8 with one of 0.25 s; on calls it costs 8 and 2.
        public var marginSeconds = 0.135

        public init() {}
    }

    /// One turn of a speaker, numbered from 0.
    public struct Turn: Sendable, Equatable {
        public var speaker: Int
        /// Where the speaker is active; one run or several joined over short gaps.
        public var runs: [Range<Int>]
        public var confidence: Double

        public var frames: Range<Int> { runs[0].lowerBound..<runs[runs.count - 1].upperBound }
        /// The same with a margin on each side.
        public var widened: Range<Int>
    }

    /// In order of start; speakers are numbered in order of first appearance.
    public let turns: [Turn]
    /// A centre for each speaker, unit vectors [speakers, dimension].
    public let voices: Matrix
    public let activity: SpeakerActivity
    public let grid: SegmentationGrid
    public let sampleCount: Int

    public init(
        windows: SegmentationWindows, speech: SpeechActivity, segments: [VoiceSegment], count: SpeakerCount,
        options: Options = Options()
    ) throws {
        grid = windows.grid
        sampleCount = windows.sampleCount
        let fused = FusedActivity(windows: windows, speech: speech, segments: segments, options: options)
        var found = try options.clustering.voices(in: segments, grid: windows.grid, count: count)
        var activity = fused.activity(of: found)
        let lasting = fused.lasting(activity)
        if count.exact == nil, lasting.count < found.rows, lasting.count >= max(1, count.minimum) {
            // Crumbs are somebody else's: a cough, a laugh, two voices at once.
            found = Matrix(rows: lasting.count, columns: found.columns, elements: lasting.flatMap { found[row: $0] })
            activity = fused.activity(of: found)
        }
        let gap = grid.frames(options.joinedGapSeconds)
        let joined = (0..<activity.speakerCount).flatMap { speaker in
            Self.joined(activity.runs(of: speaker), speaker, activity, gap).map { (speaker: speaker, runs: $0) }
        }.sorted { ($0.runs[0].lowerBound, $0.speaker) < ($1.runs[0].lowerBound, $1.speaker) }
        let heard = joined.map(\.speaker).reduce(into: [Int]()) { if !$0.contains($1) { $0.append($1) } }
        if let exact = count.exact, heard.count < exact { throw Self.tooFew(exact, heard.count) }
        if heard.count < count.minimum, !heard.isEmpty { throw Self.tooFew(count.minimum, heard.count) }

        let evidence = TurnEvidence(speech: speech, activity: activity, segments: segments, voices: found)
        let margin = grid.frames(options.marginSeconds)
        turns = joined.map { turn in
            Turn(
                speaker: heard.firstIndex(of: turn.speaker) ?? 0, runs: turn.runs,
                confidence: evidence.confidence(of: turn.speaker, in: turn.runs),
                widened: Self.widened(turn.runs, by: margin, in: activity))
        }
        voices = Matrix(rows: heard.count, columns: found.columns, elements: heard.flatMap { found[row: $0] })
        self.activity = activity.reordered(heard)
    }

    private static func joined(
        _ runs: [Range<Int>], _ speaker: Int, _ activity: SpeakerActivity, _ gap: Int
    ) -> [[Range<Int>]] {
        var turns: [[Range<Int>]] = []
        for run in runs {
            if let last = turns.last?.last, run.lowerBound - last.upperBound < gap,
                (last.upperBound..<run.lowerBound).allSatisfy({ activity.activeCount($0) == 0 })
            {
                turns[turns.count - 1].append(run)
            } else {
                turns.append([run])
            }
        }
        return turns
    }

    /// From the first run to the last with a margin on both sides; of a silence too short for two margins, each side has half.
    private static func widened(_ runs: [Range<Int>], by margin: Int, in activity: SpeakerActivity) -> Range<Int> {
        let (first, end) = (runs[0].lowerBound, runs[runs.count - 1].upperBound)
        func room(_ frames: some Sequence<Int>) -> Int {
            var silent = 0
            for frame in frames {
                if activity.activeCount(frame) > 0 { return min(margin, silent / 2) }
                silent += 1
            }
            return min(margin, silent)
        }
        let before = room((max(0, first - 2 * margin)..<first).reversed())
        let after = room(end..<max(end, min(activity.frameCount, end + 2 * margin)))
        return first - before..<end + after
    }

    private static func tooFew(_ wanted: Int, _ found: Int) -> AudioError {
        AudioError(
            .badData, operation: "find", subject: "\(wanted) speakers",
            cause: "only \(found) of the voices found \(found == 1 ? "has" : "have") a turn of their own",
            mend: "give a smaller number of speakers or leave it out")
    }

    public func span(of frames: Range<Int>) -> TimeSpan { grid.span(of: frames, sampleCount: sampleCount) }
}

/// Who is heard when, for any choice of voices.
private struct FusedActivity {
    let windows: SegmentationWindows
    let speech: SpeechActivity
    let segments: [VoiceSegment]
    let options: SpeakerAttribution.Options

    func activity(of voices: Matrix) -> SpeakerActivity {
        var activity = options.fusion.activity(
            windows: windows, activity: speech, segments: segments, voices: voices)
        activity.dropRuns(shorterThan: windows.grid.frames(options.shortestRunSeconds))
        return activity
    }

    /// Speakers who say as much as a voice must.
    func lasting(_ activity: SpeakerActivity) -> [Int] {
        let least = windows.grid.frames(options.clustering.leastSeconds)
        return (0..<activity.speakerCount).filter { speaker in
            activity.runs(of: speaker).reduce(0) { $0 + $1.count } >= least
        }
    }
}

/// What speaks for a turn's having been given to the right person.
struct TurnEvidence {
    let speech: SpeechActivity
    let activity: SpeakerActivity
    let segments: [VoiceSegment]
    let cosines: Matrix

    /// Frames a stretch must share with a turn to say something about it.
    private static let leastShared = 8
    /// What is assumed of a turn too short to have a stretch.
    private static let unknownCosine = 0.3

    init(speech: SpeechActivity, activity: SpeakerActivity, segments: [VoiceSegment], voices: Matrix) {
        self.speech = speech
        self.activity = activity
        self.segments = segments
        cosines = Matrix(
            rows: segments.count, columns: voices.columns, elements: segments.flatMap(\.voicePrint)
        ).rowProducts(with: voices)
    }

    func confidence(of speaker: Int, in runs: [Range<Int>]) -> Double {
        let frames = runs[0].lowerBound..<runs[runs.count - 1].upperBound
        let touching = touching(frames)
        var (cosine, margin) = (Self.unknownCosine, 0.0)
        if !touching.isEmpty {
            let own = touching.map { Double(cosines[$0, speaker]) }
            let other = touching.map { row in
                Double((0..<cosines.columns).filter { $0 != speaker }.map { cosines[row, $0] }.max() ?? 0)
            }
            cosine = own.reduce(0, +) / Double(own.count)
            margin = cosine - other.reduce(0, +) / Double(other.count)
        }
        let active = runs.reduce(0) { $0 + $1.count }
        let overlapped = runs.reduce(0) { sum, run in sum + run.filter(speech.isOverlapped).count }
        return TurnConfidence().probability(
            TurnConfidence.Evidence(
                share: activity.meanShare(of: speaker, in: runs), cosine: cosine, margin: margin,
                seconds: Double(frames.count) * speech.grid.frameSeconds,
                overlapShare: Double(overlapped) / Double(max(1, active))),
            trainingItems: segments.count, speakers: activity.speakerCount)
    }

    /// Stretches are in order of start and of bounded length, so those that touch lie together.
    private func touching(_ frames: Range<Int>) -> [Int] {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].frames.upperBound <= frames.lowerBound { low = middle + 1 } else { high = middle }
        }
        return segments.indices[low...].prefix { segments[$0].frames.lowerBound < frames.upperBound }.filter {
            segments[$0].frames.clamped(to: frames).count > Self.leastShared
        }
    }
}

extension SpeakerActivity {
    /// Only the speakers named, in that order.
    func reordered(_ speakers: [Int]) -> SpeakerActivity {
        var strength: [Float] = []
        var isActive: [Bool] = []
        strength.reserveCapacity(frameCount * speakers.count)
        isActive.reserveCapacity(frameCount * speakers.count)
        for frame in 0..<frameCount {
            for speaker in speakers {
                strength.append(self.strength[frame * speakerCount + speaker])
                isActive.append(self.isActive[frame * speakerCount + speaker])
            }
        }
        return SpeakerActivity(
            speakerCount: speakers.count, frameCount: frameCount, strength: strength, isActive: isActive)
    }
}
