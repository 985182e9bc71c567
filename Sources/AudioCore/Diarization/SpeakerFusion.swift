/// Joins two witnesses of who speaks: voices of short stretches, and the segmenter's local speakers.
///
/// Each alone is worse: voices are blurred at turn edges, and the segmenter sometimes gives two people one local speaker.
public struct SpeakerFusion: Sendable, Codable, Equatable {
    /// Share of the segmenter's word; the rest is the voices'.
    public var segmenterShare: Float = 0.35
    /// Sharpness of a stretch's posteriors: softmax(concentration * cosine).
    public var concentration: Float = 10
    /// A local speaker with fewer solo frames in a window is judged by all of its frames, at `fewSoloWeight`.
    public var fewSoloFrames = 6
    public var fewSoloWeight: Float = 0.3
    /// Stretches shorter than this weigh less: 1 s.
    public var fullWeightFrames = 59
    /// Where this share of windows hears somebody, somebody speaks. Below a half, soft beginnings and ends are kept:
    /// 0.2 finds 0.9 % more of the solo speech than 0.5 at the same error rate.
    public var onset: Float = 0.2
    /// At most so many people are heard at once.
    public var mostAtOnce = 3
    /// A second voice needs more than this to be heard beside the first.
    public var leastStrength: Float = 0.02

    public init() {}

    /// - Parameters:
    ///   - voices: a centre for each voice, unit vectors [voices, dimension].
    public func activity(
        windows: SegmentationWindows, activity: SpeechActivity, segments: [VoiceSegment], voices: Matrix
    ) -> SpeakerActivity {
        let count = voices.rows
        let frames = activity.frameCount
        guard count > 0 else { return SpeakerActivity(speakerCount: 0, frameCount: frames, strength: [], isActive: []) }
        let cosines = Matrix(
            rows: segments.count, columns: voices.columns, elements: segments.flatMap(\.voicePrint)
        ).rowProducts(with: voices)
        let posteriors = posteriors(segments, cosines, frames)
        var strength = localActivity(windows, posteriors, count, frames)
        for frame in 0..<frames {
            let speech = min(1, activity.speakerCount[frame])
            for index in frame * count..<(frame + 1) * count {
                strength[index] =
                    segmenterShare * strength[index] + (1 - segmenterShare) * posteriors[index] * speech
            }
        }
        let isActive = loudest(strength, activity, count)
        return SpeakerActivity(speakerCount: count, frameCount: frames, strength: strength, isActive: isActive)
    }

    /// The voices' word: each stretch's posteriors under a triangle, averaged.
    /// - Returns: [frames * voices], 0...1, zeros where no stretch lies.
    private func posteriors(_ segments: [VoiceSegment], _ cosines: Matrix, _ frames: Int) -> [Float] {
        let count = cosines.columns
        var sums = [Float](repeating: 0, count: frames * count)
        var weights = [Float](repeating: 0, count: frames)
        for (row, segment) in segments.enumerated() {
            var posterior = cosines[row: row].map { concentration * $0 }[...]
            softmax(&posterior)
            let length = segment.frames.count
            let trust = min(1, Float(length) / Float(fullWeightFrames))
            for offset in 0..<length where segment.frames.lowerBound + offset < frames {
                let frame = segment.frames.lowerBound + offset
                let weight = trust * 2 * Float(min(offset + 1, length - offset)) / Float(length)
                weights[frame] += weight
                for voice in 0..<count { sums[frame * count + voice] += weight * posterior[voice] }
            }
        }
        for frame in 0..<frames where weights[frame] > 0 {
            for voice in 0..<count { sums[frame * count + voice] /= weights[frame] }
        }
        return sums
    }

    /// The segmenter's word: in each window local speakers are given to different voices, the best for all of them.
    /// - Returns: [frames * voices], share of windows that hear the voice.
    private func localActivity(
        _ windows: SegmentationWindows, _ posteriors: [Float], _ count: Int, _ frames: Int
    ) -> [Float] {
        var sums = [Float](repeating: 0, count: frames * count)
        var covering = [Float](repeating: 0, count: frames)
        for index in 0..<windows.count {
            let first = windows.firstFrame(index)
            let classes = windows.classes(index)
            let voices = Self.bestAssignment(affinities(classes, first, posteriors, count))
            for (offset, value) in classes.enumerated() {
                let frame = first + offset
                covering[frame] += 1
                let speakers = PowersetClass.speakers(value)
                for speaker in 0..<PowersetClass.localSpeakers where speakers & (1 << speaker) != 0 {
                    if let voice = voices[speaker] { sums[frame * count + voice] += 1 }
                }
            }
        }
        for frame in 0..<frames where covering[frame] > 0 {
            for voice in 0..<count { sums[frame * count + voice] /= covering[frame] }
        }
        return sums
    }

