import AudioCore
import Files
import Foundation

/// A stretch of one speaker that is recognized at once.
struct TranscriptPiece: Sendable, Equatable {
    var speaker: SpeakerID
    var span: TimeSpan
    /// The speaker's turns in it, in order, with gaps between.
    var turns: [TimeSpan]
    /// The channel the speaker has alone; nil: all channels.
    var channel: Int?
}

/// Makes of turns what is recognized at once: joins what belongs together and cuts what is too long.
struct TranscriptPieces {
    let diarization: Diarization
    let audio: WaveReader
    let joinedGapSeconds: Double
    let longestSeconds: Double
    /// Cuts keep this far from the ends of a passage.
    private let leastPartSeconds = 3.0
    /// Seconds of one level.
    private let levelSeconds = 0.02

    /// In order of start.
    var pieces: [TranscriptPiece] {
        get throws {
            let pieces = try diarization.speakers.flatMap { speaker in
                try runs(of: speaker).flatMap { run in
                    try parts(of: run, channel: diarization.channels[speaker]).map {
                        TranscriptPiece(
                            speaker: speaker, span: $0, turns: $0.inside(run),
                            channel: diarization.channels[speaker])
                    }
                }
            }
            return pieces.filter { $0.span.seconds > 0 }
                .sorted { ($0.span.start, $0.speaker) < ($1.span.start, $1.speaker) }
        }
    }

    /// Turns of a speaker, each run joined over short gaps in which nobody else speaks.
    private func runs(of speaker: SpeakerID) -> [[TimeSpan]] {
        var runs: [[TimeSpan]] = []
        let others = diarization.turns.filter { $0.speaker != speaker }
        for turn in diarization.turns(of: speaker).sorted(by: { $0.span.start < $1.span.start }) {
            let span = TimeSpan(start: max(0, turn.span.start), end: min(turn.span.end, audio.seconds))
            guard let last = runs.last?.last else {
                runs.append([span])
                continue
            }
            let gap = TimeSpan(start: last.end, end: span.start)
            if gap.seconds <= 0 {
                let joined = TimeSpan(start: last.start, end: max(last.end, span.end))
                runs[runs.count - 1][runs[runs.count - 1].count - 1] = joined
            } else if gap.seconds < joinedGapSeconds, !others.contains(where: { $0.span.overlap(with: gap) > 0 }) {
                runs[runs.count - 1].append(span)
            } else {
                runs.append([span])
            }
        }
        return runs
    }

    /// Cuts a run at its longest pauses until no part is too long.
    private func parts(of run: [TimeSpan], channel: Int?) throws -> [TimeSpan] {
        guard let first = run.first, let last = run.last else { return [] }
        let whole = TimeSpan(start: first.start, end: last.end)
        guard whole.seconds > longestSeconds else { return [whole] }
        let levels = try levels(in: whole, channel: channel)
        let gaps = zip(run, run.dropFirst()).map { TimeSpan(start: $0.end, end: $1.start) }
        let pauses = gaps + quietStretches(of: levels, from: whole.start)
        return parts(of: whole, pauses: pauses) { span in
            let begin = min(levels.count, Int((span.start - whole.start) / levelSeconds))
            let end = min(levels.count, Int((span.end - whole.start) / levelSeconds))
            return quietest(levels[begin..<end], from: whole.start)
        }
    }

    private func parts(
        of whole: TimeSpan, pauses: [TimeSpan], quietest: (TimeSpan) -> TimeSpan
    ) -> [TimeSpan] {
        guard whole.seconds > longestSeconds else { return [whole] }
        let margin = min(leastPartSeconds, whole.seconds / 4)
        let inside = TimeSpan(start: whole.start + margin, end: whole.end - margin)
        let fitting = pauses.filter { $0.start >= inside.start && $0.end <= inside.end }
        let cut = fitting.max { $0.seconds < $1.seconds } ?? quietest(inside)
        // Most of a long pause belongs to neither part.
        let rest = max(0, cut.seconds / 2 - 0.15)
        let middle = (cut.start + cut.end) / 2
        let left = TimeSpan(start: whole.start, end: middle - rest)
        let right = TimeSpan(start: middle + rest, end: whole.end)
        return [left, right].flatMap { side in
            parts(of: side, pauses: fitting.filter { $0.overlap(with: side) == $0.seconds }, quietest: quietest)
        }
    }

