import AudioCore
import Files
import Foundation

/// Makes of turns what is recognized at once: whoever speaks on a channel, one after another, in windows as long as the
/// recognizer takes. It understands a talk better than each person's half of it (docs/measurements.md).
struct TranscriptPieces {
    let diarization: Diarization
    let audio: WaveReader
    let languages: SpokenLanguages
    /// Turns of one speaker that are nearer are one passage, if nobody speaks between.
    let joinedGapSeconds: Double
    /// Turns on one channel that are nearer are heard at once.
    let heardGapSeconds: Double
    let longestSeconds: Double
    /// Cuts keep this far from the ends of what is cut.
    private let leastPartSeconds = 3.0
    /// Seconds of one level.
    private let levelSeconds = 0.02

    /// In order of start.
    var pieces: [TranscriptPiece] {
        get throws {
            let channels = Dictionary(grouping: diarization.speakers) { diarization.channels[$0] }
            return try channels.flatMap { channel, speakers in
                try pieces(of: passages(of: Set(speakers)), channel: channel)
            }.sorted { ($0.span.start, $0.passages[0].speaker) < ($1.span.start, $1.passages[0].speaker) }
        }
    }

    /// Turns within the audio, each speaker's joined over short gaps in which nobody else speaks; in order of start.
    private func passages(of speakers: Set<SpeakerID>) -> [TranscriptPiece.Passage] {
        speakers.flatMap { speaker -> [TranscriptPiece.Passage] in
            let others = diarization.turns.filter { $0.speaker != speaker }.map(\.span)
            var own: [TimeSpan] = []
            for turn in diarization.turns(of: speaker).sorted(by: { $0.span.start < $1.span.start }) {
                let span = TimeSpan(start: max(0, turn.span.start), end: min(turn.span.end, audio.seconds))
                guard span.seconds > 0 else { continue }
                if let last = own.last, isJoined(last, span, others: others) {
                    own[own.count - 1].end = max(last.end, span.end)
                } else {
                    own.append(span)
                }
            }
            return own.map { TranscriptPiece.Passage(speaker: speaker, span: $0) }
        }.sorted { ($0.span.start, $0.speaker) < ($1.span.start, $1.speaker) }
    }

    private func isJoined(_ last: TimeSpan, _ next: TimeSpan, others: [TimeSpan]) -> Bool {
        let gap = TimeSpan(start: last.end, end: next.start)
        if gap.seconds <= 0 { return true }
        return gap.seconds < joinedGapSeconds && !others.contains { $0.overlap(with: gap) > 0 }
    }

    private func pieces(of passages: [TranscriptPiece.Passage], channel: Int?) throws -> [TranscriptPiece] {
        let hidden = passages.filter { isHidden($0, among: passages) }
        var runs: [[TranscriptPiece.Passage]] = []
        var end = -Double.infinity
        for passage in passages where !hidden.contains(passage) {
            if let last = runs.last?.last, passage.span.start - end < max(joinedGapSeconds, heardGapSeconds),
                languages[last.speaker] == languages[passage.speaker]
            {
                runs[runs.count - 1].append(passage)
            } else {
                runs.append([passage])
            }
            end = max(end, passage.span.end)
        }
        return try (runs + hidden.map { [$0] }).flatMap { run in
            try parts(of: run, channel: channel).map { span in
                TranscriptPiece(passages: run.compactMap { $0.cut(to: span) }, channel: channel)
            }
        }.filter { !$0.passages.isEmpty }
    }

    /// What is said mostly while somebody else speaks is heard by itself: among other words it would be passed over.
    private func isHidden(_ passage: TranscriptPiece.Passage, among all: [TranscriptPiece.Passage]) -> Bool {
        let others = all.filter { $0.speaker != passage.speaker && $0.span.overlap(with: passage.span) > 0 }
        return passage.span.minus(others.map(\.span)).reduce(0) { $0 + $1.seconds } < passage.span.seconds / 2
    }

    /// Cuts a run at long pauses so that no part is too long.
    private func parts(of run: [TranscriptPiece.Passage], channel: Int?) throws -> [TimeSpan] {
        let whole = TranscriptPiece(passages: run, channel: channel).span
        guard whole.seconds > longestSeconds else { return [whole] }
        let levels = try levels(in: whole, channel: channel)
        let spoken = TimeSpan.union(run.map(\.span))
        let gaps = zip(spoken, spoken.dropFirst()).map { TimeSpan(start: $0.end, end: $1.start) }
        let pauses = gaps + quietStretches(of: levels, from: whole.start)
        var parts: [TimeSpan] = []
        var rest = whole
        while rest.seconds > longestSeconds {
            let cut = cut(of: rest, pauses: pauses, levels: levels, origin: whole.start)
            // Most of a long pause belongs to neither part.
            let kept = min(cut.seconds / 2, 0.15)
            parts.append(TimeSpan(start: rest.start, end: cut.start + kept))
            rest.start = cut.end - kept
        }
        return parts + [rest]
    }

    /// The longest pause in the second half of what can be heard at once; the quietest place where there is none.
    private func cut(of rest: TimeSpan, pauses: [TimeSpan], levels: [Float], origin: Double) -> TimeSpan {
        let margin = min(leastPartSeconds, longestSeconds / 4)
        let inside = TimeSpan(
            start: rest.start + longestSeconds / 2, end: min(rest.start + longestSeconds, rest.end - margin))
        let fitting = pauses.filter { $0.start >= inside.start && $0.start + 0.15 <= inside.end }
        if let longest = fitting.max(by: { $0.seconds < $1.seconds }) { return longest }
        let begin = min(levels.count, Int((inside.start - origin) / levelSeconds))
        let end = min(levels.count, Int((inside.end - origin) / levelSeconds))
        return quietest(levels[begin..<end], from: origin)
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
