import AudioCore
import Files
import Foundation

/// Goes through a programme's turns and measures each; a turn's samples are all that is in memory.
struct VoiceAnalysisSurvey {
    /// 16 kHz; mono, or one speaker a channel.
    let reader: WaveReader
    let programme: EditedProgramme
    /// nil: syllables are counted by loudness.
    let phonemizer: (any Phonemizer)?
    let request: VoiceAnalysisRequest
    /// Throws when the run is interrupted.
    let check: () throws -> Void

    /// Speech that a person's register is taken from.
    private static let registerSeconds = 90.0

    /// What a turn gave.
    private struct Measured {
        var passage: Passage
        var tally: VoiceTally
        /// Seconds of the programme from its first sound to its last.
        var sounding: TimeSpan?
    }

    func analysis(of input: URL, source: VoiceAnalysis.Source) throws -> VoiceAnalysis {
        let wanted = try request.speaker.map { try programme.speaker($0) }
        let speakers = programme.speakers.filter { wanted == nil || $0 == wanted }
        var people: [VoiceAnalysis.Speaker] = []
        var turns: [VoiceAnalysis.Turn] = []
        for speaker in speakers {
            let passages = programme.transcript.passages.filter { $0.speaker == speaker && $0.span.seconds > 0.05 }
            guard !passages.isEmpty else { continue }
            let analyst = VoiceAnalyst(sampleRate: reader.sampleRate, register: try register(of: speaker, passages))
            let measured = try passages.map { try measure($0, analyst) }
            let figures = together(measured).figures
            people.append(
                VoiceAnalysis.Speaker(
                    id: speaker, name: programme.names[speaker], turns: passages.count,
                    summary: VoiceSummary(figures).sentence, figures: figures))
            turns += measured.map {
                VoiceAnalysis.Turn(
                    turn: $0.passage.id, speaker: speaker, start: $0.passage.span.start, end: $0.passage.span.end,
                    figures: $0.tally.figures)
            }
        }
        return VoiceAnalysis(
            input: input.path, listenedTo: source, speakers: people,
            turns: turns.sorted { ($0.start, $0.turn) < ($1.start, $1.turn) })
    }

    // MARK: Sound

    private func channel(of speaker: SpeakerID) -> Int? {
        programme.diarization.channels[speaker].flatMap { $0 < reader.channelCount ? $0 : nil }
    }

    private func samples(_ span: TimeSpan, of speaker: SpeakerID) throws -> [Float] {
        let rate = Double(reader.sampleRate)
        let start = max(0, Int((span.start * rate).rounded()))
        let end = min(reader.frameCount, max(start, Int((span.end * rate).rounded())))
        return try reader.samples(start..<max(start, end), channel: channel(of: speaker))
    }

    /// Where somebody else is heard, too. On a channel of one's own nobody is.
    private func others(than speaker: SpeakerID, in span: TimeSpan) -> [TimeSpan] {
        guard channel(of: speaker) == nil || reader.channelCount < 2 else { return [] }
        return programme.diarization.turns.filter { $0.speaker != speaker && $0.span.overlap(with: span) > 0 }
            .map(\.span)
    }

    /// From the longest stretches in which the person is alone.
    private func register(of speaker: SpeakerID, _ passages: [Passage]) throws -> VoiceRegister {
        let alone = passages.flatMap { $0.span.minus(others(than: speaker, in: $0.span)) }
        var rest = Self.registerSeconds
        var stretches: [[Float]] = []
        for span in alone.sorted(by: { ($0.seconds, $1.start) > ($1.seconds, $0.start) }) where rest > 0 {
            try check()
            stretches.append(
                try samples(TimeSpan(start: span.start, end: min(span.end, span.start + rest)), of: speaker))
            rest -= span.seconds
        }
        return VoiceRegister(stretches, sampleRate: reader.sampleRate, frameSeconds: VoiceAnalyst.frameSeconds)
    }

    // MARK: Figures

    private func measure(_ passage: Passage, _ analyst: VoiceAnalyst) throws -> Measured {
        try check()
        let samples = try samples(passage.span, of: passage.speaker)
        let others = others(than: passage.speaker, in: passage.span).map {
            TimeSpan(start: $0.start - passage.span.start, end: $0.end - passage.span.start)
        }
        let curves = analyst.curves(samples, others: others)
        if let take = request.moments { try give(curves, passage, to: take) }
        let words = try phonemizer.flatMap { try SyllableCount(of: passage, phonemizer: $0) }
        let sounding = analyst.sounding(curves).map {
            TimeSpan(start: $0.start + passage.span.start, end: $0.end + passage.span.start)
        }
        return Measured(
            passage: passage, tally: analyst.tally(samples, curves: curves, words: words), sounding: sounding)
    }

    private func give(
        _ curves: VoiceAnalyst.Curves, _ passage: Passage, to take: (VoiceAnalysis.Moment) throws -> Void
    ) throws {
        let step = VoiceAnalyst.frameSeconds
        let formants = Dictionary(
            curves.formants.map { (Int(($0.time / step).rounded()), $0.formants.prefix(3).map(\.frequency)) },
            uniquingKeysWith: { first, _ in first })
        for frame in curves.pitch.hertz.indices {
            let hertz = Double(curves.pitch.hertz[frame])
            try take(
                VoiceAnalysis.Moment(
                    speaker: passage.speaker, seconds: passage.span.start + Double(frame) * step,
                    hertz: hertz > 0 ? hertz : nil, decibels: curves.level.decibels[frame],
                    harmonicsToNoise: curves.harmonicity[frame], formants: formants[frame] ?? []))
        }
    }

    /// A person's turns as one, with the pauses between those that follow each other.
    private func together(_ turns: [Measured]) -> VoiceTally {
        var sum = VoiceTally()
        for turn in turns { sum.add(turn.tally) }
        for (turn, next) in zip(turns, turns.dropFirst()) {
            guard let end = turn.sounding?.end, let start = next.sounding?.start, start > end else { continue }
            let gap = TimeSpan(start: end, end: start)
            if others(than: turn.passage.speaker, in: gap).isEmpty { sum.add(gap: gap) }
        }
        return sum
    }
}