    /// Stretches of a tenth of a second and more, at least 25 dB below the loud parts.
    private func quietStretches(of levels: [Float], from start: Double) -> [TimeSpan] {
        guard !levels.isEmpty else { return [] }
        let threshold = levels.sorted()[levels.count * 19 / 20] - 25
        var stretches: [TimeSpan] = []
        var begin: Int?
        for index in 0...levels.count {
            let isQuiet = index < levels.count && levels[index] < threshold
            if isQuiet, begin == nil { begin = index }
            if !isQuiet, let from = begin {
                if Double(index - from) * levelSeconds >= 0.1 { stretches.append(stretch(from, index, start)) }
                begin = nil
            }
        }
        return stretches
    }

    /// The quietest fifth of a second.
    /// - Parameter levels: a slice whose index 0 lies at `start`.
    private func quietest(_ levels: ArraySlice<Float>, from start: Double) -> TimeSpan {
        let width = min(levels.count, Int((0.2 / levelSeconds).rounded()))
        let first = levels.startIndex
        var sum = levels[first..<first + width].reduce(0, +)
        var best = (sum: sum, at: first)
        for index in levels.indices.dropFirst(width) {
            sum += levels[index] - levels[index - width]
            if sum < best.sum { best = (sum, index - width + 1) }
        }
        return stretch(best.at, best.at + width, start)
    }

    private func stretch(_ from: Int, _ to: Int, _ start: Double) -> TimeSpan {
        TimeSpan(start: start + Double(from) * levelSeconds, end: start + Double(to) * levelSeconds)
    }

    /// Level every 20 ms in dB re full scale.
    private func levels(in span: TimeSpan, channel: Int?) throws -> [Float] {
        let hop = Int(levelSeconds * Double(audio.sampleRate))
        let count = max(0, Int(span.seconds / levelSeconds))
        let start = Int(span.start * Double(audio.sampleRate))
        // A second at a time: a passage may be an hour long before it is cut.
        let block = 50
        var levels: [Float] = []
        levels.reserveCapacity(count)
        for first in stride(from: 0, to: count, by: block) {
            let here = min(block, count - first)
            let samples = try audio.samples(start + first * hop..<start + (first + here) * hop, channel: channel)
            for index in 0..<here {
                var sum: Float = 0
                for at in index * hop..<(index + 1) * hop { sum += samples[at] * samples[at] }
                levels.append(10 * log10(sum / Float(hop) + 1e-12))
            }
        }
        return levels
    }
}

extension TranscriptPiece {
    /// A word that reaches further beyond its passage, s, was not heard so long: turns may end a little early, not this much.
    private static let longestOverhang = 0.3

    /// Divides the words among passages: turns nearer than `gap` are one. A word belongs to the passage that it shares most
    /// time with, or else to the one its middle is nearest to, and lies in it: recognizers let a word after a pause begin
    /// before it.
    /// - Parameter words: in order of start, in the programme's time.
    func passages(gap seconds: Double, words: [Word]) -> [(span: TimeSpan, words: [Word])] {
        var passages: [(span: TimeSpan, words: [Word])] = []
        for turn in turns {
            if let last = passages.last, turn.start - last.span.end < seconds {
                passages[passages.count - 1].span.end = max(last.span.end, turn.end)
            } else {
                passages.append((turn, []))
            }
        }
        guard !passages.isEmpty else { return [(span, words)] }
        let borders = zip(passages, passages.dropFirst()).map { ($0.span.end + $1.span.start) / 2 }
        for var word in words {
            let shared = passages.map { $0.span.overlap(with: word.span) }
            let middle = (word.span.start + word.span.end) / 2
            var owner = borders.firstIndex { middle < $0 } ?? passages.count - 1
            if let most = shared.indices.max(by: { shared[$0] < shared[$1] }), shared[most] > shared[owner] {
                owner = most
            }
            let own = passages[owner].span
            if shared[owner] > 0 {
                if own.start - word.span.start > Self.longestOverhang { word.span.start = own.start }
                if word.span.end - own.end > Self.longestOverhang { word.span.end = own.end }
            }
            passages[owner].words.append(word)
        }
        return passages
    }
}
