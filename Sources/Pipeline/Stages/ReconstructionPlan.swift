import AudioCore
import Foundation

/// One replacement with its spans placed to the sample.
struct PlannedReplacement: Sendable {
    /// Index in the list of replacements.
    var index: Int
    var replacement: Replacement
    /// Name of its speech file.
    var speech: String
    var spans: [PlacedSpan]
}

/// A piece of a span that is cleaned in one go, so that memory does not grow with the span.
struct SpanBlock: Sendable {
    /// Frames of the programme.
    var range: Range<Int>
    /// Index in the plan, and of the span in it.
    var planned: Int
    var span: Int
}

/// What is replaced where.
struct ReconstructionPlan: Sendable {
    /// In order of their first span.
    var replacements: [PlannedReplacement]

    static let blockSeconds = 20.0
    /// Blocks of one span share so much and are faded into each other there.
    static let sharedSeconds = 0.05

    init(_ replacements: [Replacement], material: ReconstructionMaterial, speech: ReconstructionSpeech) throws {
        var planned: [PlannedReplacement] = []
        let chosen = replacements.enumerated().filter { !$0.element.isKept && !$0.element.spans.isEmpty }
        for speaker in Set(chosen.map(\.element.speaker)).sorted() {
            planned += try ReconstructionPlan.place(
                chosen.filter { $0.element.speaker == speaker }, speaker, material, speech)
        }
        self.replacements = planned.sorted { ReconstructionPlan.start($0) < ReconstructionPlan.start($1) }
        separateSpans { material.channels(of: $0) }
    }

    private static func start(_ planned: PlannedReplacement) -> Int { planned.spans.first?.samples.lowerBound ?? 0 }

    private static func place(
        _ chosen: [(offset: Int, element: Replacement)], _ speaker: SpeakerID, _ material: ReconstructionMaterial,
        _ speech: ReconstructionSpeech
    ) throws -> [PlannedReplacement] {
        var runs: [(owner: Int, span: TimeSpan)] = []
        for (owner, (_, replacement)) in chosen.enumerated() {
            runs += replacement.spans.filter { $0.end > $0.start }.map { (owner, $0) }
        }
        runs.sort { $0.span.start < $1.span.start }
        let sketches = try chosen.compactMap { try SpeechSketch($0.element, speaker, material, speech) }
        let spans = try EdgePlacer(sampleRate: material.sampleRate).place(
            runs.map(\.span), barriers: material.turnsOfOthers(than: speaker) + material.kept,
            frameCount: material.programme.frameCount
        ) { range in
            // Quiet must be both voices: the old one goes and the new one comes.
            var voice = try material.readVocals(range, of: speaker)
            for sketch in sketches { try sketch.add(to: &voice, range: range) }
            return voice
        }
        return chosen.enumerated().compactMap { owner, entry in
            let own = runs.indices.filter { runs[$0].owner == owner && !spans[$0].samples.isEmpty }.map { spans[$0] }
            guard !own.isEmpty, let speech = entry.element.speech else { return nil }
            return PlannedReplacement(index: entry.offset, replacement: entry.element, speech: speech, spans: own)
        }
    }

    /// Spans of different people must not meet on one channel: where they do (turns that the lock and the diarizer see
    /// differently), the later one begins where the earlier one ends.
    private mutating func separateSpans(channels: (SpeakerID) -> [Int]) {
        let order = replacements.indices.flatMap { owner in
            replacements[owner].spans.indices.map { (owner: owner, span: $0) }
        }.sorted { a, b in
            replacements[a.owner].spans[a.span].samples.lowerBound
                < replacements[b.owner].spans[b.span].samples.lowerBound
        }
        var ends: [Int: Int] = [:]
        for (owner, index) in order {
            var span = replacements[owner].spans[index]
            let own = channels(replacements[owner].replacement.speaker)
            let low = max(own.compactMap { ends[$0] }.max() ?? 0, span.samples.lowerBound)
            span.samples = low..<max(low, span.samples.upperBound)
            replacements[owner].spans[index] = span
            for channel in own { ends[channel] = span.samples.upperBound }
        }
        for owner in replacements.indices { replacements[owner].spans.removeAll(where: \.samples.isEmpty) }
        replacements.removeAll(where: \.spans.isEmpty)
    }

    /// All spans in order of time, as (index in the plan, index of the span).
    var order: [(planned: Int, span: Int)] {
        replacements.indices.flatMap { owner in
            replacements[owner].spans.indices.map { (planned: owner, span: $0) }
        }.sorted { a, b in
            replacements[a.planned].spans[a.span].samples.lowerBound
                < replacements[b.planned].spans[b.span].samples.lowerBound
        }
    }

    /// The blocks of a span, in order; neighbours share `sharedSeconds`.
    func blocks(planned: Int, span: Int, sampleRate: Int) -> [SpanBlock] {
        let whole = replacements[planned].spans[span].samples
        let count = max(
            1, Int((Double(whole.count) / (ReconstructionPlan.blockSeconds * Double(sampleRate))).rounded(.up)))
        let shared = Int(ReconstructionPlan.sharedSeconds * Double(sampleRate))
        return (0..<count).map { index in
            let low = whole.lowerBound + whole.count * index / count
            let high = whole.lowerBound + whole.count * (index + 1) / count
            return SpanBlock(
                range: low..<(index + 1 < count ? min(whole.upperBound, high + shared) : high), planned: planned,
                span: span)
        }
    }
}
