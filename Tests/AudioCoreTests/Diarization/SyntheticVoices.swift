@testable import AudioCore

/// Voices and conversations with a known truth.
struct SyntheticVoices {
    private var generator = SplitMix64(state: 7)
    let dimension: Int
    private var centres: [[Float]] = []

    /// - Parameter likeness: cosine between any two voices' centres.
    init(_ count: Int, dimension: Int = 64, likeness: Float = 0) {
        self.dimension = dimension
        let common = gaussian()
        for _ in 0..<count {
            let own = gaussian()
            centres.append(
                Self.unit(zip(common, own).map { $0 * likeness.squareRoot() + $1 * (1 - likeness).squareRoot() }))
        }
    }

    /// A voice print of `voice`, whose cosine with the voice's centre is about `closeness`.
    mutating func print(of voice: Int, closeness: Float = 0.8) -> [Float] {
        let noise = gaussian()
        let spread = (1 - closeness * closeness).squareRoot()
        return Self.unit(zip(centres[voice], noise).map { closeness * $0 + spread * $1 })
    }

    /// A vector of unit length but for chance.
    private mutating func gaussian() -> [Float] {
        let values = (0..<dimension).map { _ in
            (0..<12).reduce(Float(-6)) { sum, _ in sum + Float.random(in: 0..<1, using: &generator) }
        }
        return Self.unit(values)
    }

    private static func unit(_ values: [Float]) -> [Float] {
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return values.map { $0 / length }
    }
}

/// A conversation on the segmenter's grid: who is active in which frames.
struct SyntheticConversation {
    let grid = SegmentationGrid()
    let frameCount: Int
    var turns: [(voice: Int, frames: Range<Int>)]

    var sampleCount: Int { frameCount * grid.frameSamples }

    func voices(at frame: Int) -> [Int] {
        turns.filter { $0.frames.contains(frame) }.map(\.voice)
    }

    /// What a perfect segmenter would say: local speakers are numbered as they come up in each window.
    func windows() -> SegmentationWindows {
        var windows = SegmentationWindows(grid: grid, sampleCount: sampleCount)
        for index in 0..<grid.windowCount(sampleCount: sampleCount) {
            var locals: [Int] = []
            let classes = (0..<grid.framesPerWindow).map { offset -> UInt8 in
                let active = voices(at: index * grid.hopFrames + offset)
                for voice in active where !locals.contains(voice) { locals.append(voice) }
                let numbers = active.compactMap { locals.firstIndex(of: $0) }.filter { $0 < 3 }.sorted()
                switch numbers {
                case [0]: return 1
                case [1]: return 2
                case [2]: return 3
                case [0, 1]: return 4
                case [0, 2]: return 5
                case [1, 2]: return 6
                default: return 0
                }
            }
            windows.append(classes)
        }
        return windows
    }

    /// What a good embedder would say of the stretches.
    func segments(_ speech: SpeechActivity, _ voices: inout SyntheticVoices) -> [VoiceSegment] {
        VoiceSegmentation().stretches(of: speech).map { frames in
            let overlapped = frames.filter { self.voices(at: $0).count > 1 }.count
            let most = Set(turns.map(\.voice)).sorted().max { a, b in
                let sharedA = frames.filter { self.voices(at: $0).contains(a) }.count
                let sharedB = frames.filter { self.voices(at: $0).contains(b) }.count
                return sharedA < sharedB
            }
            return VoiceSegment(
                frames: frames, overlapShare: Double(overlapped) / Double(frames.count),
                voicePrint: voices.print(of: most ?? 0))
        }
    }

    /// Share of frames with one speaker that `activity` gives to the right person alone, speakers matched greedily.
    func accuracy(_ activity: SpeakerActivity) -> Double {
        let voices = Set(turns.map(\.voice)).sorted()
        var right = 0
        var total = 0
        var owners: [Int: Int] = [:]
        for voice in voices {
            let own = (0..<frameCount).filter { self.voices(at: $0) == [voice] }
            let heard = (0..<activity.speakerCount).max { a, b in
                own.filter { activity.isActive[$0 * activity.speakerCount + a] }.count
                    < own.filter { activity.isActive[$0 * activity.speakerCount + b] }.count
            }
            guard let heard, owners.updateValue(voice, forKey: heard) == nil else { continue }
            right += own.filter { activity.isActive[$0 * activity.speakerCount + heard] }.count
            total += own.count
        }
        let all = (0..<frameCount).filter { self.voices(at: $0).count == 1 }.count
        return owners.count == voices.count ? Double(right) / Double(max(1, all)) : 0
    }

    /// Voices take turns of 1-6 s with pauses of 0.3 s.
    static func alternating(_ voices: Int, seconds: Double) -> SyntheticConversation {
        var generator = SplitMix64(state: 3)
        let grid = SegmentationGrid()
        let frames = grid.frames(seconds)
        var turns: [(Int, Range<Int>)] = []
        var at = 20
        var voice = 0
        while at < frames - 60 {
            let end = min(frames - 10, at + grid.frames(Double.random(in: 1...6, using: &generator)))
            turns.append((voice, at..<end))
            at = end + 18
            voice = (voice + Int.random(in: 1...max(1, voices - 1), using: &generator)) % voices
        }
        return SyntheticConversation(frameCount: frames, turns: turns)
    }
}
