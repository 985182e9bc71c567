import AudioCore
import Files
import Foundation

/// A turn's drawings as files for use elsewhere.
struct TurnPoster {
    /// Names and contents.
    let files: [(String, Data)]

    private static let width = 1000
    private static let captionHeight = 26

    init(_ index: Int, of material: ReportMaterial) throws {
        let turn = material.report.replacements[index]
        let drawing = try TurnDrawing(index, of: material)
        let frames = material.frames(drawing.window)
        let picture = SpectrogramPicture(programmeLoudness: material.report.input.loudnessLUFS)
        let before = try picture.image(material.measured.input, frames).png
        let after =
            turn.kept ? nil : try picture.image(material.measured.output, frames).png
        let name = "turn-" + String(format: "%03d", index + 1)
        let svg = Self.svg(turn, TurnPlots(drawing: drawing), before: before, after: after)
        files =
            [("\(name).svg", Data(svg.utf8)), ("\(name)-before.png", before)]
            + (after.map { [("\(name)-after.png", $0)] } ?? [])
    }

    private static func svg(_ turn: Report.Turn, _ plots: TurnPlots, before: Data, after: Data?) -> String {
        var y = 0
        var content = ""
        func caption(_ text: String, size: Int = 14) {
            content += #"<text x="0" y="\#(y + 18)" font-size="\#(size)">\#(Markup.escape(text))</text>"#
            y += captionHeight
        }
        func plot(_ plot: TurnPlots.Plot, height: Int) {
            content +=
                #"<svg y="\#(y)" width="\#(width)" height="\#(height)" viewBox="0 0 1000 \#(plot.height)" "#
                + #"preserveAspectRatio="none"><rect class="paper" width="1000" height="\#(plot.height)"/>"#
                + "\(plot.content)</svg>"
            y += height
        }
        func image(_ png: Data) {
            content +=
                #"<image y="\#(y)" width="\#(width)" height="96" preserveAspectRatio="none" "#
                + #"href="data:image/png;base64,\#(png.base64EncodedString())"/>"#
            y += 96
        }
        caption(
            "\(PlainNumber.clock(turn.start)) \(turn.speaker.name) "
                + (turn.kept ? "(kept)" : "→ \(turn.voice)") + ": \(turn.text.prefix(100))", size: 16)
        caption("Before")
        plot(plots.before, height: 70)
        image(before)
        if let after {
            caption("After")
            plot(plots.after, height: 70)
            image(after)
        }
        if !turn.kept, let melodies = plots.melodies {
            caption("Melodies, each about its own middle (lines: 5 semitones)")
            plot(melodies, height: 120)
        }
        if !turn.kept, let timing = plots.timing {
            caption("Each word later (up) or earlier (down) than the original, ±\(Int(TurnPlots.mostDeviationMs)) ms")
            plot(timing, height: 90)
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(y)" viewBox="0 0 \(width) \(y)" \
            font-family="sans-serif"><style>\(style)</style><rect class="sheet" width="\(width)" height="\(y)"/>\(content)</svg>
            """
    }

    private static let style = """
        .sheet{fill:#fff}text{fill:#1d2125}.paper{fill:#f1efe9}.bed{fill:#7b8794;opacity:.3}.old{fill:#7b8794}.new{fill:#0b7a75}\
        .span{fill:#0b7a75;opacity:.09}.line{fill:none;stroke-linecap:round;stroke-linejoin:round;\
        vector-effect:non-scaling-stroke}.line.old{stroke:#7b8794;stroke-width:3.4}.line.new{stroke:#0b7a75;stroke-width:2}\
        .grid{stroke:#d8d4ca;vector-effect:non-scaling-stroke}.band{fill:#e6f2e8}\
        .pin{stroke:#5b6470;vector-effect:non-scaling-stroke}.head{stroke:#0b7a75;stroke-width:6;stroke-linecap:round;\
        vector-effect:non-scaling-stroke}
        """
}
