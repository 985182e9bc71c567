import AudioCore
import Files
import Foundation

/// A report and the results that it speaks of, opened for showing.
struct ReportMaterial {
    let report: Report
    /// In the order of the report's turns.
    let replacements: [Replacement]
    let measured: MeasuredMaterial
    /// The separated speech, at the programme's rate.
    let vocals: WaveReader
    /// The new voices as they are in the new programme, at its rate and channels.
    let newVoices: WaveReader
    let language: String
    /// Who speaks when and what, with the changes in it that the report speaks of.
    let edited: EditedProgramme
    let media: any MediaAccess

    var diarization: Diarization { measured.diarization }
    var seconds: Double { measured.input.seconds }

    /// - Throws: `AudioError` where the results are not there any more.
    init(_ report: Report, in folder: RunFolder, media: any MediaAccess) throws {
        func result<Product: Codable>(_ stage: StageName, _ type: Product.Type) throws -> (URL, Product) {
            if let key = report.results?[stage] {
                let place = folder.folder(of: stage, key: key)
                if let product = folder.finished(in: place, as: type) { return (place, product) }
            }
            throw AudioError(
                .noInput, operation: "show", subject: folder.url.lastPathComponent,
                cause: "the result of the \(stage.rawValue) that its report speaks of is not there",
                mend: "run the same `hyperaudio replace` again, which makes only what is missing")
        }
        let (before, preprocessed) = try result(.preprocessor, AudioPreprocessorProduct.self)
        let (separation, separated) = try result(.separator, VoiceSeparatorProduct.self)
        let diarized = try result(.diarizer, SpeakerDiarizerProduct.self).1
        let recognized = try result(.recognizer, SpeechRecognizerProduct.self).1
        let (synthesis, synthesized) = try result(.synthesizer, [Replacement].self)
        let (reconstruction, reconstructed) = try result(.reconstructor, AudioReconstruction.self)
        guard synthesized.count == report.replacements.count else {
            throw AudioError(
                .badData, operation: "show", subject: folder.url.lastPathComponent,
                cause: "its report and its results do not belong together",
                mend: "run the same `hyperaudio replace` again")
        }
        self.report = report
        self.media = media
        replacements = synthesized
        language = recognized.transcript.language
        vocals = try WaveReader(separation.appendingPathComponent(separated.vocals))
        newVoices = try WaveReader(reconstruction.appendingPathComponent(reconstructed.newVoices))
        edited = try EditedProgramme(
            transcript: recognized.transcript, diarization: diarized.diarization, edits: report.edits ?? [],
            subject: "report.json")
        measured = try MeasuredMaterial(
            programme: before.appendingPathComponent(preprocessed.programme),
            analysis: before.appendingPathComponent(preprocessed.analysis),
            vocals: separation.appendingPathComponent(separated.vocals16k),
            output: reconstruction.appendingPathComponent(reconstructed.programme), written: nil,
            speechFolder: synthesis, diarization: edited.diarization)
    }

    /// Frames of the programme that a stretch covers.
    func frames(_ span: TimeSpan) -> Range<Int> {
        let rate = Double(measured.input.sampleRate)
        let start = max(0, Int((span.start * rate).rounded()))
        return start..<max(start + 1, min(measured.input.frameCount, Int((span.end * rate).rounded())))
    }

    /// What lies under the speech, [channels][range.count]: in the spans the new programme less the new voices, so that
    /// anything left of the old ones is heard; elsewhere the programme less the separated speech.
    func bed(_ range: Range<Int>) throws -> [[Float]] {
        var channels = try Self.difference(measured.input.read(range), vocals.read(range))
        let spans = report.spans.map { ($0.startSample..<$0.endSample).clamped(to: range) }.filter { !$0.isEmpty }
        for span in spans {
            let left = try Self.difference(measured.output.read(span), newVoices.read(span))
            let place = span.lowerBound - range.lowerBound..<span.upperBound - range.lowerBound
            for channel in channels.indices { channels[channel].replaceSubrange(place, with: left[channel]) }
        }
        return channels
    }

    /// - Parameter taken: of one channel, or of as many.
    private static func difference(_ channels: [[Float]], _ taken: [[Float]]) -> [[Float]] {
        channels.enumerated().map { channel, samples in
            zip(samples, taken[min(channel, taken.count - 1)]).map { $0 - $1 }
        }
    }
}
