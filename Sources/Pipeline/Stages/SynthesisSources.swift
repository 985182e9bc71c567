import AudioCore
import Files
import Foundation

/// What the synthesizer stage reads.
public struct SynthesisSources: Sendable {
    public var transcript: Transcript
    public var diarization: Diarization
    /// 16 kHz, the programme as it is.
    public var analysis: WaveReader
    /// 16 kHz, the speech alone; as many channels as `analysis`.
    public var vocals: WaveReader
    /// The voices of those who get a new one.
    public var voices: [SpeakerID: Voice]
    /// What a person wants with the turns: takes by `Passage.id`, and stretches of time.
    public var takes: [Int: Int] = [:]
    public var stretches: [Edit.Stretch] = []
    /// Who spoke when before a person changed it; nil: nobody did.
    public var found: Diarization?

    public init(
        transcript: Transcript, diarization: Diarization, analysis: WaveReader, vocals: WaveReader,
        voices: [SpeakerID: Voice]
    ) {
        self.transcript = transcript
        self.diarization = diarization
        self.analysis = analysis
        self.vocals = vocals
        self.voices = voices
    }

    /// - Parameter found: as the diarizer had it.
    public init(
        programme: EditedProgramme, found: Diarization, analysis: WaveReader, vocals: WaveReader,
        voices: [SpeakerID: Voice]
    ) {
        self.init(
            transcript: programme.transcript, diarization: programme.diarization, analysis: analysis, vocals: vocals,
            voices: voices)
        takes = programme.takes
        stretches = programme.stretches
        self.found = found
    }

    /// - Parameter sampleRate: what the engines work at.
    func validate(sampleRate: Int) throws {
        for (name, reader) in [("analysis.wav", analysis), ("vocals16k.wav", vocals)]
        where reader.sampleRate != sampleRate {
            throw AudioError(
                .internal, operation: "synthesize from", subject: name,
                cause: "its rate is \(reader.sampleRate) Hz, not \(sampleRate) Hz")
        }
    }

    /// The channel that holds a speaker alone.
    func channel(of speaker: SpeakerID) -> Int? {
        guard analysis.channelCount > 1, let channel = diarization.channels[speaker],
            channel < min(analysis.channelCount, vocals.channelCount)
        else { return nil }
        return channel
    }

    /// - Returns: mono samples of a stretch; what lies outside the file is 0.
    func samples(of reader: WaveReader, _ span: TimeSpan, channel: Int?) throws -> [Float] {
        let rate = Double(reader.sampleRate)
        let start = Int((span.start * rate).rounded())
        let range = start..<max(start, Int((span.end * rate).rounded()))
        if let channel { return try reader.read(range)[channel] }
        return try reader.readMid(range)
    }

    /// SHA-256 of a stretch of both files.
    func digest(of span: TimeSpan, channel: Int?) throws -> String {
        var digest = Digest()
        for reader in [analysis, vocals] {
            try samples(of: reader, span, channel: channel).withUnsafeBytes { digest.update($0) }
        }
        return digest.hexadecimal()
    }

    /// Stretches in which anybody but `speaker` speaks, joined, in order. Who sits on another channel is not heard.
    func others(than speaker: SpeakerID, in span: TimeSpan) -> [TimeSpan] {
        others(than: speaker, in: span, of: diarization)
    }

    private func others(than speaker: SpeakerID, in span: TimeSpan, of diarization: Diarization) -> [TimeSpan] {
        let areApart = channel(of: speaker) != nil
        let turns = diarization.turns.filter {
            $0.speaker != speaker && $0.span.overlap(with: span) > 0
                && !(areApart && !diarization.shareChannel(speaker, $0.speaker))
        }
        var joined: [TimeSpan] = []
        for turn in turns.map(\.span).sorted(by: { $0.start < $1.start }) {
            let inside = TimeSpan(start: max(turn.start, span.start), end: min(turn.end, span.end))
            if let last = joined.last, inside.start <= last.end {
                joined[joined.count - 1].end = max(last.end, inside.end)
            } else {
                joined.append(inside)
            }
        }
        return joined
    }

    /// A person's changes that move a speaker's pitch by less leave it as it was: or a turn that is given to somebody else
    /// would have all the others spoken anew.
    private static let settledLogPitch = 0.5 * 0.057_762  // ln 2 / 12 is a semitone

    /// Median of ln F0 of what a speaker says alone, from up to ten minutes spread over the programme; nil where nothing
    /// is voiced.
    func medianLogPitch(of speaker: SpeakerID) throws -> Double? {
        let median = try medianLogPitch(of: speaker, in: diarization)
        guard let found, found.turns != diarization.turns, let before = try medianLogPitch(of: speaker, in: found)
        else { return median }
        guard let median, abs(median - before) > Self.settledLogPitch else { return before }
        return median
    }

    /// Deviation of ln F0 of what a speaker says alone, as the diarizer had it; nil where too little is voiced.
    func deviationLogPitch(of speaker: SpeakerID) throws -> Double? {
        PitchRange(ofLogs: try pitchLogs(of: speaker, in: found ?? diarization))?.deviationLog
    }

    private func medianLogPitch(of speaker: SpeakerID, in diarization: Diarization) throws -> Double? {
        let logs = try pitchLogs(of: speaker, in: diarization)
        return logs.isEmpty ? nil : quantile(0.5, of: logs)
    }

    /// ln F0 of voiced frames, from up to ten minutes spread over the programme.
    private func pitchLogs(of speaker: SpeakerID, in diarization: Diarization) throws -> [Double] {
        let stretches = soloStretches(of: speaker, in: diarization)
        let total = stretches.reduce(0) { $0 + $1.seconds }
        let step = max(1, Int((total / 600).rounded(.up)))
        let channel = channel(of: speaker)
        var logs: [Double] = []
        for (index, stretch) in stretches.enumerated() where index % step == 0 {
            let voice = try samples(of: vocals, stretch, channel: channel)
            let material = SynthesisMaterial(span: stretch, raw: voice, vocals: voice, sampleRate: vocals.sampleRate)
            logs += material.pitchHertz.filter { $0 > 0 }.map { log(Double($0)) }
        }
        return logs
    }

    /// Stretches of at least half a second, none longer than 30 s, in which only `speaker` speaks.
    private func soloStretches(of speaker: SpeakerID, in diarization: Diarization) -> [TimeSpan] {
        diarization.turns(of: speaker).flatMap { turn -> [TimeSpan] in
            var free: [TimeSpan] = []
            var start = turn.span.start
            for other in others(than: speaker, in: turn.span, of: diarization) {
                free.append(TimeSpan(start: start, end: other.start))
                start = other.end
            }
            free.append(TimeSpan(start: start, end: turn.span.end))
            return free.flatMap { span -> [TimeSpan] in
                stride(from: span.start, to: max(span.start, span.end), by: 30).map {
                    TimeSpan(start: $0, end: min($0 + 30, span.end))
                }
            }.filter { $0.seconds >= 0.5 }
        }
    }
}
