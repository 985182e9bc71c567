import AudioCore
import Files
import Foundation
import Pipeline

/// What the judges of a replacement look at, at their rate, and when they look.
struct ReplacedSound {
    /// Samples a second of everything here.
    static let rate = SoundReader.analysisRate

    /// Means of the channels, [n]: the programme before and after, the old voice alone, what stands in its place, all
    /// that is neither, and the output less the new voice.
    let before: [Float]
    let after: [Float]
    let old: [Float]
    let new: [Float]
    let others: [Float]
    let left: [Float]
    /// Everybody's dry voice, [n] each.
    let stems: [SpeakerID: [Float]]

    let speaker: SpeakerID
    /// The person's true passages.
    let passages: [TruePassage]
    /// Where each person speaks, and where this one alone does.
    let spoken: [SpeakerID: [TimeSpan]]
    let solo: [TimeSpan]
    /// Where the programme was changed, where nobody else had a turn there, and where he really spoke there.
    let spans: [TimeSpan]
    let replacedAlone: [TimeSpan]
    let replacedSolo: [TimeSpan]
    let replacements: [Replacement]

    /// Silences up to this long belong to the speech around them.
    private static let bridgedSeconds = 0.15

    init(
        mix: StemMix, newVoices: [[Float]], speaker: SpeakerID, turns: [SpeakerTurn], passages: [TruePassage],
        report: Report, replacements: [Replacement], media: any MediaAccess
    ) throws {
        func judged(_ channels: [[Float]]) throws -> [Float] {
            try media.resample(
                Waveform(sampleRate: mix.sampleRate, channels: channels).mid, from: mix.sampleRate, to: Self.rate)
        }
        before = try judged(mix.programme)
        after = try judged(mix.output)
        old = try judged(mix.old)
        new = try judged(mix.new)
        others = try judged(mix.others)
        left = try judged(StemMix.difference(mix.output, newVoices))
        stems = try mix.stems.mapValues { try media.resample($0, from: mix.sampleRate, to: Self.rate) }
        self.speaker = speaker
        self.passages = passages
        self.replacements = replacements
        let crowd = turns.filter { $0.speaker != speaker }.map(\.span)
        spoken = Dictionary(
            uniqueKeysWithValues: stems.map { person, stem in
                let pauses = StemPauses(stem: stem, sampleRate: Self.rate)
                let own = TimeSpan.union(turns.filter { $0.speaker == person }.map(\.span))
                return (person, own.flatMap { pauses.spoken(in: $0, pausesAtLeast: Self.bridgedSeconds) })
            })
        solo = (spoken[speaker] ?? []).flatMap { $0.minus(crowd) }
        let spans = TimeSpan.union(report.spans.map { TimeSpan(start: $0.start, end: $0.end) })
        self.spans = spans
        replacedAlone = spans.flatMap { $0.minus(crowd) }
        replacedSolo = solo.flatMap { Self.shared($0, spans) }
    }

    /// The parts of a stretch that lie in any of `spans`.
    static func shared(_ stretch: TimeSpan, _ spans: [TimeSpan]) -> [TimeSpan] {
        spans.compactMap { span in
            let part = TimeSpan(start: max(stretch.start, span.start), end: min(stretch.end, span.end))
            return part.seconds > 0 ? part : nil
        }
    }

    static func seconds(_ spans: [TimeSpan]) -> Double { spans.reduce(0) { $0 + $1.seconds } }

    /// The samples of one stretch; what lies outside the sound is left out.
    static func cut(_ samples: [Float], _ span: TimeSpan) -> [Float] {
        let start = Int((span.start * Double(rate)).rounded())
        let range = start..<max(start, Int((span.end * Double(rate)).rounded()))
        return Array(samples[range.clamped(to: samples.indices)])
    }

    /// The samples of several stretches, one after another.
    static func cut(_ samples: [Float], _ spans: [TimeSpan]) -> [Float] { spans.flatMap { cut(samples, $0) } }

    /// The samples of a stretch, silent but for where they lie in any of `spans`.
    static func masked(_ samples: [Float], _ stretch: TimeSpan, to spans: [TimeSpan]) -> [Float] {
        var result = cut(samples, stretch)
        for hole in stretch.minus(spans) {
            let start = Int(((hole.start - stretch.start) * Double(rate)).rounded())
            let range = start..<max(start, Int(((hole.end - stretch.start) * Double(rate)).rounded()))
            for index in range.clamped(to: result.indices) { result[index] = 0 }
        }
        return result
    }
}
