import AudioCore
import Foundation

/// A turn's drawings as SVG. Every one covers the same time from left to right, so that one line shows what is heard
/// in all of them.
struct TurnPlots {
    /// A drawing 1000 wide and `height` high, stretched to the place it is given.
    struct Plot {
        let height: Int
        let content: String
    }

    let drawing: TurnDrawing

    private static let width = 1000.0
    /// Semitones up and down that are shown.
    private static let mostSemitones = 10.0
    /// Milliseconds up and down that are shown.
    static let mostDeviationMs = 100.0

    private func x(_ seconds: Double) -> Double {
        Self.width * (seconds - drawing.window.start) / max(1e-9, drawing.window.seconds)
    }

    /// Where the new voice took the old one's place.
    private func shade(_ height: Int) -> String {
        drawing.spans.map { span in
            let (left, right) = (x(span.start), x(span.end))
            return #"<rect class="span" x="\#(Markup.number(left))" y="0" "#
                + #"width="\#(Markup.number(max(1, right - left)))" height="\#(height)"/>"#
        }.joined()
    }

    var before: Plot { wave(drawing.before, style: "old") }
    var after: Plot { wave(drawing.after, style: "new") }

    /// The voice before what is heard with it; both waveforms are drawn on one scale.
    private func wave(_ envelope: TurnDrawing.Envelope, style: String) -> Plot {
        let loudest = max(1e-4, drawing.before.programme.max() ?? 0, drawing.after.programme.max() ?? 0)
        return Plot(
            height: 100,
            content: shade(100) + wave(envelope.programme, loudest: loudest, style: "bed")
                + wave(envelope.voice, loudest: loudest, style: style))
    }

    private func wave(_ peaks: [Float], loudest: Float, style: String) -> String {
        let step = Self.width / Double(max(1, peaks.count))
        var upper = "M0 50"
        var last = 50
        for peak in peaks {
            let y = 50 - Int((48 * min(1, peak / loudest)).rounded())
            upper += "l\(Markup.number(step)) \(y - last)"
            last = y
        }
        // The lower half mirrors the upper one.
        let path = upper + "V50z"
        return #"<path class="\#(style)" d="\#(path)"/>"#
            + #"<path class="\#(style)" transform="matrix(1 0 0 -1 0 100)" d="\#(path)"/>"#
    }

    /// The two melodies over each other, each re its own median; nil where neither voice has one.
    var melodies: Plot? {
        guard drawing.oldMelody != nil || drawing.newMelody != nil else { return nil }
        let lines = [-5.0, 0, 5].map { semitones in
            #"<path class="grid" d="M0 \#(Markup.number(y(semitones)))H1000"/>"#
        }.joined()
        return Plot(
            height: 100,
            content: shade(100) + lines + curve(drawing.oldMelody, style: "old")
                + curve(drawing.newMelody, style: "new"))
    }

    private func y(_ semitones: Double) -> Double {
        50 - 48 * min(1, max(-1, semitones / Self.mostSemitones))
    }

    private func curve(_ melody: TurnDrawing.Melody?, style: String) -> String {
        guard let melody else { return "" }
        var path = ""
        var isDrawing = false
        for (frame, semitones) in melody.semitones.enumerated() {
            guard let semitones else {
                isDrawing = false
                continue
            }
            let at = x(melody.start + Double(frame) * melody.frameSeconds)
            path += "\(isDrawing ? "L" : "M")\(Markup.number(at)) \(Markup.number(y(semitones)))"
            // A voiced frame by itself is a dot.
            if !isDrawing { path += "h.1" }
            isDrawing = true
        }
        return #"<path class="line \#(style)" d="\#(path)"/>"#
    }

    /// How far each word sits from the original, as a pin: up is later; nil where no word could be judged.
    var timing: Plot? {
        let measured = drawing.words.compactMap { word in word.deviationMs.map { (word.span.start, $0) } }
        guard !measured.isEmpty else { return nil }
        func y(_ milliseconds: Double) -> Double {
            50 - 46 * min(1, max(-1, milliseconds / Self.mostDeviationMs))
        }
        let good = TurnMeasure.all[0].good
        let band =
            #"<rect class="band" x="0" y="\#(Markup.number(y(good)))" width="1000" height="\#(Markup.number(y(-good) - y(good)))"/>"#
            + #"<path class="grid" d="M0 50H1000"/>"#
        let pins = measured.map { onset, milliseconds in
            let (left, top) = (Markup.number(x(onset)), Markup.number(y(milliseconds)))
            return #"<path class="pin" d="M\#(left) 50V\#(top)"/><path class="head" d="M\#(left) \#(top)h.1"/>"#
        }.joined()
        return Plot(height: 100, content: band + pins)
    }
}
