import AudioCore
import Files
import Foundation

/// A page that needs nothing else, on which two results can be heard and seen side by side.
struct ComparisonPage {
    private let comparison: StageComparison
    private let sounds: [SoundPair]
    private let tables: (a: [StageTable], b: [StageTable])
    private let inspector: StageInspector

    /// Longer sounds are cut, so that the page opens.
    private static let mostSeconds = 300.0
    private static let mostSounds = 12
    private static let mostRows = 200

    init(
        _ comparison: StageComparison, sounds: [SoundPair], tables: (a: [StageTable], b: [StageTable]),
        inspector: StageInspector
    ) {
        self.comparison = comparison
        self.sounds = sounds
        self.tables = tables
        self.inspector = inspector
    }

    func write(to file: URL, workshop: URL) throws {
        let shown = sounds.prefix(Self.mostSounds)
        var articles = ""
        for (index, sound) in shown.enumerated() {
            articles += try article(sound, number: index, workshop: workshop)
        }
        let page = PageTemplate.filled(
            PageTemplate.text(PackageResources.compare_html),
            [
                "style": PageTemplate.text(PackageResources.tokens_css)
                    + PageTemplate.text(PackageResources.compare_css),
                "script": PageTemplate.text(PackageResources.compare_js),
                "a": Markup.escape(comparison.a), "b": Markup.escape(comparison.b),
                "kind": Markup.escape(comparison.kind),
                "options": table(
                    "What was chosen differently", ["option", "A", "B"],
                    comparison.options.map { [$0.option, $0.a, $0.b] }),
                "figures": table("Figures", ["figure", "A", "B", "B − A"], comparison.figures.map(\.texts)),
                "distances": table(
                    "How far they are apart", ["measure", "value"], comparison.distances.map { [$0.name, $0.text] }),
                "sounds": articles + left(sounds.count - shown.count),
                "tables": zip(tables.a, tables.b).map { pair in
                    table("A: \(pair.0.title)", pair.0.header, pair.0.rows)
                        + table("B: \(pair.1.title)", pair.1.header, pair.1.rows)
                }.joined(),
            ])
        try WholeFolder.write(Data(page.utf8), to: file)
    }

    private func left(_ count: Int) -> String {
        count > 0 ? "<p class=\"note\">\(PlainNumber.things(count, "more sound")) came without players.</p>" : ""
    }

    private func article(_ sound: SoundPair, number: Int, workshop: URL) throws -> String {
        let sides = try [("A", sound.a), ("B", sound.b)].map { side, file -> String in
            let mp3 = workshop.appendingPathComponent("\(number)\(side).mp3")
            let seconds = try inspector.encode(file, to: mp3, mostSeconds: Self.mostSeconds)
            let data: Data
            do { data = try Data(contentsOf: mp3) } catch {
                throw FileError(.inputOutput, mp3, "read", FileError.reason(error))
            }
            let picture = try inspector.spectrogram(file).map { image in
                "<img alt=\"Spectrogram of \(side), mel scale, whole length\" src=\"data:image/png;base64,"
                    + "\(image.png.base64EncodedString())\">"
            }
            let whole = try WaveReader(file).seconds
            let cut = whole > seconds + 0.5 ? " (the first \(PlainNumber.duration(seconds)))" : ""
            return """
                <figure><figcaption>\(side) · \(PlainNumber.duration(whole))\(cut)</figcaption>\(picture ?? "")
                <audio controls preload="metadata" data-side="\(side)" src="data:audio/mpeg;base64,\(data.base64EncodedString())"></audio></figure>
                """
        }
        return """
            <article><h3>\(Markup.escape(sound.name))</h3>\(sides.joined())
            <button type="button" class="swap">Change to the other at the same place</button></article>
            """
    }

    private func table(_ title: String, _ header: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        func cells(_ row: [String], _ tag: String) -> String {
            "<tr>" + row.map { "<\(tag)>\(Markup.escape($0))</\(tag)>" }.joined() + "</tr>"
        }
        let more = rows.count - Self.mostRows
        return "<h2>\(Markup.escape(title))</h2><div class=\"wide\"><table><thead>\(cells(header, "th"))</thead><tbody>"
            + rows.prefix(Self.mostRows).map { cells($0, "td") }.joined() + "</tbody></table></div>"
            + (more > 0 ? "<p class=\"note\">\(PlainNumber.things(more, "more row")).</p>" : "")
    }
}
