import AudioCore
import Files
import Foundation

extension ProgrammeRun {
    /// A voice made from a person's recording is marked, whatever the options say.
    func refuseUnmarked(_ request: ReplaceRequest) throws {
        guard !options.reconstructor.marksSpeech else { return }
        for choice in request.voices where try engines.voiceOrigin(choice.voice).isFitted {
            throw AudioError(
                .notPermitted, operation: "leave the mark out of", subject: choice.voice,
                cause: "it is made from a person's recording, and such speech is always marked",
                mend: "leave --no-watermark out")
        }
    }

    func statement(
        _ request: ReplaceRequest, _ synthesized: [Replacement], _ reconstructed: AudioReconstruction
    ) throws -> ProvenanceStatement {
        let rate = Double(try preprocessed().product.format.sampleRate)
        var intervals: [ProvenanceStatement.Interval] = []
        for rebuilt in reconstructed.replacements {
            let replacement = synthesized[rebuilt.replacement]
            // Where a voice only went silent, nothing speaks.
            guard !replacement.voice.isEmpty else { continue }
            let origin = try engines.voiceOrigin(replacement.voice)
            let digest = try engines.voice(replacement.voice).digest
            intervals += rebuilt.spans.map { span in
                ProvenanceStatement.Interval(
                    start: Double(span.startSample) / rate, end: Double(span.endSample) / rate,
                    speaker: replacement.speaker, voice: replacement.voice, voiceDigest: digest, origin: origin)
            }
        }
        intervals.sort { $0.start < $1.start }
        let voices = Dictionary(
            synthesized.filter { !$0.isKept && !$0.text.isEmpty && !$0.voice.isEmpty }.map { ($0.speaker, $0.voice) },
            uniquingKeysWith: { first, _ in first })
        // A model that speaks one voice only is known by the voice's digest.
        let models = try voices.values.reduce(into: engines.models[.synthesizer] ?? [:]) { models, name in
            let voice = try engines.voice(name)
            if let model = voice.model { models[model] = voice.digest }
        }
        let sentences = voices.sorted { $0.key < $1.key }.map {
            "\($0.key) speaks with the synthetic voice \($0.value)"
        }
        return ProvenanceStatement(
            program: ["Hyper Audio", request.provenance.programVersion].filter { !$0.isEmpty }.joined(separator: " "),
            inputSHA256: folder.inputDigest, models: models, intervals: intervals,
            isMarked: options.reconstructor.marksSpeech,
            sentence: sentences.isEmpty
                ? "Contains no synthetic speech. Made with Hyper Audio."
                : "Contains synthetic speech: \(sentences.joined(separator: "; ")). Made with Hyper Audio.")
    }

    func deliver(
        _ statement: ProvenanceStatement, of written: WrittenProgramme, to request: ReplaceRequest, key: SigningKey?
    ) throws {
        guard request.provenance.leavesSidecar else { return }
        let sidecar = try ProvenanceSidecar(statement, outputSHA256: written.sha256, key: key)
        try WholeFolder.write(CanonicalJSON.pretty(sidecar), to: ProvenanceSidecar.place(beside: request.destination))
    }
}
