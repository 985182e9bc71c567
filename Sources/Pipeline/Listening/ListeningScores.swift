import AudioCore
import Foundation

/// What listeners said, summed up.
public struct ListeningScores: Codable, Sendable {
    public struct Interval: Codable, Sendable, Equatable {
        public var low: Double
        public var high: Double
    }

    /// Mean opinion of one version, 1...5.
    public struct Rating: Codable, Sendable {
        public var version: String
        public var mean: Double
        /// 95 %; nil with fewer than five listeners and fewer than five items.
        @OrNull public var interval: Interval?
        public var ratings: Int
    }

    /// One version against another.
    public struct Comparison: Codable, Sendable {
        public var version: String
        public var against: String
        /// -3...3; above 0 `version` is better.
        public var mean: Double
        @OrNull public var interval: Interval?
        /// Of the answers, 0...1.
        public var preferred: Double
        public var equal: Double
        public var ratings: Int
    }

    /// Whether two versions could be told apart.
    public struct Discrimination: Codable, Sendable {
        public var versions: [String]
        /// 0...1; guessing gives 0.5.
        public var correct: Double
        /// 95 %, Wilson's.
        public var interval: Interval
        /// Probability that guessing is right at least so often.
        public var guessingProbability: Double
        public var answers: Int
    }

    public var listeners: Int
    public var items: Int
    public var mos: [Rating]
    public var cmos: [Comparison]
    public var abx: [Discrimination]

    /// - Parameter sheets: one a listener and page; the same sheet given twice counts once.
    public init(_ sheets: [ListeningAnswers]) {
        var seen: Set<String> = []
        let sheets = sheets.filter { seen.insert("\($0.test) \($0.listener)").inserted }
        let answers = sheets.flatMap { sheet in
            sheet.answers.map { (listener: sheet.listener, answer: $0) }
        }
        func scores(
            _ question: ListeningPage.Question
        ) -> [(listener: String, answer: ListeningAnswers.Answer)] {
            answers.filter { $0.answer.question == question.rawValue }
        }
        listeners = Set(sheets.map(\.listener)).count
        items = Set(answers.map(\.answer.item)).count
        mos = Dictionary(grouping: scores(.mos), by: \.answer.first).sorted { $0.key < $1.key }.map { version, given in
            let sample = CrossedSample(given.map { ($0.listener, $0.answer.item, Double($0.answer.value)) })
            return Rating(version: version, mean: sample.mean, interval: sample.interval, ratings: given.count)
        }
        cmos = Self.pairs(scores(.cmos)).map { pair, given in
            let values = given.map { $0.answer.second == pair[1] ? $0.answer.value : -$0.answer.value }
            let sample = CrossedSample(zip(given, values).map { ($0.listener, $0.answer.item, Double($1)) })
            return Comparison(
                version: pair[1], against: pair[0], mean: sample.mean, interval: sample.interval,
                preferred: Double(values.count { $0 > 0 }) / Double(values.count),
                equal: Double(values.count { $0 == 0 }) / Double(values.count), ratings: values.count)
        }
        abx = Self.pairs(scores(.abx)).map { pair, given in
            let correct = given.count {
                $0.answer.hidden == ($0.answer.value == 1 ? $0.answer.first : $0.answer.second)
            }
            return Discrimination(
                versions: pair, correct: Double(correct) / Double(given.count),
                interval: Self.wilson(correct, of: given.count),
                guessingProbability: Self.guessing(correct, of: given.count), answers: given.count)
        }
    }

    private typealias Given = (listener: String, answer: ListeningAnswers.Answer)

    /// Answers by the two versions they compare, in the order of their names but the original first.
    private static func pairs(_ answers: [Given]) -> [([String], [Given])] {
        Dictionary(grouping: answers) { given in
            [given.answer.first, given.answer.second ?? ""].sorted {
                ($0 != ListeningItem.original ? 1 : 0, $0) < ($1 != ListeningItem.original ? 1 : 0, $1)
            }
        }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }

    /// Wilson's score interval (1927), 95 %.
    static func wilson(_ hits: Int, of count: Int) -> Interval {
        let (n, z) = (Double(count), 1.959964)
        let share = Double(hits) / n
        let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        let reach = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return Interval(low: max(0, middle - reach), high: min(1, middle + reach))
    }

    /// P(at least `hits` of `count`) of a fair coin.
    static func guessing(_ hits: Int, of count: Int) -> Double {
        (hits...max(hits, count)).reduce(0) { sum, k in
            let logChoose = lgamma(Double(count + 1)) - lgamma(Double(k + 1)) - lgamma(Double(count - k + 1))
            return sum + exp(logChoose - Double(count) * log(2))
        }
    }
}

/// Ratings that share listeners and items, and so are not independent.
struct CrossedSample {
    private let values: [(listener: Int, item: Int, value: Double)]
    private let listeners: Int
    private let items: Int

    private static let draws = 4000
    private static let fewest = 5

    init(_ values: [(listener: String, item: String, value: Double)]) {
        let people = Dictionary(
            uniqueKeysWithValues: Set(values.map(\.listener)).sorted().enumerated().map { ($1, $0) })
        let things = Dictionary(uniqueKeysWithValues: Set(values.map(\.item)).sorted().enumerated().map { ($1, $0) })
        self.values = values.map { (people[$0.listener] ?? 0, things[$0.item] ?? 0, $0.value) }
        listeners = people.count
        items = things.count
    }

    /// NaN of nothing.
    var mean: Double { values.reduce(0) { $0 + $1.value } / Double(values.count) }

    /// 95 %: percentiles of the mean when both listeners and items are drawn anew with replacement (the pigeonhole
    /// bootstrap, Owen 2007; on the safe side). nil under five of both: such samples do not know their own spread.
    var interval: ListeningScores.Interval? {
        guard max(listeners, items) >= Self.fewest else { return nil }
        var generator = SplitMix64(state: 1)
        func weights(_ count: Int) -> [Double] {
            guard count > 1 else { return [1] }
            var weights = [Double](repeating: 0, count: count)
            for _ in 0..<count { weights[Int.random(in: 0..<count, using: &generator)] += 1 }
            return weights
        }
        var means: [Double] = []
        for _ in 0..<Self.draws {
            let (people, things) = (weights(listeners), weights(items))
            var (sum, total) = (0.0, 0.0)
            for value in values {
                let weight = people[value.listener] * things[value.item]
                sum += weight * value.value
                total += weight
            }
            // A draw may hold no listener with any of its items.
            if total > 0 { means.append(sum / total) }
        }
        means.sort()
        return ListeningScores.Interval(low: quantile(0.025, ofSorted: means), high: quantile(0.975, ofSorted: means))
    }
}
