import AudioCore
import Foundation
import Inference

/// Resemblyzer's speaker vectors (generalised end-to-end loss, Wan et al., 2018): 256 numbers, compared by cosine. It
/// only judges: no voice is chosen or fitted with it.
public final class ResemblyzerEmbedder: SpeakerEmbedder {
    public let name = "Resemblyzer"
    public let sampleRate = 16000
    public let dimension = 256
    private static let bands = 40
    private static let layers = 3
    private static let windowFrames = 160
    private static let windowHop = 80
    /// Windows that go through the network together.
    private static let batch = 32
    /// The level that speech is brought to, in dB below full scale: the network hears loudness.
    private static let level = -30.0

    private let stft = STFT(windowSamples: 400, hopSamples: 160)
    private let filterBank = MelFilterBank(bandCount: bands, transformSize: 400, sampleRate: 16000)
    private let session: InferenceSession

    /// - Parameter folder: holds `pretrained.pt`.
    public init(_ folder: URL, runtime: InferenceRuntime, threads: Int = 1) throws {
        let checkpoint = try TorchCheckpoint(folder.appending(path: "pretrained.pt"))
        session = try Self.network(
            checkpoint, options: SessionOptions(name: "Resemblyzer", intraOpThreads: threads), in: runtime)
    }

    /// Session from `features`, [batch, frames, 40], to `embedding`, [batch, 256], not of unit length.
    private static func network(
        _ checkpoint: TorchCheckpoint, options: SessionOptions, in runtime: InferenceRuntime
    ) throws -> InferenceSession {
        let graph = try GraphBuilder(in: runtime)
        func tensor(_ name: String) throws -> StoredTensor { try checkpoint.tensor("model_state/" + name) }
        let features = try graph.input("features", shape: ["batch", "frames", .fixed(bands)])
        // The operator LSTM has time first and a dimension for directions: [frames, 1, batch, hidden].
        var x = try graph.op("Transpose", features, attributes: ["perm": [1, 0, 2]])
        var last = x
        for layer in 0..<layers {
            let lstm = try LSTMWeights([LSTMWeights.Direction("lstm.%_l\(layer)") { try tensor($0).floats() }])
            let outputs = try graph.op(
                "LSTM",
                inputs: [
                    x, graph.constant(lstm.input, shape: lstm.inputShape),
                    graph.constant(lstm.recurrent, shape: lstm.recurrentShape),
                    graph.constant(lstm.bias, shape: lstm.biasShape),
                ],
                attributes: ["hidden_size": .int(lstm.hidden)], outputCount: 2)
            let first = try graph.constant([Int64(1)])
            x = try graph.op("Squeeze", outputs[0], first)
            last = try graph.op("Squeeze", outputs[1], graph.constant([Int64(0)]))
        }
        let matrix = try graph.op("Transpose", graph.weight(tensor("linear.weight")), attributes: ["perm": [1, 0]])
        let linear = try graph.op("Add", graph.op("MatMul", last, matrix), graph.weight(tensor("linear.bias")))
        try graph.output(graph.op("Relu", linear), named: "embedding", shape: ["batch", 256])
        return try graph.session(options: options)
    }

    /// Mel energies (power, not their logarithm) of the speech at one level, as librosa makes them by default.
    public func features(of samples: [Float]) -> Matrix {
        let power = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))
        let gain = power > 0 ? Float(pow(10, Self.level / 20) / power.squareRoot()) : 1
        let spectra = stft.transform(samples.map { $0 * gain })
        // librosa's frames end with the last centre inside the signal.
        let frames = min(spectra.frames, samples.count / stft.hopSamples + 1)
        return filterBank.apply(spectra.power).rows(0..<frames)
    }

    public func voicePrint(of features: Matrix) throws -> [Float] {
        guard features.rows > 0, features.columns == Self.bands else {
            throw AudioError(.internal, operation: "describe", subject: "a voice", cause: "there are no frames")
        }
        var sum = [Double](repeating: 0, count: dimension)
        let starts = Self.windowStarts(features.rows)
        for first in stride(from: 0, to: starts.count, by: Self.batch) {
            let part = Array(starts[first..<min(first + Self.batch, starts.count)])
            for embedding in try embeddings(features, at: part) {
                for index in sum.indices { sum[index] += Double(embedding[index]) }
            }
        }
        return try UnitVoicePrint.of(sum.map { Float($0) }, dimension: dimension)
    }

    private static func windowStarts(_ frames: Int) -> [Int] {
        Array(stride(from: 0, through: max(0, frames - windowFrames), by: windowHop))
    }

    /// Unit vectors of windows; frames beyond the end are taken from the beginning again.
    private func embeddings(_ features: Matrix, at starts: [Int]) throws -> [[Float]] {
        guard !Task.isCancelled else { throw CancellationError() }
        var input: [Float] = []
        input.reserveCapacity(starts.count * Self.windowFrames * Self.bands)
        for start in starts {
            for frame in start..<start + Self.windowFrames { input += features[row: frame % features.rows] }
        }
        let tensor = try Tensor(input, shape: [starts.count, Self.windowFrames, Self.bands], in: session.runtime)
        let output: [Float] = try session.run(["features": tensor], output: "embedding").array()
        return try starts.indices.map {
            try UnitVoicePrint.of(Array(output[$0 * dimension..<($0 + 1) * dimension]), dimension: dimension)
        }
    }
}
