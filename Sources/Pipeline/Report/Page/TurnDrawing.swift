import AudioCore
import Foundation

/// What is drawn of a turn, as numbers.
struct TurnDrawing {
    /// A word of the text and where it lies.
    struct WordMark {
        let text: String
        /// Seconds in the programme.
        let span: TimeSpan
        let isReplaced: Bool
        /// How much later the new voice begins it than the old one did, milliseconds; nil where the judge could not tell
        /// or the original stayed.
        let deviationMs: Double?
    }

    /// A pitch curve in semitones re its own median.
    struct Melody {
        /// Hz.
        let median: Double
        /// Seconds in the programme of the first value.
        let start: Double
        let frameSeconds: Double
        /// nil where unvoiced.
        let semitones: [Double?]
    }

    /// The turn with a little around it.
    let window: TimeSpan
    /// Peaks of a programme and of the voice in it, magnitudes, [columns] each.
    struct Envelope {
        let programme: [Float]
        let voice: [Float]
    }

    let before: Envelope
    let after: Envelope
    /// Stretches that are different, seconds in the programme.
    let spans: [TimeSpan]
    let words: [WordMark]
    let oldMelody: Melody?
    let newMelody: Melody?
}

extension TurnDrawing {
    static let columns = 300
    private static let marginSeconds = 0.4
    private static let judgesRate = 16000
    /// Every second frame of the tracker is enough for a drawing.
    private static let melodyFrameSeconds = 0.02

    static func window(of replacement: Replacement, in material: ReportMaterial) -> TimeSpan {
        TimeSpan(
            start: max(0, replacement.span.start - marginSeconds),
            end: min(material.seconds, replacement.span.end + marginSeconds))
    }

    init(_ index: Int, of material: ReportMaterial) throws {
        let replacement = material.replacements[index]
        window = Self.window(of: replacement, in: material)
        let frames = material.frames(window)
        before = Envelope(
            programme: try Self.peaks(material.measured.input.readMid(frames)),
            voice: try Self.peaks(material.vocals.readMid(frames)))
        after = Envelope(
            programme: try Self.peaks(material.measured.output.readMid(frames)),
            voice: try Self.peaks(material.newVoices.readMid(frames)))
        spans = material.report.spans.filter { $0.turn == index }.map { TimeSpan(start: $0.start, end: $0.end) }
        let excerpt = try Excerpt(
            replacement, material: material.measured, media: material.media, rate: Self.judgesRate)
        words = Self.marks(replacement, deviations: excerpt?.deviations)
        oldMelody = excerpt.flatMap { Self.melody($0.old, start: replacement.span.start) }
        newMelody = excerpt.flatMap { Self.melody($0.new, start: replacement.span.start) }
    }

    private static func peaks(_ samples: [Float]) -> [Float] {
        (0..<columns).map { column in
            let range = column * samples.count / columns..<max(1, (column + 1) * samples.count / columns)
            return samples[range.clamped(to: samples.indices)].reduce(0) { max($0, abs($1)) }
        }
    }

    /// - Parameter deviations: of the replaced words, in order.
    private static func marks(_ replacement: Replacement, deviations: [Double?]?) -> [WordMark] {
        var rest = (deviations ?? [])[...]
        return replacement.words.map { word in
            let deviation = word.isReplaced ? rest.popFirst() ?? nil : nil
            return WordMark(
                text: word.text, span: word.span, isReplaced: word.isReplaced && !replacement.isKept,
                deviationMs: deviation)
        }
    }

    /// As the judge hears it; nil where there is no voice.
    private static func melody(_ samples: [Float], start: Double) -> Melody? {
        let hertz = ProsodyAgreement.pitch(samples, sampleRate: judgesRate)
        let step = max(1, Int((melodyFrameSeconds / ProsodyAgreement.frameSeconds).rounded()))
        let voiced = hertz.filter { $0 > 0 }
        guard !voiced.isEmpty else { return nil }
        let median = Double(quantile(0.5, of: voiced))
        return Melody(
            median: median, start: start, frameSeconds: Double(step) * ProsodyAgreement.frameSeconds,
            semitones: stride(from: 0, to: hertz.count, by: step).map { frame in
                hertz[frame] > 0 ? 12 * log2(Double(hertz[frame]) / median) : nil
            })
    }
}
