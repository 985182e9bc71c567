import AudioCore
import Foundation

/// What the stages made on the way and where it lies, for those who judge it.
extension PipelineRunner {
    /// Who speaks when.
    public func diarization(of input: URL, knowledge: ProgrammeKnowledge) async throws -> Diarization {
        try await work(on: input, knowledge: knowledge) { try $0.diarized().product.diarization }
    }

    /// Who speaks when and what they are called, with a person's changes in it.
    public func people(
        in input: URL, knowledge: ProgrammeKnowledge
    ) async throws -> (diarization: Diarization, names: [SpeakerID: String]) {
        try await work(on: input, knowledge: knowledge) { run in
            let found = try run.diarized().product.diarization
            // Changes may be of words, which must be known then.
            guard try !run.folder.edits.changes.isEmpty else { return (found, [:]) }
            let edited = try run.edited()
            return (edited.diarization, edited.names)
        }
    }

    /// The words, as the recognizer wrote them.
    public func recognition(of input: URL, knowledge: ProgrammeKnowledge) async throws -> SpeechRecognizerProduct {
        try checkTranscribed(knowledge)
        return try await work(on: input, knowledge: knowledge) { try $0.recognized().product }
    }

    /// The same words, with the times that the lock found.
    public func timedTranscript(of input: URL, knowledge: ProgrammeKnowledge) async throws -> Transcript {
        try checkTranscribed(knowledge)
        return try await work(on: input, knowledge: knowledge) { try $0.timed().product }
    }

    /// The speech that was taken out.
    public func separation(of input: URL) async throws -> SeparatedProgramme {
        try await work(on: input, knowledge: ProgrammeKnowledge()) { run in
            let (before, separated) = try (run.preprocessed(), run.separated())
            return SeparatedProgramme(
                programme: before.file(before.product.programme),
                vocals: separated.file(separated.product.vocals), product: separated.product)
        }
    }

    /// Throws away what earlier runs of a programme finished, where this runner starts afresh.
    public func forgetEarlierRuns(of input: URL) async throws {
        guard startsAfresh else { return }
        try await work(on: input, knowledge: ProgrammeKnowledge()) { _ in }
    }

    /// The same runner, which keeps what is finished: for the later ones of several jobs on a programme.
    public var keeping: PipelineRunner {
        PipelineRunner(
            engines: engines, options: options, workFolder: workFolder, memory: memory, maker: maker, events: events)
    }

    /// The new speech, with the time of every word that was found in the old one.
    public func synthesis(_ request: ReplaceRequest) async throws -> [Replacement] {
        try await work(on: request.input, knowledge: request.knowledge) { try $0.spoken(request).product }
    }
}

/// A programme and its speech.
public struct SeparatedProgramme: Sendable {
    /// Float32 WAV, the programme's own rate and channels.
    public var programme: URL
    /// Float32 WAV, as long and at the same rate; one channel, or as many.
    public var vocals: URL
    public var product: VoiceSeparatorProduct
}
