import AudioCore
import Files
import Foundation

extension PipelineRunner {
    /// A speaker's voice in figures, from up to a minute of what is said alone.
    /// - Parameter speaker: an id or a name; nil: who talks most.
    public func voiceMeasure(
        of input: URL, knowledge: ProgrammeKnowledge, speaker: String?
    ) async throws -> (speaker: SpeakerID, measure: VoiceMeasure) {
        try await work(on: input, knowledge: knowledge) { try $0.speakerMeasure(speaker) }
    }
}

extension ProgrammeRun {
    private static let longestMeasureSeconds = 60.0

    func speakerMeasure(_ name: String?) throws -> (speaker: SpeakerID, measure: VoiceMeasure) {
        let separated = try separated()
        let found = try diarized().product.diarization
        let edits = try folder.edits.changes
        // Words are only needed where a person changed who speaks.
        let programme =
            found.turns.isEmpty || edits.isEmpty
            ? try EditedProgramme(transcript: Transcript(language: "", passages: []), diarization: found)
            : try edited()
        let diarization = programme.diarization
        guard let most = diarization.speakers.max(by: { diarization.seconds(of: $0) < diarization.seconds(of: $1) })
        else {
            throw AudioError(
                .badData, operation: "measure", subject: input.lastPathComponent, cause: "nobody speaks in it",
                mend: "check that it is the right file")
        }
        let speaker = try name.map { try programme.speaker($0) } ?? most
        let reader = try WaveReader(separated.file(separated.product.vocals16k))
        let samples = try speech(of: speaker, in: diarization, reader)
        let measurer = VoiceMeasurer(media: engines.media, encoders: [try engines.embedder()])
        return (speaker, try measurer.measure(samples, sampleRate: reader.sampleRate, name: speaker.name))
    }

    /// The longest stretches of a speaker alone.
    private func speech(of speaker: SpeakerID, in diarization: Diarization, _ reader: WaveReader) throws -> [Float] {
        let channel = diarization.channels[speaker]
        let hasOwnChannel = channel != nil && reader.channelCount > 1
        let others = hasOwnChannel ? [] : diarization.turns.filter { $0.speaker != speaker }.map(\.span)
        let alone = diarization.turns(of: speaker).flatMap { $0.span.minus(others) }
        var samples: [Float] = []
        let rate = Double(reader.sampleRate)
        for span in alone.sorted(by: { ($0.seconds, $1.start) > ($1.seconds, $0.start) }) {
            let rest = Self.longestMeasureSeconds - Double(samples.count) / rate
            guard rest > 0 else { break }
            try interruption.check()
            let start = max(0, Int(span.start * rate))
            let end = min(reader.frameCount, Int(min(span.end, span.start + rest) * rate))
            samples += try reader.samples(start..<max(start, end), channel: channel)
        }
        return samples
    }
}
