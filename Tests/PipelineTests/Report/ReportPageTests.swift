import AudioCore
import Files
import Foundation
import MediaIO
import Testing

@testable import Pipeline

/// The page that a run leaves, with doubles for all engines.
@Suite struct ReportPageTests {
    private func page(_ stage: RunStage) throws -> String {
        try String(contentsOf: stage.runFolder().appendingPathComponent("report.html"), encoding: .utf8)
    }

    private func material(_ stage: RunStage, _ report: Report) throws -> ReportMaterial {
        try ReportMaterial(report, in: RunFolder(existing: stage.runFolder()), media: FFmpegMedia())
    }

    /// Every match of a regular expression's first group.
    private func matches(_ pattern: String, in text: String) throws -> [String] {
        try text.matches(of: Regex(pattern, as: (Substring, Substring).self).dotMatchesNewlines()).map { String($0.1) }
    }

    @Test func aRunLeavesAPageWithEveryTurn() async throws {
        let stage = try RunStage()
        let report = try await stage.replace()
        let page = try page(stage)
        #expect(
            try matches(#"<article[^>]* id="([^"]+)""#, in: page) == report.replacements.map { "turn-\($0.turn + 1)" })
        let texts = try matches(#"<p class="text"[^>]*>(.*?)</p>"#, in: page).map {
            $0.replacing(try Regex("<[^>]+>"), with: "")
        }
        #expect(texts == report.replacements.map(\.text))
        #expect(page.contains("<title>Gespräch 1.wav"))
        #expect(page.contains("<html lang=\"en\">"))
        #expect(!page.contains("{{"))
        // The word errors of the doubles are none, and their placement was measured.
        #expect(page.contains("Every word is understood (by tones)."))
    }

    @Test func channelsThatHearEachOtherAreNamed() async throws {
        var report = try await RunStage().replace()
        #expect(PageSummary(report: report).crosstalk.isEmpty)
        report.crosstalk = [.init(from: 0, to: 1, reductionDB: 20.3)]
        report.input.channels = 2
        #expect(PageSummary(report: report).crosstalk.contains("channel 2 hears who speaks on channel 1, 20.3 dB"))
        #expect(Report(reading: try CanonicalJSON.encode(report))?.crosstalk == report.crosstalk)
        report.crosstalk?[0].to = 2
        #expect(Report(reading: try CanonicalJSON.encode(report)) == nil)
    }

    @Test func thePageLoadsNothingFromAnywhere() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        let page = try page(stage)
        #expect(
            !page.contains("http:") && !page.contains("https:") && !page.contains("@import") && !page.contains("url("))
        #expect(!page.contains("<link") && !page.contains("<iframe"))
        #expect(
            try matches(#"\s(?:src|href)="([^"]*)""#, in: page).allSatisfy {
                $0.hasPrefix("data:image/png;base64,") || $0.hasPrefix("#")
            })
        #expect(page.contains("default-src 'none'"))
    }

    @Test func everyTagThatIsOpenedIsClosed() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        let page = try page(stage).replacing(try Regex("<script.*?</script>").dotMatchesNewlines(), with: "")
        let alone: Set<String> = ["meta", "img", "path", "rect"]
        var open: [String] = []
        for tag in try matches("<(/?[a-z][a-z0-9]*)", in: page) where !alone.contains(tag) {
            if tag.hasPrefix("/") {
                #expect(open.popLast() == String(tag.dropFirst()))
            } else {
                open.append(tag)
            }
        }
        #expect(open.isEmpty)
        // What a label or a link points to is there, once.
        let names = try matches(#"\sid="([^"]+)""#, in: page)
        #expect(Set(names).count == names.count)
        let wanted = try matches(##"(?:aria-labelledby="|data-turn="|href="#)([^"]+)""##, in: page)
        #expect(!wanted.isEmpty && wanted.allSatisfy(names.contains))
    }

    @Test func aNameThatLooksLikeMarkupStaysText() async throws {
        let stage = try RunStage()
        let input = stage.file(#"<img src=x onerror="alert(1)">&'.wav"#)
        try FileManager.default.copyItem(at: stage.input, to: input)
        var request = try stage.request()
        request.input = input
        _ = try await stage.replace(request)
        let page = try page(stage)
        #expect(page.contains("<h1 dir=\"auto\">&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;.wav</h1>"))
        #expect(!page.contains("<img src=x"))
    }

    @Test func soundsAreMP3sAsLongAsTheirTurns() async throws {
        let stage = try RunStage()
        let report = try await stage.replace()
        let articles = try matches("(<article.*?</article>)", in: page(stage))
        #expect(articles.count == report.replacements.count)
        for article in articles {
            let start = try #require(Double(try matches(#"data-start="([^"]+)""#, in: article)[0]))
            let end = try #require(Double(try matches(#"data-end="([^"]+)""#, in: article)[0]))
            let sounds = try matches(#"data-sound="[a-z]+">([^<]+)<"#, in: article)
            #expect(sounds.count == 3)
            for sound in sounds {
                let file = stage.file("sound.mp3")
                try #require(Data(base64Encoded: sound)).write(to: file)
                let source = try FFmpegMedia().open(file)
                var frames = 0
                while let block = try source.read() { frames += block.frameCount }
                // MP3's own frames are up to 0.05 s long.
                #expect(abs(Double(frames) / Double(source.format.sampleRate) - (end - start)) < 0.06)
            }
        }
    }

    @Test func aSmallBudgetGoesToTheTurnsThatNeedEarsAndThePageSaysSo() async throws {
        let stage = try RunStage()
        var report = try await stage.replace()
        // The last turn is the one to worry about.
        let last = report.replacements.count - 1
        report.replacements[last].flags = [.lockUncertain]
        let material = try material(stage, report)
        let file = stage.file("page.html")
        func write(_ budget: Int) throws -> String {
            try ReportPage(material: material, budgetBytes: budget).write(to: file) { _ in }
            return try String(contentsOf: file, encoding: .utf8)
        }
        let whole = try write(40_000_000)
        #expect(whole.contains(#"id="budget" hidden"#))
        let none = try write(0)
        #expect(
            try matches(
                #"(data-sound=)"#, in: none.replacing(try Regex("<script>.*?</script>").dotMatchesNewlines(), with: "")
            ).isEmpty)
        // Room for one turn and a half.
        let budget = none.utf8.count + (whole.utf8.count - none.utf8.count) * 3 / (2 * report.replacements.count)
        let some = try write(budget)
        #expect(some.utf8.count <= budget)
        let articles = try matches("(<article.*?</article>)", in: some)
        #expect(articles.indices.filter { articles[$0].contains("data-sound=") } == [last])
        #expect(articles.indices.filter { articles[$0].contains("data:image/png") } == [last])
        #expect(articles.count == report.replacements.count)
        #expect(some.contains("\(last) turns came without spectrograms and sound"))
        #expect(!some.contains(#"id="budget" hidden"#))
    }

    @Test func thePageIsMadeAgainOnlyWhereTheReportChanged() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        let file = try stage.runFolder().appendingPathComponent("report.html")
        let first = try Data(contentsOf: file)
        // What a person put there is left alone while the report is the same.
        try (first + Data("<!-- note -->".utf8)).write(to: file)
        _ = try await stage.replace()
        #expect(try Data(contentsOf: file).count == first.count + 13)
        _ = try await stage.replace(stage.request("other.wav", voices: ["tone2"]))
        #expect(try page(stage).contains("tone2"))
        let folder = try stage.runFolder()
        try FileManager.default.removeItem(at: file)
        try ReportPublisher(run: folder, media: FFmpegMedia()).writePage()
        #expect(try page(stage).contains("tone2"))
    }

    @Test func anInterruptedPageLeavesNothingBehind() async throws {
        let stage = try RunStage()
        let report = try await stage.replace()
        let material = try material(stage, report)
        let file = stage.file("page.html")
        for stop in [0.1, 0.7] {
            #expect(throws: CancellationError.self) {
                try ReportPage(material: material).write(to: file) { if $0 > stop { throw CancellationError() } }
            }
        }
        #expect(!FileManager.default.fileExists(atPath: file.path))
        #expect(!FileManager.default.fileExists(atPath: stage.file(".draft-page").path))
    }

    @Test func plotsAreFilesOfEveryTurn() async throws {
        let stage = try RunStage()
        let report = try await stage.replace()
        let folder = stage.file("plots")
        let count = try ReportPublisher(run: stage.runFolder(), media: FFmpegMedia()).writePlots(to: folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(count == names.count && count == 3 * report.replacements.count)
        #expect(names.prefix(3) == ["turn-001-after.png", "turn-001-before.png", "turn-001.svg"])
        let svg = try String(contentsOf: folder.appendingPathComponent("turn-001.svg"), encoding: .utf8)
        #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.contains("class=\"line new\""))
        let png = try Data(contentsOf: folder.appendingPathComponent("turn-001-after.png"))
        #expect(Array(png[20..<24]) == [0, 0, 0, UInt8(SpectrogramPicture.height)])
    }

    @Test func resultsThatAreGoneAreSaidToBeGone() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        let folder = try stage.runFolder()
        try FileManager.default.removeItem(at: folder.appendingPathComponent("stages/separator"))
        let error = #expect(throws: AudioError.self) {
            try ReportPublisher(run: folder, media: FFmpegMedia()).writePage()
        }
        #expect(error?.kind == .noInput && error?.description.contains("separator") == true)
        let nothing = #expect(throws: AudioError.self) { try ReportPublisher(run: stage.home, media: FFmpegMedia()) }
        #expect(nothing?.kind == .noInput)
    }
}
