import AudioCore
import Inference

/// Whisper's decoder over one piece of audio. It remembers the texts it was fed, so it belongs to one thread.
final class WhisperDecoder: WhisperStepper {
    private let model: WhisperModel
    private let cross: [String: Tensor]
    private var past: [String: Tensor] = [:]
    private var length = 0

    init(model: WhisperModel, encoding: WhisperEncoding) throws {
        self.model = model
        cross = try model.crossAttention.value.run(["features": encoding.tensor])
        try empty()
    }

    var vocabularyCount: Int { model.vocabularyCount }
    var contextCount: Int { model.contextCount }

    private func empty() throws {
        length = 0
        let nothing = try Tensor(
            [Float](), shape: [1, model.headCount, 0, WhisperGraph.headWidth], in: model.runtime)
        for layer in 0..<model.decoderLayerCount {
            past["past_key_\(layer)"] = nothing
            past["past_value_\(layer)"] = nothing
        }
    }

    func reset() throws { try empty() }

    func advance(_ tokens: [Int], texts: Int, parents: [Int], rows: [Int]) throws -> [Float] {
        let (results, count) = try run(tokens, texts: texts, parents: parents, rows: rows, outputs: model.stepOutputs)
        for layer in 0..<model.decoderLayerCount {
            past["past_key_\(layer)"] = results["key_\(layer)"]
            past["past_value_\(layer)"] = results["value_\(layer)"]
        }
        length += count
        return try results["logits"]?.array() ?? []
    }

    private func run(
        _ tokens: [Int], texts: Int, parents: [Int], rows: [Int], outputs: [String]
    ) throws -> (results: [String: Tensor], count: Int) {
        let count = tokens.count / texts
        let total = length + count
        var mask = [Float](repeating: 0, count: count * total)
        for row in 0..<count {
            for column in length + row + 1..<max(total, length + row + 1) { mask[row * total + column] = -1e9 }
        }
        func indices(_ values: [Int], shape: [Int]) throws -> Tensor {
            try Tensor(values.map(Int64.init), shape: shape, in: model.runtime)
        }
        var inputs = cross.merging(past) { first, _ in first }
        inputs["tokens"] = try indices(tokens, shape: [texts, count])
        inputs["positions"] = try indices(Array(length..<total), shape: [count])
        inputs["mask"] = try Tensor(mask, shape: [count, total], in: model.runtime)
        inputs["parents"] = try indices(parents, shape: [texts])
        inputs["rows"] = try indices(rows, shape: [rows.count])
        return (try model.decoder.value.run(inputs, outputs: outputs), count)
    }

    /// Reads a known text along with the audio.
    /// - Parameters:
    ///   - tokens: text tokens.
    ///   - frames: encoder frames (20 ms) that hold audio.
    /// - Returns: the frame at which each token begins and, last, at which the text ends, [tokens.count + 1]; each
    ///   token's probability among the text tokens, [tokens.count].
    func align(_ tokens: [Int], language: String, frames: Int) throws -> (onsets: [Int], probabilities: [Double]) {
        let start = model.startSequence(language: language)
        let room = contextCount - start.count - 2
        let known = Array(tokens.prefix(room))
        let sequence = start + [model.tokenizer.noTimestamps] + known + [model.tokenizer.endOfText]
        try empty()
        let predicted = Array(start.count..<start.count + known.count)
        let (results, _) = try run(
            sequence, texts: 1, parents: [0], rows: predicted, outputs: ["logits", "attention"])
        guard let logits = results["logits"], let attention = results["attention"] else { return ([], []) }
        let vocabulary = vocabularyCount
        var probabilities: [Double] = try logits.withElements(of: Float.self) { logits in
            known.enumerated().map { index, token in
                let row = UnsafeBufferPointer(
                    rebasing: logits[index * vocabulary..<index * vocabulary + model.tokenizer.endOfText])
                return Double(exponential(row[token] - WhisperLogits.logSumExp(row)))
            }
        }
        var onsets = WhisperAlignment.onsets(
            scores: try attention.array(), heads: model.alignmentHeadCount, tokens: sequence.count,
            stride: WhisperMel.frameCount / 2, frames: max(1, min(frames, WhisperMel.frameCount / 2)),
            used: start.count..<start.count + known.count + 1)
        // A text that does not fit into the context (hundreds of words in 30 s) ends where the context does.
        let missing = tokens.count - known.count
        if missing > 0, let last = onsets.last {
            onsets += [Int](repeating: last, count: missing)
            probabilities += [Double](repeating: 0, count: missing)
        }
        return (onsets, probabilities)
    }
}
