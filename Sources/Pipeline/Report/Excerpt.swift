import AudioCore
import Files
import Foundation

/// One replacement's old and new speech, side by side at the judges' rate. Made when it is looked at: those of a long
/// programme together would not fit into memory.
struct Excerpt {
    let replacement: Replacement
    /// The new voice by itself, inside its spans; zeros elsewhere.
    let new: [Float]
    /// The old voice, denoised, and the programme as it was; as long as `new`.
    let old: [Float]
    let programme: [Float]
    private let rate: Int

    /// False for a replacement that stayed the original, or that is silent on purpose.
    static func exists(for replacement: Replacement) -> Bool {
        !replacement.isKept && !replacement.text.isEmpty && replacement.speech != nil
    }

    /// nil where there is nothing to compare.
    init?(_ replacement: Replacement, material: MeasuredMaterial, media: any MediaAccess, rate: Int) throws {
        guard Self.exists(for: replacement), let speech = replacement.speech else { return nil }
        let reader = try WaveReader(material.speechFolder.appendingPathComponent(speech))
        let resampled = try media.resample(reader.readMid(0..<reader.frameCount), from: reader.sampleRate, to: rate)
        let old = try material.samples(material.vocals, replacement.span, of: replacement.speaker)
        let programme = try material.samples(material.analysis, replacement.span, of: replacement.speaker)
        let count = min(old.count, programme.count)
        self.replacement = replacement
        self.rate = rate
        self.old = Array(old.prefix(count))
        self.programme = Array(programme.prefix(count))
        new = Array(resampled.prefix(count)) + [Float](repeating: 0, count: max(0, count - resampled.count))
    }

    var newSeconds: Double { Double(new.count) / Double(rate) }

    /// How much later each replaced word begins in the new voice, milliseconds; nil where it cannot be told.
    var deviations: [Double?] {
        let onsets = replacement.words.filter(\.isReplaced).map { $0.span.start - replacement.span.start }
        return TimingJudge().deviations(source: old, result: new, onsets: onsets)
    }

    /// Melody and loudness inside the spans.
    var prosody: ProsodyAgreement { ProsodyAgreement(source: spoken(old), result: spoken(new), sampleRate: rate) }

    /// The part of a signal that lies inside the spans.
    func spoken(_ samples: [Float]) -> [Float] {
        replacement.spans.flatMap { span -> ArraySlice<Float> in
            let start = Int(((span.start - replacement.span.start) * Double(rate)).rounded())
            let end = Int(((span.end - replacement.span.start) * Double(rate)).rounded())
            return samples[min(max(0, start), samples.count)..<min(max(0, start, end), samples.count)]
        }
    }
}
