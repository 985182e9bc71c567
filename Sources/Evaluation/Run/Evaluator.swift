import AudioCore
import Files
import Foundation
import Pipeline

/// Does with each recording of a suite what the suite says, and judges what came out.
public struct Evaluator: Sendable {
    private let runner: PipelineRunner
    private let sound: SoundReader
    private let interruption: Interruption

    public init(runner: PipelineRunner) {
        self.runner = runner
        interruption = Interruption()
        sound = SoundReader(media: runner.engines.media, interruption: interruption)
    }

    /// - Parameters:
    ///   - began: told before each piece of work: the material, the step, how many are done and how many there are.
    /// - Returns: one result for each step of each material, in the suite's order; one that failed carries its reason.
    /// - Throws: `CancellationError` only.
    public func measure(
        _ suite: Suite, began: (Material, Material.Step, Int, Int) -> Void
    ) async throws -> [MeasuredStep] {
        let work = suite.materials.flatMap { material in
            material.steps.enumerated().map { (material: material, step: $0.element, isFirst: $0.offset == 0) }
        }
        var results: [MeasuredStep] = []
        for (index, one) in work.enumerated() {
            try Task.checkCancellation()
            began(one.material, one.step, index, work.count)
            results.append(try await measured(one.material, one.step, isFirst: one.isFirst))
        }
        return results
    }

    private func measured(
        _ material: Material, _ step: Material.Step, isFirst: Bool
    ) async throws -> MeasuredStep {
        let start = ContinuousClock.now
        var result = MeasuredStep(material: material.name, set: material.set, step: step, seconds: 0, evidence: [])
        do {
            result.evidence = try await evidence(material, step, isFirst: isFirst)
        } catch let error as CancellationError {
            throw error
        } catch {
            // A run that was ended from outside may say so in its own words.
            try Task.checkCancellation()
            result.failure = Self.reason(error, material)
        }
        let duration = (ContinuousClock.now - start).components
        result.seconds = Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
        return result
    }

    private static func reason(_ error: any Error, _ material: Material) -> AudioError {
        switch error {
        case let error as AudioError: error
        case let error as FileError:
            AudioError(error.exitKind, operation: error.operation, subject: error.url.path, cause: error.cause)
        default: AudioError(.internal, operation: "measure", subject: material.name, cause: FileError.reason(error))
        }
    }

    private func evidence(
        _ material: Material, _ step: Material.Step, isFirst: Bool
    ) async throws -> [Evidence] {
        guard FileManager.default.fileExists(atPath: material.audio.path) else {
            throw AudioError(
                .noInput, operation: "read", subject: material.audio.path, cause: "there is no such file",
                mend: "check the suite's paths")
        }
        if isFirst { try await self.runner.forgetEarlierRuns(of: material.audio) }
        let runner = self.runner.keeping
        let truth = MaterialTruth(material: material, sound: sound)
        let knowledge = ProgrammeKnowledge(speakerCount: material.speakerCount, language: material.language)
        switch step {
        case .diarize:
            let (turns, judge) = try await apart { try truth.turns() }
            let found = try await runner.diarization(of: material.audio, knowledge: knowledge)
            return DiarizationEvidence(reference: turns, hypothesis: found.turns, judge: judge).evidence()
        case .transcribe:
            let said = try truth.words()
            let transcript = try await runner.recognition(of: material.audio, knowledge: knowledge).transcript
            let times =
                material.hasWordTimes ? WordEvidence.times(truth: said, heard: transcript.wordsInOrder) : []
            return WordEvidence.errors(truth: said, transcript: transcript) + times
        case .align:
            let said = try truth.words()
            let found = try await runner.timedTranscript(of: material.audio, knowledge: knowledge)
            return WordEvidence.times(truth: said, heard: found.wordsInOrder)
        case .separate:
            guard let bed = material.stems.bed else { throw truth.missing("bed") }
            let separated = try await runner.separation(of: material.audio)
            return try await apart {
                try SeparationEvidence.evidence(
                    programme: WaveReader(separated.programme).allMid, trueBed: sound.whole(bed).mid,
                    vocals: WaveReader(separated.vocals).allMid)
            }
        case .replace:
            let replacement = ReplacementEvidence(
                material: material, truth: truth, runner: runner, sound: sound, knowledge: knowledge)
            return try await replacement.evidence { try await apart($0) }
        }
    }

    /// Judging blocks as the stages do.
    private func apart<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await onOwnThread {
            interruption.trip()
            runner.engines.terminate()
        } _: {
            try work()
        }
    }
}
