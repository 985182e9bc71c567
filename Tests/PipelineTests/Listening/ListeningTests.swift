import AudioCore
import Files
import Foundation
import MediaIO
import Testing

@testable import Pipeline

/// The blind test: what the page holds, and what becomes of its answers.
@Suite struct ListeningTests {
    private func sheet(_ listener: String, _ answers: [ListeningAnswers.Answer], test: String = "t") throws
        -> ListeningAnswers
    {
        struct Sheet: Encodable {
            var version = 1
            var test: String
            var listener: String
            var answers: [ListeningAnswers.Answer]
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try JSONEncoder().encode(Sheet(test: test, listener: listener, answers: answers)).write(to: file)
        return try ListeningAnswers(file: file)
    }

    private func answer(
        _ question: String, _ value: Int, _ item: String, _ first: String, _ second: String? = nil,
        hidden: String? = nil
    ) -> ListeningAnswers.Answer {
        ListeningAnswers.Answer(
            question: question, item: item, first: first, second: second, hidden: hidden, value: value)
    }

    @Test func aPageHoldsEveryVersionAndDoesNotTellWhichIsWhich() async throws {
        let stage = try RunStage()
        let report = try await stage.replace()
        let file = stage.file("test.html")
        let page = try ListeningPage(
            runs: [stage.runFolder()], questions: [.mos, .abx], mostItems: 2, seed: 7, media: FFmpegMedia())
        #expect(try page.write(to: file) { _ in } == min(2, report.replacements.count))
        let text = try String(contentsOf: file, encoding: .utf8)
        let sounds = text.matches(of: try Regex(#"id="(s[0-9a-z]+)">[^<]{1000,}</script>"#)).count
        #expect(sounds == 4)
        #expect(!text.contains("\"original\"") && !text.contains("\"new\"") && !text.contains("tone\""))
        #expect(!text.contains("http:") && !text.contains("https:") && !text.contains("{{"))
        #expect(text.contains(#""questions":["mos","abx"]"#))
        // The same seed makes the same page, another another.
        _ = try page.write(to: stage.file("again.html")) { _ in }
        #expect(try Digest.ofFile(stage.file("again.html")) == Digest.ofFile(file))
        let names = try FileManager.default.contentsOfDirectory(atPath: stage.home.path)
        #expect(!names.contains { $0.hasPrefix(".draft") })
    }

    @Test func runsOfOneProgrammeAreVersionsOfTheSameItems() async throws {
        let stage = try RunStage()
        _ = try await stage.replace()
        _ = try await stage.replace(stage.request("two.wav", voices: ["tone2"]), work: "other")
        let runs = try [stage.runFolder(), stage.runFolder(work: "other")].map {
            try ReportPublisher(run: $0, media: FFmpegMedia()).material
        }
        let items = ListeningItem.all(in: runs)
        #expect(!items.isEmpty)
        #expect(items.allSatisfy { $0.versions.keys.sorted() == ["new 1", "new 2", "original"] })
        #expect(Set(items.map(\.name)).count == items.count)
    }

    @Test func meansAndTheirIntervals() throws {
        var sheets: [ListeningAnswers] = []
        for person in 0..<8 {
            var answers: [ListeningAnswers.Answer] = []
            for item in 0..<6 {
                let name = "i\(item)"
                answers.append(answer("mos", 4 + (person + item) % 2, name, "original"))
                answers.append(answer("mos", 3 + (person + item) % 2, name, "new"))
                // The new one is better by one, whichever comes first.
                answers.append(
                    item % 2 == 0
                        ? answer("cmos", 1, name, "original", "new") : answer("cmos", -1, name, "new", "original"))
                answers.append(answer("abx", item < 5 ? 1 : 2, name, "new", "original", hidden: "new"))
            }
            sheets.append(try sheet("p\(person)", answers))
        }
        let scores = ListeningScores(sheets + [sheets[0]])
        #expect(scores.listeners == 8 && scores.items == 6)
        let (versions, means) = (scores.mos.map { $0.version }, scores.mos.map { $0.mean })
        #expect(versions == ["new", "original"] && means == [3.5, 4.5] && scores.mos[0].ratings == 48)
        let interval = try #require(scores.mos[0].interval)
        #expect(interval.low < 3.5 && interval.high > 3.5 && interval.high - interval.low < 0.6)
        #expect(scores.cmos.count == 1 && scores.cmos[0].version == "new" && scores.cmos[0].against == "original")
        #expect(scores.cmos[0].mean == 1 && scores.cmos[0].preferred == 1)
        #expect(scores.abx.count == 1 && scores.abx[0].correct == 40.0 / 48)
    }

    /// A sample's interval holds the truth about as often as it says: at least, for it is on the safe side.
    @Test func theIntervalHoldsTheTruth() {
        var generator = SplitMix64(state: 5)
        func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) } }
        let held = (0..<60).count { _ in
            let people = (0..<12).map { _ in 0.5 * normal() }
            let items = (0..<10).map { _ in 0.3 * normal() }
            let sample = CrossedSample(
                people.indices.flatMap { p in
                    items.indices.map { ("p\(p)", "i\($0)", people[p] + items[$0] + 0.7 * normal()) }
                })
            guard let interval = sample.interval else { return false }
            return interval.low <= 0 && 0 <= interval.high
        }
        #expect(held >= 54)
    }

    @Test func sharesAndGuessingAgreeWithTheTables() {
        // statsmodels.stats.proportion.proportion_confint(8, 10, method="wilson"); scipy.stats.binomtest(8, 10,
        // alternative="greater").
        let interval = ListeningScores.wilson(8, of: 10)
        #expect(abs(interval.low - 0.490162) < 1e-5 && abs(interval.high - 0.943318) < 1e-5)
        #expect(abs(ListeningScores.guessing(8, of: 10) - 0.0546875) < 1e-9)
        #expect(abs(ListeningScores.guessing(0, of: 10) - 1) < 1e-9)
    }

    @Test func oneRatingHasNoInterval() throws {
        let scores = ListeningScores([try sheet("p", [answer("mos", 4, "i", "new")])])
        #expect(scores.mos.count == 1 && scores.mos[0].interval == nil)
    }

    @Test(
        arguments: [
            ("mos", 6, nil, nil), ("cmos", 0, nil, nil), ("abx", 1, "b", "c"), ("taste", 1, nil, nil),
        ] as [(String, Int, String?, String?)])
    func impossibleAnswersAreRefused(_ question: String, _ value: Int, _ second: String?, _ hidden: String?) {
        let error = #expect(throws: AudioError.self) {
            try sheet("p", [answer(question, value, "i", "a", second, hidden: hidden)])
        }
        #expect(error?.kind == .badData)
    }
}
