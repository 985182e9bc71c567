import AudioCore
import Foundation
import Inference

/// A voice of Piper (VITS) in two parts, cut at named values of its graph, so that durations can be dictated and the noise
/// that it is made from is ours: the same text always gives the same sound.
final class PiperNetwork: Sendable {
    /// Samples of one frame of durations.
    static let hop = 256
    /// Of the text's vectors, and of the sound before the decoder.
    static let channels = 192

    /// Frames of `hop` for each symbol, before they are made whole, [1, 1, symbols].
    private static let weights = "/Mul_1_output_0"
    /// Whole frames, [1, 1, symbols].
    private static let frames = "/Ceil_output_0"
    /// The text in its context, [1, 192, symbols].
    private static let context = "/enc_p/encoder/Mul_2_output_0"
    /// What each symbol is expected to sound like, [1, 192, symbols].
    private static let means = "/enc_p/Split_output_0"
    /// Noise of the durations, [1, 2, symbols], and of the sound, [1, 192, frames]; both of deviation 1.
    private static let durationNoise = "/dp/RandomNormalLike_output_0"
    private static let soundNoise = "/RandomNormalLike_output_0"

    private let runtime: InferenceRuntime
    private let noiseScale: Float
    private let textSession: OnDemand<InferenceSession>
    private let soundSession: OnDemand<InferenceSession>

    init(_ model: URL, noiseScale: Float, threads: Int, in runtime: InferenceRuntime) throws {
        self.runtime = runtime
        self.noiseScale = noiseScale
        let graph = try OnnxGraph(model)
        func part(_ name: String, inputs: [String], outputs: [String]) -> OnDemand<InferenceSession> {
            OnDemand {
                try graph.cut(inputs: inputs, outputs: outputs, types: PiperNetwork.types).session(
                    options: SessionOptions(name: "Piper " + name, intraOpThreads: threads, plansMemory: false),
                    in: runtime)
            }
        }
        textSession = part(
            "text", inputs: ["input", "input_lengths", "scales", Self.durationNoise],
            outputs: [Self.weights, Self.context, Self.means])
        soundSession = part(
            "sound", inputs: ["input", "input_lengths", "scales", Self.frames, Self.soundNoise], outputs: ["output"])
    }

    private static let types = [
        OnnxValue(weights, shape: [1, 1, "phonemes"]), OnnxValue(frames, shape: [1, 1, "phonemes"]),
        OnnxValue(context, shape: [1, .fixed(channels), "phonemes"]),
        OnnxValue(means, shape: [1, .fixed(channels), "phonemes"]),
        OnnxValue(durationNoise, shape: [1, 2, "phonemes"]),
        OnnxValue(soundNoise, shape: [1, .fixed(channels), "frames"]),
    ]

    private func textInputs(_ symbols: [Int64]) throws -> [String: Tensor] {
        [
            "input": try Tensor(symbols, shape: [1, symbols.count], in: runtime),
            "input_lengths": try Tensor([Int64(symbols.count)], shape: [1], in: runtime),
            // Noise of the sound, pace, noise of the durations.
            "scales": try Tensor([noiseScale, 1, 0] as [Float], shape: [3], in: runtime),
        ]
    }

    /// What the model makes of a text by itself, without chance.
    /// - Returns: whole frames of `hop` for each symbol, [symbols], and vectors of context and expected sound side by
    ///   side, [symbols, 384].
    func text(_ symbols: [Int64]) throws -> (frames: [Int], vectors: Matrix) {
        var inputs = try textInputs(symbols)
        inputs[Self.durationNoise] = try Tensor(
            [Float](repeating: 0, count: 2 * symbols.count), shape: [1, 2, symbols.count], in: runtime)
        let results = try textSession.value.run(inputs)
        guard let weights = results[Self.weights], let context = results[Self.context],
            let means = results[Self.means], weights.count == symbols.count,
            context.count == Self.channels * symbols.count, means.count == context.count
        else { throw Self.failure("its durations are not as long as its text") }
        var vectors = Matrix(rows: symbols.count, columns: 2 * Self.channels)
        for (part, tensor) in [context, means].enumerated() {
            let values: [Float] = try tensor.array()
            for channel in 0..<Self.channels {
                for symbol in symbols.indices {
                    vectors[symbol, part * Self.channels + channel] = values[channel * symbols.count + symbol]
                }
            }
        }
        let frames: [Float] = try weights.array()
        // A text never seen may get a symbol that lasts for ever; ten seconds is more than any.
        return (frames.map { Int(min(max($0.rounded(.up), 1), 862)) }, vectors)
    }

    /// - Parameters:
    ///   - frames: of `hop`, for each symbol, [symbols]; 0 leaves a symbol out.
    ///   - seed: chooses the noise.
    /// - Returns: samples at the model's rate, `hop` a frame.
    func sound(_ symbols: [Int64], frames: [Int], seed: UInt64) throws -> [Float] {
        let total = frames.reduce(0, +)
        guard total > 0, frames.count == symbols.count else { throw Self.failure("nothing is to be spoken") }
        var inputs = try textInputs(symbols)
        inputs[Self.frames] = try Tensor(frames.map(Float.init), shape: [1, 1, frames.count], in: runtime)
        inputs[Self.soundNoise] = try Tensor(
            Self.noise(channels: Self.channels, frames: total, seed: seed), shape: [1, Self.channels, total],
            in: runtime)
        let samples: [Float] = try soundSession.value.run(inputs, output: "output").array()
        guard samples.count == Self.hop * total else {
            throw Self.failure("\(total) frames gave \(samples.count) samples")
        }
        return samples
    }

    /// Normal noise of deviation 1 by Box and Muller, [channels, frames].
    private static func noise(channels: Int, frames: Int, seed: UInt64) -> [Float] {
        var generator = SplitMix64(state: seed)
        let count = channels * frames
        var noise: [Float] = []
        noise.reserveCapacity(count + 1)
        while noise.count < count {
            let radius = (-2 * log(Float.random(in: Float.leastNormalMagnitude...1, using: &generator))).squareRoot()
            let angle = 2 * Float.pi * Float.random(in: 0..<1, using: &generator)
            noise.append(radius * cos(angle))
            noise.append(radius * sin(angle))
        }
        return Array(noise.prefix(count))
    }

    static func failure(_ cause: String) -> AudioError {
        AudioError(.internal, operation: "speak with", subject: "Piper", cause: cause)
    }
}
