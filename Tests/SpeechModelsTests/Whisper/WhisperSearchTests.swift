import Foundation
import Testing

@testable import SpeechModels

/// Says what follows by a table of probabilities: text so far -> token -> probability.
private final class TableStepper: WhisperStepper {
    let vocabularyCount = 8
    let contextCount = 40
    let table: ([Int]) -> [Int: Double]
    private var texts: [[Int]] = []
    private(set) var steps = 0

    init(_ table: @escaping ([Int]) -> [Int: Double]) { self.table = table }

    func reset() { texts = [[]] }

    func advance(_ tokens: [Int], texts count: Int, parents: [Int], rows: [Int]) throws -> [Float] {
        steps += 1
        let each = tokens.count / count
        texts = (0..<count).map { texts[parents[$0]] + tokens[$0 * each..<($0 + 1) * each] }
        return rows.flatMap { row in
            let text = Array(texts[row / each].prefix(texts[row / each].count - each + row % each + 1))
            let next = table(Array(text.dropFirst()))
            return (0..<vocabularyCount).map { Float(log(next[$0] ?? 1e-9)) }
        }
    }
}

@Suite struct WhisperSearchTests {
    /// 0...3 text, 4 end, 5 no timestamps, 6, 7 timestamps; token 7 stands for "no speech" after the start.
    private func search(_ stepper: TableStepper, longest: Int = 20) -> WhisperSearch {
        var rules = WhisperTokenRules(endOfText: 4, noTimestamps: 5, suppressed: [], suppressedAtStart: [])
        rules.usesTimestamps = false
        return WhisperSearch(
            stepper: stepper, rules: rules, prompt: [3], startIndex: 0, noSpeechToken: 7, longest: longest)
    }

    /// The likeliest first token leads nowhere good: 0 then mush; 1 then surely 2, then the end.
    private let garden: ([Int]) -> [Int: Double] = { text in
        switch text {
        case []: [0: 0.5, 1: 0.4, 7: 0.1]
        case [0]: [0: 0.3, 1: 0.3, 2: 0.3, 4: 0.1]
        case [1]: [2: 0.95, 4: 0.05]
        default: [4: 0.9, 3: 0.1]
        }
    }

    @Test func beamsFindWhatGreedySearchMisses() throws {
        let greedy = try search(TableStepper(garden)).beamSearch(beams: 1).best
        let wide = try search(TableStepper(garden)).beamSearch(beams: 4).best
        #expect(greedy.tokens.first == 0)
        #expect(wide.tokens == [1, 2])
        // 0.4 / 0.9 (token 7 is forbidden), then 0.95 and 0.9.
        #expect(abs(wide.logProbability - log(0.4 / 0.9 * 0.95 * 0.9)) < 1e-4)
    }

    @Test func absenceOfSpeechIsReadAfterTheStart() throws {
        #expect(abs(try search(TableStepper(garden)).beamSearch(beams: 2).noSpeechProbability - 0.1) < 1e-3)
    }

    @Test func aTextWithoutEndIsCutAtTheLimit() throws {
        let endless = TableStepper { _ in [1: 0.9, 2: 0.1] }
        let found = try search(endless, longest: 6).beamSearch(beams: 3).best
        #expect(found.tokens == [1, 1, 1, 1, 1, 1])
        #expect(endless.steps == 6)
    }

    @Test func lotsAreTheSameForTheSameSeedAndFollowTheTemperature() throws {
        let first = try search(TableStepper(garden)).sample(temperature: 1, count: 5, seed: 7).best
        let second = try search(TableStepper(garden)).sample(temperature: 1, count: 5, seed: 7).best
        #expect(first.tokens == second.tokens)
        let cold = try search(TableStepper(garden)).sample(temperature: 0.01, count: 1, seed: 3).best
        #expect(cold.tokens.first == 0)
        let firsts = try Set(
            (0..<20).map {
                try search(TableStepper(garden)).sample(temperature: 1, count: 1, seed: $0).best.tokens.first
            })
        #expect(firsts == [0, 1])
    }

    @Test func drawsHaveTheProbabilitiesTheyAreDrawnWith() throws {
        var counts = [0, 0]
        for seed in 0..<400 {
            let text = try search(TableStepper(garden)).sample(temperature: 1, count: 1, seed: UInt64(seed)).best
            if let token = text.tokens.first { counts[token] += 1 }
        }
        // 5 : 4; the standard deviation of the share is 0.025.
        #expect(abs(Double(counts[0]) / 400 - 5.0 / 9) < 0.1)
    }
}