    /// How well each local speaker of a window fits each voice; nil for one who does not speak.
    private func affinities(
        _ classes: ArraySlice<UInt8>, _ first: Int, _ posteriors: [Float], _ count: Int
    ) -> [[Float]?] {
        (0..<PowersetClass.localSpeakers).map { speaker in
            var solo = [Float](repeating: 0, count: count)
            var all = [Float](repeating: 0, count: count)
            var (soloFrames, allFrames) = (0, 0)
            for (offset, value) in classes.enumerated() {
                guard PowersetClass.speakers(value) & (1 << speaker) != 0 else { continue }
                let isSolo = PowersetClass.soloSpeaker(value) != nil
                allFrames += 1
                soloFrames += isSolo ? 1 : 0
                for voice in 0..<count {
                    let posterior = posteriors[(first + offset) * count + voice]
                    all[voice] += posterior
                    if isSolo { solo[voice] += posterior }
                }
            }
            guard allFrames > 0 else { return nil }
            return soloFrames >= fewSoloFrames ? solo : all.map { $0 * fewSoloWeight }
        }
    }

    /// Gives each local speaker a voice of its own so that the sum of affinities is largest. With three at most, the
    /// best three voices of each are all that can matter, so the choices are simply tried.
    /// - Returns: voice of each local speaker; nil for one who is silent or for whom no voice is left.
    static func bestAssignment(_ affinities: [[Float]?]) -> [Int?] {
        let choices = affinities.map { row -> [Int?] in
            guard let row else { return [nil] }
            let best = row.indices.sorted { (-row[$0], $0) < (-row[$1], $1) }.prefix(affinities.count)
            return best.map(Optional.some) + [nil]
        }
        var best: (voices: [Int?], sum: Float) = (affinities.map { _ in nil }, -1)
        func extend(_ voices: [Int?], _ sum: Float) {
            guard voices.count < affinities.count else {
                if sum > best.sum { best = (voices, sum) }
                return
            }
            for choice in choices[voices.count] where choice == nil || !voices.contains(choice) {
                let gain = choice.flatMap { affinities[voices.count]?[$0] } ?? 0
                extend(voices + [choice], sum + gain)
            }
        }
        extend([], 0)
        return best.voices
    }

    /// As many voices as people speak, the strongest ones.
    /// - Returns: [frames * voices].
    private func loudest(_ strength: [Float], _ activity: SpeechActivity, _ count: Int) -> [Bool] {
        var isActive = [Bool](repeating: false, count: strength.count)
        for frame in 0..<activity.frameCount {
            let heard = activity.speakerCount[frame]
            let people = min(max(Int(heard + 0.5), heard >= onset ? 1 : 0), mostAtOnce, count)
            for rank in 0..<people {
                var best: Int?
                for index in frame * count..<(frame + 1) * count where !isActive[index] {
                    if best.map({ strength[index] > strength[$0] }) ?? true { best = index }
                }
                guard let best, strength[best] > (rank == 0 ? 0 : leastStrength) else { break }
                isActive[best] = true
            }
        }
        return isActive
    }
}

/// How strongly each voice is heard in each frame, and which ones count as speaking.
public struct SpeakerActivity: Sendable {
    public let speakerCount: Int
    public let frameCount: Int
    /// [frames * speakers], 0...1.
    public let strength: [Float]
    /// [frames * speakers].
    public private(set) var isActive: [Bool]

    init(speakerCount: Int, frameCount: Int, strength: [Float], isActive: [Bool]) {
        self.speakerCount = speakerCount
        self.frameCount = frameCount
        self.strength = strength
        self.isActive = isActive
    }

    /// The runs of frames in which a speaker is active.
    public func runs(of speaker: Int) -> [Range<Int>] {
        frameRuns(frameCount) { isActive[$0 * speakerCount + speaker] }
    }

    /// Silences runs shorter than `frames`.
    public mutating func dropRuns(shorterThan frames: Int) {
        for speaker in 0..<speakerCount {
            for run in runs(of: speaker) where run.count < frames {
                for frame in run { isActive[frame * speakerCount + speaker] = false }
            }
        }
    }

    /// Speakers active in a frame.
    public func activeCount(_ frame: Int) -> Int {
        (0..<speakerCount).reduce(0) { $0 + (isActive[frame * speakerCount + $1] ? 1 : 0) }
    }

    /// The speaker's share of all strength, mean over `frames`, 0...1.
    func meanShare(of speaker: Int, in frames: [Range<Int>]) -> Double {
        var (sum, count) = (0.0, 0)
        for range in frames {
            for frame in range {
                let all = strength[frame * speakerCount..<(frame + 1) * speakerCount].reduce(0, +)
                sum += Double(strength[frame * speakerCount + speaker] / (all + 1e-9))
                count += 1
            }
        }
        return count > 0 ? sum / Double(count) : 0
    }
}
