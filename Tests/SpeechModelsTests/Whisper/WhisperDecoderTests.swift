import AudioCore
import Foundation
import TestSupport
import Testing

@testable import SpeechModels

/// The decoder with its real weights: what it remembers must be what it would compute anew.
@Suite(
    "Whisper's decoder",
    .enabled(
        if: InstalledModels.have(
            "whisper-base/model.bin", "whisper-base/config.json", "whisper-base/tokenizer.json"),
        "needs whisper-base"))
struct WhisperDecoderTests {
    /// Logits lie between -20 and 30; sums in single precision, taken in another order, differ by some 1e-5 of that. A
    /// position or a parent that is wrong by one moves them by more than 1.
    private static let tolerance: Float = 2e-3

    private let model: WhisperModel
    private let decoder: WhisperDecoder
    private let prompt: [Int]

    init() throws {
        model = try WhisperModel(
            folder: InstalledModels.folder.appending(path: "whisper-base"), runtime: InstalledModels.runtime(),
            threads: 1)
        decoder = try model.decoder(for: model.encode(sine(180, seconds: 6, sampleRate: WhisperMel.sampleRate)))
        prompt = model.startSequence(language: "en") + [model.tokenizer.noTimestamps]
    }

    private func tokens(_ text: String) -> [Int] { prompt + model.tokenizer.encode(text) }

    /// Logits after each token, from one pass over all of them, [tokens.count][vocabulary].
    private func onePass(_ tokens: [Int]) throws -> [ArraySlice<Float>] {
        try decoder.reset()
        let logits = try decoder.advance(tokens, texts: 1, parents: [0], rows: Array(tokens.indices))
        return tokens.indices.map { row($0, of: logits) }
    }

    private func row(_ index: Int, of logits: [Float]) -> ArraySlice<Float> {
        logits[index * model.vocabularyCount..<(index + 1) * model.vocabularyCount]
    }

    private func difference(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
        zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test func stepsGiveTheLogitsOfOnePass() throws {
        let tokens = tokens(" The captain laughed, poured three cups of coffee, and pointed at the light.")
        #expect(tokens.count > 16)
        let whole = try onePass(tokens)
        try decoder.reset()
        var largest: Float = 0
        // The prompt at once and then token by token, as the search does it; one pair shows that any cut will do.
        var at = 0
        for count in [prompt.count, 2] + [Int](repeating: 1, count: tokens.count - prompt.count - 2) {
            let step = Array(tokens[at..<at + count])
            let logits = try decoder.advance(step, texts: 1, parents: [0], rows: Array(step.indices))
            for offset in step.indices {
                largest = max(largest, difference(row(offset, of: logits), whole[at + offset]))
            }
            at += count
        }
        #expect(at == tokens.count)
        #expect(largest < Self.tolerance, "the largest difference is \(largest)")
        print("cached steps: largest difference \(largest)")
        // What is compared depends on what came before.
        #expect(difference(whole[tokens.count - 1], whole[tokens.count - 2]) > 1)
    }

    /// Beams change places: each text must go on with its own past.
    @Test func textsKeepTheirPastWhenTheyChangePlaces() throws {
        let (one, two) = (tokens(" The captain laughed and poured"), tokens(" Nobody knew where they went to"))
        let count = min(one.count, two.count)
        let (wholeOne, wholeTwo) = (try onePass(Array(one[..<count])), try onePass(Array(two[..<count])))
        try decoder.reset()
        _ = try decoder.advance(prompt, texts: 1, parents: [0], rows: [prompt.count - 1])
        var largest: Float = 0
        for (step, at) in (prompt.count..<count).enumerated() {
            let isTurned = step % 2 == 1
            let parents = step == 0 ? [0, 0] : [1, 0]
            let logits = try decoder.advance(
                isTurned ? [two[at], one[at]] : [one[at], two[at]], texts: 2, parents: parents, rows: [0, 1])
            largest = max(
                largest, difference(row(isTurned ? 1 : 0, of: logits), wholeOne[at]),
                difference(row(isTurned ? 0 : 1, of: logits), wholeTwo[at]))
        }
        #expect(largest < Self.tolerance, "the largest difference is \(largest)")
        #expect(difference(wholeOne[count - 1], wholeTwo[count - 1]) > 1)
    }
}
