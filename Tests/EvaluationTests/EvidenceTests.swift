import Testing

@testable import Evaluation

/// Figures and how sure they are.
@Suite struct EvidenceTests {
    private static let rate = FigureKind("rate", "rate", .share)
    private static let median = FigureKind("median", "median", .milliseconds, .quantile(0.5))

    @Test func aRatioPoolsAndDoesNotAverageRates() throws {
        // 1 error in 1 word and 0 errors in 9 words are 10 %, not 50 %.
        let evidence = Evidence(
            Self.rate, judge: "x", groupedBy: "turns", groups: [[.init(1, weight: 1)], [], [.init(0, weight: 9)]])
        #expect(evidence.value == 0.1)
        #expect(evidence.groups.count == 2)
        #expect(Evidence(Self.rate, judge: "x", groupedBy: "turns", groups: []).value == nil)
    }

    @Test func aQuantileLooksAtAllValues() throws {
        let evidence = Evidence(Self.median, judge: "x", groupedBy: "files", values: [[1, 2], [30]])
        #expect(evidence.value == 2)
        #expect(evidence.observationCount == 3)
    }

    @Test func theIntervalIsThatOfTheMeansOwnSpread() throws {
        // 400 values, half 0 and half 1: the mean's standard error is 0.025, so 95 % lie within 0.049.
        let evidence = Evidence(
            Self.rate, judge: "x", groupedBy: "turns", values: (0..<400).map { [Double($0 % 2)] })
        let interval = try #require(evidence.interval())
        #expect(abs(interval.lowerBound - 0.451) < 0.008 && abs(interval.upperBound - 0.549) < 0.008)
        #expect(evidence.interval() == interval)
        #expect(Evidence(Self.rate, judge: "x", groupedBy: "turns", values: [[1, 0]]).interval() == nil)
    }

    @Test func whatHangsTogetherIsDrawnTogether() throws {
        // The same values in two groups say far less than 40 values by themselves.
        let alone = Evidence(Self.rate, judge: "x", groupedBy: "turns", values: (0..<40).map { [Double($0 % 2)] })
        let grouped = Evidence(
            Self.rate, judge: "x", groupedBy: "files",
            values: [[Double](repeating: 0, count: 20), [Double](repeating: 1, count: 20)])
        let (narrow, wide) = (try #require(alone.interval()), try #require(grouped.interval()))
        #expect(alone.value == grouped.value)
        #expect(wide.upperBound - wide.lowerBound > 2 * (narrow.upperBound - narrow.lowerBound))
    }

    @Test func filesAreTheGroupsOfWhatIsPooled() throws {
        let first = Evidence(Self.median, judge: "a", groupedBy: "turns", values: [[1], [2]])
        let second = Evidence(Self.median, judge: "b", groupedBy: "turns", values: [[3], [4], [5]])
        let pooled = try #require(Evidence.pooled([first, second]))
        #expect(pooled.value == 3 && pooled.groups.count == 2 && pooled.groupedBy == "files")
        #expect(pooled.judge == "a, b")
        #expect(Evidence.pooled([first])?.groupedBy == "turns")
    }
}
