import AudioCore
import Foundation

/// What a material's truth files say, read when it is asked for.
struct MaterialTruth {
    let material: Material
    let sound: SoundReader

    /// Who speaks when, as the file has it.
    func annotated() throws -> Truth {
        guard let file = material.turns ?? material.words else { throw missing("turns") }
        let truth = try TruthReader().read(file, audio: material.audio)
        guard truth.passages.allSatisfy({ $0.span != nil }) else {
            throw AudioError(
                .badData, operation: "judge", subject: material.name,
                cause: "\(file.lastPathComponent) does not say when anybody speaks", mend: "name a file with turns")
        }
        return truth
    }

    /// Who speaks when, less the pauses where the suite wants that, and whose word it is.
    func turns() throws -> (turns: [SpeakerTurn], judge: String) {
        let truth = try annotated()
        guard let least = material.pausesFromSeconds else { return (truth.turns, truth.form) }
        return (
            try withoutPauses(truth.turns, atLeast: least), "\(truth.form) less the stems' pauses from \(least) s on"
        )
    }

    func words() throws -> Truth {
        guard let file = material.words else { throw missing("words") }
        return try TruthReader().read(file, audio: material.audio)
    }

    /// The turns, cut where the speaker's own stem is silent.
    private func withoutPauses(_ turns: [SpeakerTurn], atLeast seconds: Double) throws -> [SpeakerTurn] {
        let speakers = Diarization(turns: turns).speakers
        return try speakers.flatMap { speaker -> [SpeakerTurn] in
            guard let file = material.stems.speakers[speaker] else { throw missing("stems of \(speaker)") }
            let pauses = StemPauses(
                stem: try sound.mono(file, sampleRate: SoundReader.analysisRate), sampleRate: SoundReader.analysisRate)
            return turns.filter { $0.speaker == speaker }.flatMap { turn in
                pauses.spoken(in: turn.span, pausesAtLeast: seconds)
                    .map { SpeakerTurn(speaker: speaker, span: $0, confidence: 1) }
            }
        }.sorted { $0.span.start < $1.span.start }
    }

    func missing(_ what: String) -> AudioError {
        AudioError(
            .badData, operation: "judge", subject: material.name, cause: "the suite names no \(what) for it",
            mend: "name them, or leave the step out; docs/evaluation.md says which step needs what")
    }
}
